"""Text loses the tricks of Unicode and keeps where each letter stood."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.letters import plain, storable

SENTENCE = "Æ får itj te' lappen på Møllenberg 412 34 567"


def test_composed_and_decomposed_letters_read_alike() -> None:
    assert plain(unicodedata.normalize("NFD", SENTENCE)).text == SENTENCE.lower()


@pytest.mark.parametrize("hidden", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u00ad"])
def test_invisible_characters_between_letters_are_not_seen(hidden: str) -> None:
    assert plain(hidden.join(SENTENCE)).text == SENTENCE.lower()


def test_full_width_and_keycap_digits_are_digits() -> None:
    assert plain("４１２ 3\ufe0f\u20e34\ufe0f\u20e3").text == "412 34"


def test_a_span_points_at_the_letters_that_were_given() -> None:
    given_text = "a\u200bå 4\ufe0f\u20e31"
    seen = plain(unicodedata.normalize("NFD", given_text))
    found = seen.text.index("41")
    start, end = seen.starts[found], seen.ends[found + 1]
    assert unicodedata.normalize("NFD", given_text)[start:end] == "4\ufe0f\u20e31"


def test_a_letter_whose_small_form_is_longer_does_not_shift_the_rest() -> None:
    assert len(plain("İstanbul").text) == len("İstanbul")


def test_what_no_database_takes_is_replaced() -> None:
    assert storable("a\x00b\ud800c") == "a\ufffdb\ufffdc"


@given(st.text(alphabet=st.characters(codec=None)))
def test_every_place_lies_in_the_given_text_in_order(text: str) -> None:
    seen = plain(text)
    assert len(seen.text) == len(seen.starts) == len(seen.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(seen.starts, seen.ends, strict=True))
    assert list(seen.starts) == sorted(seen.starts)
