"""Fresh databases, each a copy of one that was migrated once: a file of SQLite, or one in PostgreSQL."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.engine import migrate, open_engine
from tests.services.postgres import Postgres

ENGINES = ("sqlite", "postgresql")


async def migrated(url: str) -> None:
    """Migrate a database and let go of it, so that it can be copied."""
    engine = open_engine(url)
    await migrate(engine)
    await engine.dispose()


def migrate_apart(url: str) -> None:
    """Migrate in a thread of its own: the test that asks first may have an event loop here."""
    thread = threading.Thread(target=lambda: asyncio.run(migrated(url)))
    thread.start()
    thread.join()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row."""
    file = tmp_path_factory.mktemp("template") / "lytt.db"
    migrate_apart(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite file, alone in its folder."""
    folder = tmp_path / "database"
    folder.mkdir()
    shutil.copy(migrated_file, folder / "lytt.db")
    return f"sqlite+aiosqlite:///{folder / 'lytt.db'}"


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a PostgreSQL database with every table and no row."""
    name = postgres.create()
    migrate_apart(postgres.url(name))
    return name


@pytest.fixture
def migrated_postgres_url(postgres: Postgres, migrated_postgres: str) -> Iterator[str]:
    """The address of a fresh PostgreSQL database."""
    name = postgres.create(migrated_postgres)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database on each engine in turn: what is stored must not know which."""
    name = "sqlite_url" if request.param == "sqlite" else "migrated_postgres_url"
    return str(request.getfixturevalue(name))
