"""A person takes along all that Lytt holds of them, and nobody else does."""

import httpx

from tests.web.test_forms import press


async def test_everything_told_is_in_the_file(client: httpx.AsyncClient) -> None:
    page = (await client.get("/k/trondheim")).text
    page = await press(client, page, choose="16-17")
    page = await press(client, page, say="Jeg får ikke jobb uten lappen.")
    for choice in ("yes", "none", "send"):
        page = await press(client, page, choose=choice)
    assert 'href="/mine.json"' in page
    answer = await client.get("/mine.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="lytt.json"'
    assert answer.headers["cache-control"] == "no-store"
    held = answer.json()
    assert {need["words"] for need in held["needs"]} == {"Jeg får ikke jobb uten lappen."}
    assert held["sendings"][0]["age_band"] == "16-17"


async def test_without_a_session_there_is_nothing_to_take(client: httpx.AsyncClient) -> None:
    assert (await client.get("/mine.json")).status_code == 404
    stranger = {"Authorization": "Bearer somebody-elses"}
    assert (await client.get("/mine.json", headers=stranger)).status_code == 404
