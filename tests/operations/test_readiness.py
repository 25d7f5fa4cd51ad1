"""Production starts only when all is decided that only a municipality can decide."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import app, clock, municipalities
from bot.municipalities import HERE, WrongMunicipality, lacks
from bot.operations.opening import NotReady
from bot.operations.routes import route_of
from bot.settings import Settings
from bot.store import alerts
from bot.store.crypto import create_keys
from bot.store.engine import migrate, open_engine

GROUND = """
[ground]
basis = "GDPR artikkel 6 nr. 1 bokstav e"
statute = "en lov"
officer = "ombud@kommune.test"
dpia_ref = "2026/1"
"""
AFTER_HOURS = """
[[lines]]
id = "nav_after_hours"
name = { nb = "NAV-vakta", nn = "NAV-vakta", en = "NAV at night" }
reach = "11 22 33 44"
about = { nb = "Et sted å sove.", nn = "Ein stad å sove.", en = "A place to sleep." }
source = "https://kommune.test"
"""
CONTACT = 'contact = "mailto:post@kommune.test"\n'
CHECK = 'verified_on = {today}\nverified_by = "Kari Norli"\n'


def own(folder: Path, *, without: str = "") -> Path:
    """A municipality's own folder, in which everything is decided but what is left out."""
    today = clock.moment(clock.now()).date()
    check = CHECK.format(today=today)
    lines = (HERE / "helplines.toml").read_text("utf-8").replace("[[lines]]", f"[[lines]]\n{check}")
    place = CONTACT + (HERE / "froya.toml").read_text("utf-8") + AFTER_HOURS + check + GROUND
    kept = [line for line in place.splitlines() if not without or not line.startswith(without)]
    folder.mkdir(exist_ok=True)
    (folder / "helplines.toml").write_text(lines, "utf-8")
    (folder / "froya.toml").write_text("\n".join(kept), "utf-8")
    return folder


def production(folder: Path, **more: object) -> Settings:
    keys = folder / "keys"
    if not keys.exists():
        create_keys(keys)
    held = Settings(
        environment="production",
        database_url=f"sqlite+aiosqlite:///{folder / 'lytt.db'}",
        secret_key_file=keys,
        municipality="froya",
        municipalities_dir=own(folder / "own"),
        alert_command="true",
        public_url="https://lytt.test",
    )
    return held.model_copy(update=more)


async def try_route(settings: Settings) -> None:
    """The route was tried."""
    engine = open_engine(settings.database_url)
    await migrate(engine)
    async with engine.begin() as db:
        await alerts.mark_tested(db, route_of(settings).mark, clock.now())
    await engine.dispose()


async def refused(settings: Settings) -> str:
    with pytest.raises(NotReady) as refusal:
        async with app.opened(settings):
            pass
    return str(refusal.value)


async def test_production_starts_where_all_is_decided(tmp_path: Path) -> None:
    settings = production(tmp_path)
    await try_route(settings)
    async with app.opened(settings) as house:
        assert set(house.world.places) == {"froya"}  # the invented ones are not served


async def test_production_tells_all_that_is_missing_at_once(tmp_path: Path) -> None:
    told = await refused(production(tmp_path, municipalities_dir=None, alert_command=""))
    for word in ("demo", "(basis)", "(statute)", "(officer)", "(dpia_ref)", "help lines", "LYTT_ALERT_MAIL"):
        assert word in told
    assert "nav_after_hours" in told


async def test_production_waits_for_a_tested_route(tmp_path: Path) -> None:
    settings = production(tmp_path)
    assert "lytt alert test" in await refused(settings)
    await try_route(settings)
    other = settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1"), "alert_mail": "a@b.test"})
    assert "lytt alert test" in await refused(other)


async def test_demo_starts_without_any_of_it(tmp_path: Path) -> None:
    settings = production(tmp_path, environment="demo", municipalities_dir=None, alert_command="")
    async with app.opened(settings):
        pass


@pytest.mark.parametrize("part", ["basis", "statute", "officer", "dpia_ref", "verified_by", "contact"])
def test_each_part_is_asked_for_by_itself(tmp_path: Path, part: str) -> None:
    place = municipalities.load(own(tmp_path / "own", without=part))["froya"]
    now = clock.moment(clock.now())
    assert len(lacks(place, now)) == 1
    assert lacks(municipalities.load(own(tmp_path / "own"))["froya"], now) == ()


def test_a_contact_is_an_address_that_a_page_can_lead_to(tmp_path: Path) -> None:
    file = own(tmp_path / "own") / "froya.toml"
    file.write_text(file.read_text("utf-8").replace("mailto:", "javascript:"), "utf-8")
    with pytest.raises(WrongMunicipality, match="https: or mailto:"):
        municipalities.load(file.parent)


def test_a_roster_must_cover_the_hours_in_which_people_are_told_somebody_reads(tmp_path: Path) -> None:
    folder = own(tmp_path / "own", without='name = "Vakt"')
    file = folder / "froya.toml"
    short = '[[roster]]\nname = "Vakt"\nhours = [{ days = [0], opens = "09:00", closes = "15:00" }]'
    file.write_text(file.read_text("utf-8").replace("[[roster]]", short), "utf-8")
    (fault,) = lacks(municipalities.load(folder)["froya"], clock.moment(clock.now()))
    assert "nobody in [[roster]]" in fault
