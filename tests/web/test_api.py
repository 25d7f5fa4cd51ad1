"""The chat as JSON keeps what the contract promises to scripts."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from bot.clock import MINUTE_MS
from bot.store import calls, voices
from bot.store.engine import reading
from tests.funding.written import FILES
from tests.house import KEYS, House


async def post(client: httpx.AsyncClient, session: str | None, id: str, **act: object) -> httpx.Response:
    return await client.post("/api/chat", json={"session": session, "id": id, **act})


async def begun(client: httpx.AsyncClient, id: str = "a first request") -> str:
    answer = await post(client, None, id, command="start")
    assert answer.status_code == 201
    return str(answer.json()["session"])


async def chosen(
    client: httpx.AsyncClient, session: str | None, told: dict[str, Any], *ids: str
) -> dict[str, Any]:
    answer = await post(client, session, f"choice in {told['turn']}", choose=list(ids), turn=told["turn"])
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def sent(client: httpx.AsyncClient, session: str | None, who: str = "16-17") -> dict[str, Any]:
    """Walk from the first question to a receipt, by choices alone."""
    told: dict[str, Any] = {"turn": 1, "question": "who"}
    ways = {"who": who, "need": "work_and_way", "district": "none", "send": "send"}
    while told.get("receipt") is None:
        question = told["question"]
        known = ways.get(question)
        told = await chosen(client, session, told, known or told["messages"][-1]["choices"][0]["id"])
    return told


async def test_a_start_tells_the_notice_and_asks_the_first_question(client: httpx.AsyncClient) -> None:
    told = (await post(client, None, "a", command="start")).json()
    assert {"session", "turn", "question", "messages", "receipt"} <= told.keys()
    assert (told["turn"], told["question"], told["receipt"]) == (1, "who", None)
    last = told["messages"][-1]
    assert {"id", "text", "choices", "several"} <= last.keys()
    assert {"id", "label"} <= last["choices"][0].keys()
    assert [way["id"] for way in last["ways"]] == ["skip"]


async def test_words_with_no_session_start_one_and_are_not_yet_an_answer(client: httpx.AsyncClient) -> None:
    answer = await post(client, None, "a", say="Jeg er 16 år og trenger lappen")
    assert answer.json()["question"] == "who"
    assert (await post(client, answer.json()["session"], "b", command="mine")).json()["receipt"] is None


async def test_grave_words_with_no_session_are_heard_at_once(client: httpx.AsyncClient, house: House) -> None:
    told = (await post(client, None, "a", say="Jeg vil ikke leve lenger")).json()
    assert {each["kind"] for each in told["messages"]} == {"grave"}
    assert len(await house.flags()) == 1


async def test_help_before_anything_else_is_answered_with_numbers(client: httpx.AsyncClient) -> None:
    told = (await post(client, None, "a", command="help")).json()
    assert any("113" in each["text"] for each in told["messages"])


async def test_a_walk_by_choices_ends_with_a_receipt_of_sixteen_digits(
    client: httpx.AsyncClient, house: House
) -> None:
    told = await sent(client, await begun(client))
    assert len(told["receipt"]) == 16
    assert told["receipt"].isdecimal()
    assert len(await house.sent()) == 1


async def test_the_same_id_gives_the_same_answer_and_counts_once(
    client: httpx.AsyncClient, house: House
) -> None:
    session = await begun(client)
    acts: list[tuple[str, dict[str, object]]] = [
        ("1", {"choose": ["16-17"], "turn": 1}),
        ("2", {"command": "help"}),
        ("3", {"say": "lappen"}),
    ]
    for id, act in acts:
        first, second = [await post(client, session, id, **act) for _ in range(2)]
        assert (first.status_code, first.json()) == (second.status_code, second.json())


async def test_the_same_id_at_the_same_moment_gives_the_same_answer(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    press = [post(client, session, "double", choose=["16-17"], turn=1) for _ in range(5)]
    answers = await asyncio.gather(*press)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1


async def test_an_old_choice_is_told_where_the_person_is_now(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    await post(client, session, "1", choose=["16-17"], turn=1)
    old = [await post(client, session, "2", choose=["18-24"], turn=1) for _ in range(2)]
    assert [each.status_code for each in old] == [409, 409]
    assert old[0].json() == old[1].json()
    assert old[0].json()["question"] == "need"


async def test_a_repeated_first_request_meets_its_session_for_ten_minutes(
    client: httpx.AsyncClient, house: House
) -> None:
    first = await begun(client)
    house.series.pass_time(9 * MINUTE_MS)
    assert await begun(client) == first
    house.series.pass_time(20 * MINUTE_MS)
    assert await begun(client) != first


@pytest.mark.parametrize("other", [{"id": "another id"}, {"agent": "another phone"}])
async def test_two_strangers_never_share_a_session(client: httpx.AsyncClient, other: dict[str, str]) -> None:
    first = await begun(client, "one id")
    client.headers["User-Agent"] = other.get("agent", client.headers["User-Agent"])
    assert await begun(client, other.get("id", "one id")) != first


async def test_an_unknown_session_is_refused(client: httpx.AsyncClient) -> None:
    assert (await post(client, "nobody's", "a", say="hei")).status_code == 401
    assert (await client.get("/api/chat")).status_code == 401
    assert (await client.get("/api/chat/events")).status_code == 401


MALFORMED = [
    {},
    {"id": "x"},
    {"id": "", "say": "a"},
    {"id": 1, "say": "a"},
    {"id": "x" * 200, "say": "a"},
    {"id": "x", "say": "a", "command": "start"},
    {"id": "x", "say": 5},
    {"id": "x", "choose": ["a"]},
    {"id": "x", "choose": [], "turn": 1},
    {"id": "x", "choose": ["a"], "turn": True},
    {"id": "x", "choose": "a", "turn": 1},
    {"id": "x", "command": "dance"},
    [],
    "x",
    None,
]


@pytest.mark.parametrize("body", MALFORMED, ids=json.dumps)
async def test_what_is_malformed_is_refused(client: httpx.AsyncClient, body: object) -> None:
    assert (await client.post("/api/chat", json=body)).status_code == 422


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"id": NaN}'])
async def test_what_is_no_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    assert (await client.post("/api/chat", content=body, headers=kind)).status_code == 422


async def test_a_text_may_have_100_000_characters_and_not_one_more(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    assert (await post(client, session, "1", say="å" * 100_000)).status_code == 201
    assert (await post(client, session, "2", say="å" * 100_001)).status_code == 413
    assert (await post(client, session, "3", say="å" * 3_000_000)).status_code == 413


async def test_half_characters_and_nothings_are_replaced(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    await post(client, session, "1", choose=["16-17"], turn=1)
    body = json.dumps({"session": session, "id": "2", "say": "lappen \ud800 og \x00 buss"}).encode()
    answer = await client.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
    assert "lappen \ufffd og \ufffd buss" in answer.json()["messages"][0]["text"]


async def test_a_language_can_be_changed_at_any_point(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    told = (await post(client, session, "1", command="language", value="en")).json()
    assert (told["question"], told["messages"][-1]["lang"]) == ("who", "en")


async def test_later_messages_are_those_after_one(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    told = (await post(client, session, "1", choose=["16-17"], turn=1)).json()
    headers = {"Authorization": f"Bearer {session}"}
    every = (await client.get("/api/chat", headers=headers)).json()["messages"]
    after = (await client.get("/api/chat", params={"after": every[0]["id"]}, headers=headers)).json()
    assert after["messages"] == every[1:]
    assert every[-1] == told["messages"][-1]


async def test_the_youngest_are_told_that_the_tie_is_cut_and_begin_anew(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    told = await sent(client, session, who="12-14")
    assert told["over"]
    again = await post(
        client, session, f"choice in {told['turn'] - 1}", choose=["send"], turn=told["turn"] - 1
    )
    assert again.status_code in (201, 401)
    assert (await post(client, session, "more", say="hei")).status_code == 401


async def test_a_lost_receipt_is_fetched_by_the_same_id(client: httpx.AsyncClient) -> None:
    session = await begun(client)
    told: dict[str, Any] = {"turn": 1}
    for ids in (["12-14"], ["work_and_way"], ["driving_licence"], ["none"]):
        told = await chosen(client, session, told, *ids)
    first, second = [
        await post(client, session, "the sending", choose=["send"], turn=told["turn"]) for _ in range(2)
    ]
    assert first.json() == second.json()
    assert first.json()["receipt"]


async def test_a_receipt_opens_the_answers_in_another_session(client: httpx.AsyncClient) -> None:
    receipt = (await sent(client, await begun(client)))["receipt"]
    other = await begun(client, "another phone")
    told = (await post(client, other, "1", command="receipt", value=receipt)).json()
    assert len(told["messages"]) >= 2
    assert "1." in told["messages"][1]["text"]


async def test_the_page_of_the_youngest_keeps_that_somebody_answered_and_no_session(
    client: httpx.AsyncClient, house: House
) -> None:
    async with house.world.engine.begin() as db:
        await calls.add(db, KEYS, FILES["trondheim-2021"], "seed", house.series.now())
    client.headers["sec-fetch-site"] = "same-origin"
    for turn in ("first", "second"):
        begun = (await post(client, None, f"{turn} request", command="start")).json()
        assert begun["session"] is None
        await sent(client, None, who="12-14")
        assert list(client.cookies) == ["lytt-m"]
    async with reading(house.world.engine) as db:
        assert (await voices.counted(db, ["trondheim"], attested=False)).total() == 1
