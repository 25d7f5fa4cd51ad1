"""Nobody comes to the staff pages but by the door, and through it only to what is theirs."""

import httpx

from tests.staff.conftest import Desk


async def test_who_is_not_signed_in_is_led_to_the_sign_in_page(desk: Desk) -> None:
    answer = await (await desk.stranger()).get("/ansatt")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ansatt/inn?til=/ansatt")


async def test_a_worker_who_is_signed_in_sees_the_first_page(desk: Desk) -> None:
    worker = await desk.worker("kari", "reviewer")
    assert (await worker.get("/ansatt")).status_code == httpx.codes.OK
