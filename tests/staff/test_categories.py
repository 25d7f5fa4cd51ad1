"""A coordinator sees what may be a new need without words of a few, names it, and takes it off again."""

from bot.staff.categories import FEWEST, groups
from bot.store import categories
from bot.store.engine import reading
from tests.intake.conversations import sent
from tests.staff.conftest import Desk

PAGE = "/ansatt/behov"
TYPED = {
    "key": "dogs",
    "topic": "friends_and_leisure",
    "audience": "both",
    "name_nb": "Noe med hunder",
    "name_nn": "Noko med hundar",
    "name_en": "Something with dogs",
    "about_nb": "Å lufte en hund sammen.",
    "about_nn": "Å lufte ein hund saman.",
    "about_en": "Walking a dog together.",
    "words": "hundepark, lufte hund",
    "municipality": "trondheim",
}


def told(people: int) -> list[tuple[str, str]]:
    return [(f"person {number}", f"en hundepark ved hus {number}") for number in range(people)]


def test_a_group_of_fewer_than_five_people_is_not_shown() -> None:
    assert groups(told(FEWEST - 1)) == []
    (group,) = groups(told(FEWEST))
    assert (group.people, group.words[0]) == (FEWEST, "hundepark")


def test_five_texts_of_one_person_are_one_person() -> None:
    assert groups([("kari", text) for _, text in told(9)]) == []


def test_a_word_that_fewer_than_five_used_is_not_shown() -> None:
    some = [
        (person, f"{text} hos bestefar" if place < 2 else text)
        for place, (person, text) in enumerate(told(6))
    ]
    assert all("bestefar" not in group.words for group in groups(some))


async def test_it_is_named_offered_and_taken_off_again_each_with_a_line_in_the_log(desk: Desk) -> None:
    kari = await desk.worker("kari", "coordinator")
    assert (await kari.send(PAGE, PAGE, **TYPED)).status_code == 303
    assert "Noe med hunder" in (await kari.get(PAGE)).text
    assert (await kari.send(f"{PAGE}/ut", PAGE, key="dogs")).status_code == 303
    assert (await kari.send(f"{PAGE}/ut", PAGE, key="dogs")).status_code == 303
    async with reading(desk.house.world.engine) as db:
        (added,) = await categories.listed(db)
    assert (added.key, added.words, added.added_by) == ("dogs", ("hundepark", "lufte hund"), "kari")
    assert added.retired_at is not None
    lines = [line for line in await desk.log("add", "retire") if line[2] == "category"]
    assert lines == [("kari", "add", "category"), ("kari", "retire", "category")]


async def test_a_coordinator_names_and_takes_off_what_is_their_own_municipalities(desk: Desk) -> None:
    kari = await desk.worker("kari", "coordinator")
    both = await desk.worker("siv", "coordinator", municipalities=("trondheim", "froya"))
    far = await desk.worker("per", "coordinator", municipalities=("froya",))
    assert (await kari.send(PAGE, PAGE, **TYPED)).status_code == 303
    assert "Noe med hunder" not in (await far.get(PAGE)).text
    assert (
        await both.send(PAGE, PAGE, **TYPED | {"key": "cats", "municipality": ["trondheim", "froya"]})
    ).is_redirect
    await far.send(f"{PAGE}/ut", PAGE, key="dogs")
    await far.send(f"{PAGE}/ut", PAGE, key="cats")
    async with reading(desk.house.world.engine) as db:
        assert {each.key: each.retired_at for each in await categories.listed(db)} == {
            "dogs": None,
            "cats": None,
        }
    assert "også andre kommuner har det" in (await far.get(PAGE)).text
    await both.send(f"{PAGE}/ut", PAGE, key="cats")
    assert "tatt bort" in (await far.get(PAGE)).text


async def test_a_key_that_has_a_meaning_or_a_name_that_is_missing_is_refused_in_words(desk: Desk) -> None:
    kari = await desk.worker("kari", "coordinator")
    for wrong in (
        {"key": "food"},
        {"key": "Æ!"},
        {"name_en": ""},
        {"words": " , "},
        {"topic": "nowhere"},
        {"municipality": "froya"},
    ):
        answer = await kari.send(PAGE, PAGE, **{**TYPED, **wrong})
        assert answer.status_code == 422, wrong
        assert 'value="Noe med hunder"' in answer.text
    async with reading(desk.house.world.engine) as db:
        assert await categories.listed(db) == ()


async def test_no_words_of_a_few_reach_the_page(desk: Desk) -> None:
    for number in range(FEWEST - 1):
        await sent(desk.house, f"p{number}", words=f"en hundepark ved hus {number}")
    kari = await desk.worker("kari", "coordinator")
    assert "hundepark" not in (await kari.get(PAGE)).text
    await sent(desk.house, "p9", words="hundepark her også")
    assert "Disse 5 kan være ett behov. hundepark" in (await kari.get(PAGE)).text
