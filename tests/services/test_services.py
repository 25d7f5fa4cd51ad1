"""The services the tests stand on are real, and nothing else is within reach."""

import asyncio
import socket
from pathlib import Path

import pytest
from playwright.async_api import Error as PageError
from playwright.async_api import Page
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.services.postgres import Postgres

SOMEWHERE_ELSE = ("192.0.2.1", 80)  # RFC 5737: an address for documentation, nobody's


async def rows(url: str, *statements: str) -> list[tuple[object, ...]]:
    """What the last of these statements answers, all said in one transaction."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        for statement in statements[:-1]:
            await connection.execute(text(statement))
        answer = [tuple(row) for row in await connection.execute(text(statements[-1]))]
    await engine.dispose()
    return answer


async def test_postgres_keeps_what_it_is_told(postgres_url: str) -> None:
    said = ["CREATE TABLE word (said text)", "INSERT INTO word VALUES ('blåbær')", "SELECT said FROM word"]
    assert await rows(postgres_url, *said) == [("blåbær",)]


async def test_each_test_gets_an_empty_database(postgres_url: str) -> None:
    assert await rows(postgres_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


async def test_a_database_can_be_copied_from_a_template(postgres: Postgres) -> None:
    pattern = postgres.create()
    await rows(postgres.url(pattern), "CREATE TABLE word (said text)", "SELECT 1")
    copy = postgres.create(template=pattern)
    assert await rows(postgres.url(copy), "SELECT count(*) FROM word") == [(0,)]
    postgres.drop(copy)
    postgres.drop(pattern)


async def test_the_browser_is_a_phone_that_speaks_norwegian(page: Page) -> None:
    await page.set_content('<!doctype html><meta name="viewport" content="width=device-width"><h1>Hei</h1>')
    seen = await page.evaluate("[innerWidth, navigator.language, navigator.maxTouchPoints > 0]")
    assert seen == [390, "nb-NO", True]


async def test_the_browser_shows_a_picture_of_its_page(page: Page, tmp_path: Path) -> None:
    await page.set_content("<!doctype html><h1>Hei, æøå</h1>")
    await page.screenshot(path=tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


async def test_the_browser_finds_no_other_machine(page: Page) -> None:
    with pytest.raises(PageError, match="ERR_NAME_NOT_RESOLVED"):
        await page.goto("http://example.test/")


def test_a_connection_out_of_this_machine_fails() -> None:
    with socket.socket() as outward, pytest.raises(RuntimeError, match="network"):
        outward.connect(SOMEWHERE_ELSE)


async def test_a_name_of_another_machine_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match="network"):
        await asyncio.open_connection("example.test", 80)


def test_this_machine_may_talk_with_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
