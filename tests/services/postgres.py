"""A PostgreSQL of the tests' own: started once, thrown away after, a fresh database for each test."""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

DEBIAN = Path("/usr/lib/postgresql")

# The shell holds the server for as long as its standard input is open. When the tests end, were they
# killed even, the pipe closes, the server stops and its directory goes.
HOLD = """
cd "$1" && PATH="$2:$PATH" LC_ALL=C || exit 1
initdb -D data -U lytt -A trust -E UTF8 --locale=C --no-sync >log 2>&1 &&
pg_ctl -D data -w -l log start >/dev/null 2>&1 -o "-F -k $1 -c listen_addresses= -c full_page_writes=off" &&
echo ready || cat log
read -r _
pg_ctl -D data -m immediate stop >/dev/null 2>&1
rm -rf "$1" 2>/dev/null
"""


class NoPostgres(Exception):
    """PostgreSQL could not be started; the message says why and what to do."""


@dataclass(frozen=True)
class Postgres:
    """A running server, reached through a Unix socket in its own directory."""

    directory: Path
    programs: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://lytt@/{database}?host={self.directory}"

    def create(self, template: str = "template0") -> str:
        """The name of a new database; a migrated one as template makes a migrated copy in no time."""
        database = f"test_{next(self.numbers)}"
        self.do(f"CREATE DATABASE {database} TEMPLATE {template}")
        return database

    def drop(self, database: str) -> None:
        self.do(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def do(self, statement: str) -> None:
        psql = [str(self.programs / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "lytt"]
        subprocess.run([*psql, "-h", str(self.directory), "-d", "postgres", "-c", statement], check=True)


def find_programs() -> Path:
    """The directory of initdb and its kin: on PATH, or the newest of Debian's."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda program: float(program.parts[-3]))
    if not versions:
        raise NoPostgres("PostgreSQL is not installed: `make test` as root installs it, or says how.")
    return versions[-1].parent


def unprivileged() -> str | None:
    """Whom the server runs as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def start() -> tuple[Postgres, subprocess.Popen[str]]:
    programs, user = find_programs(), unprivileged()
    directory = Path(tempfile.mkdtemp(prefix="lytt-pg-"))
    if user:
        shutil.chown(directory, user)
    holder = subprocess.Popen(
        ["sh", "-c", HOLD, "sh", str(directory), str(programs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        user=user,
        start_new_session=True,  # so that Ctrl-C reaches the tests alone and the shell can clean up
    )
    assert holder.stdout
    said = holder.stdout.readline()
    if said != "ready\n":
        raise NoPostgres("PostgreSQL did not start:\n" + said + holder.communicate()[0])
    return Postgres(directory, programs), holder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server, for those who make databases of their own from a template."""
    try:
        server, holder = start()
    except NoPostgres as reason:
        pytest.fail(str(reason), pytrace=False)
    yield server
    holder.communicate(timeout=30)
    shutil.rmtree(server.directory, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh, empty database."""
    database = postgres.create()
    yield postgres.url(database)
    postgres.drop(database)
