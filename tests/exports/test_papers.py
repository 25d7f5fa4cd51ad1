"""A paper is made whatever people call themselves: a sign that no font has can not hold a council up."""

import io

import pytest
from pypdf import PdfReader

from bot.allocation.explain import Bars, Block, Heading, Paragraph, Points, Table
from bot.exports import papers
from bot.mistakes import Mistake
from dialogs.text import Text

say = papers.speaker(lambda text: text.msgid.format(**dict(text.values)))


def told(name: str) -> tuple[Block, ...]:
    """A paper with a name in every place that one stands in."""
    text = Text("{name}", (("name", name),))
    return (
        Heading(1, text),
        Paragraph(text),
        Points((name,)),
        Bars(text, ((name, 3, 5),)),
        Table(text, (text, Text("Kroner")), ((name, 5),)),
    )


def read(name: str) -> str:
    pages = PdfReader(io.BytesIO(papers.pdf(told(name), say, "nb"))).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Fritid for alle 😀", "Fritid for alle \ufffd"),
        ("中文", "\ufffd\ufffd"),
        ("ﷺ", "\ufffd"),
        ("การ", "\ufffd\ufffd\ufffd"),
        ("𓀀 hieroglyf", "\ufffd hieroglyf"),
        ("Fritid\u115f", "Fritid\ufffd"),
        ("ring\u20e3", "ring\ufffd"),
        ("😀\u0338<svg>", "\ufffd\ufffd<svg>"),
    ],
    ids=ascii,
)
def test_a_sign_that_no_font_has_is_told_as_one(name: str, shown: str) -> None:
    assert shown in read(name)
    assert "åpent for alle – «ja»" in read(f"{name} åpent for alle – «ja»")


def test_a_letter_and_its_mark_are_one_where_another_sign_is_missing() -> None:
    assert "å 😀".replace("😀", "\ufffd") in read("a\u030a 😀")


def test_who_writes_every_sign_there_is_gets_a_paper_too() -> None:
    made = papers.pdf(told("".join(map(chr, range(0x4E00, 0x9FFF)))), say, "nb")
    assert made.startswith(b"%PDF")


def test_the_same_paper_is_the_same_bytes() -> None:
    first = papers.pdf(told("Fritid 😀"), say, "nb")
    papers._has.cache_clear()
    assert papers.pdf(told("Fritid 😀"), say, "nb") == first


def test_md_and_html_keep_a_name_as_it_was_written() -> None:
    assert "Fritid 😀" in papers.markdown(told("Fritid 😀"), say)
    assert "Fritid 😀" in papers.html(told("Fritid 😀"), say, "nb")


def test_a_paper_that_can_not_be_set_is_told_in_words() -> None:
    with pytest.raises(papers.CannotMakePaper):
        papers.pdf(told(""), say, "nb")  # a heading without a word
    assert issubclass(papers.CannotMakePaper, Mistake)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Se https://x.test/a", r"Se https\://x.test/a"),
        ("Se HTTP://x.test", r"Se HTTP\://x.test"),
        ("www.x.test", r"www\.x.test"),
        ("post@x.test", r"post\@x.test"),
        ("mailto:post", r"mailto\:post"),
    ],
)
def test_an_address_in_a_name_is_no_link(name: str, written: str) -> None:
    assert f"# {written}" in papers.markdown(told(name), say)
