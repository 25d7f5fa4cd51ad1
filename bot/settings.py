"""The settings of one installation, from the environment or a `.env` file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent.parent
DATA = Path("data")
DRIVERS = ("sqlite+aiosqlite://", "postgresql+asyncpg://")


class Settings(BaseSettings):
    """Each field is `LYTT_` and its name in capitals; `lytt doctor` shows them all."""

    model_config = SettingsConfigDict(env_prefix="LYTT_", env_file=".env", extra="ignore")

    environment: Literal["demo", "test", "production"] = Field(
        "demo", description="demo and test make a missing key file; production refuses"
    )
    database_url: str = Field(
        f"sqlite+aiosqlite:///{DATA / 'lytt.db'}", description="a SQLite file or a PostgreSQL database"
    )
    secret_key_file: Path = Field(DATA / "keys", description="the keys that encrypt what people say")
    erasure_journal: Path | None = Field(
        None, description="notes what was erased, for restored backups; if unset `erased` beside the keys"
    )
    municipality: str = Field("trondheim", description="where a person belongs who names no municipality")
    municipalities_dir: Path | None = Field(
        None, description="a municipality's own files, outside the package"
    )
    public_url: str = Field("", description="the address of the web chat, as people type it")
    telegram_token: SecretStr = Field(SecretStr(""), description="the bot's token; empty turns Telegram off")
    telegram_base_url: str = Field(
        "https://api.telegram.org/bot", description="a local Bot API server, if there is one"
    )
    telegram_webhook_url: str = Field("", description="set to let Telegram call instead of being asked")
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""), description="what Telegram must show at the webhook"
    )
    send_per_second: float = Field(25, gt=0, description="messages a second to all chats together")
    send_per_chat: float = Field(1, gt=0, description="messages a second to one chat, after a burst of three")
    trusted_proxies: str = Field(
        "", description="networks, with commas, whose word is taken for who asks and for TLS"
    )
    web_per_second: float = Field(
        100, gt=0, description="requests a second from one address; a whole school may sit behind one"
    )
    web_starts_per_minute: float = Field(
        120, gt=0, description="new web conversations a minute from one address, after a burst of ten minutes"
    )
    leave_url: str = Field(
        "https://www.yr.no/", description="where the web chat's button to leave leads: any everyday page"
    )
    alert_mail: str = Field(
        "", description="where alerts come from, and go to where a roster names no address"
    )
    alert_command: str = Field(
        "", description="runs for each alert instead of mail: the text on its input, LYTT_ALERT_TO says who"
    )
    smtp_url: SecretStr = Field(
        SecretStr(""), description="the mail server: smtp://user:password@host:port, or smtps://"
    )
    oidc_issuer: str = Field(
        "", description="the provider that staff sign in with; it is trusted for the second factor too"
    )
    oidc_client_id: str = Field("", description="what Lytt is called there")
    oidc_client_secret_file: Path | None = Field(None, description="a file with the secret shared with it")
    oidc_name_claim: str = Field(
        "preferred_username", description="what holds an account's name, until it is tied to who signed in"
    )
    staff_opens_per_hour: int = Field(
        60, gt=0, description="more persons opened by one worker in an hour raise an alert"
    )
    publish_fewest: int = Field(
        5, ge=3, description="the fewest people that a number outside the staff's own queue may stand for"
    )
    metrics_address: str = Field("", description="host:port for metrics, for a local collector alone")
    log_level: str = Field("INFO", description="how much is logged; never what people write")

    @field_validator("database_url")
    @classmethod
    def _by_a_driver_there_is(cls, url: str) -> str:
        if not url.startswith(DRIVERS):
            raise ValueError(f"it must begin with {' or '.join(DRIVERS)}")
        return url

    @property
    def journal(self) -> Path:
        """The erasure journal: outside the database and its backups."""
        return self.erasure_journal or self.secret_key_file.with_name("erased")

    @property
    def web_address(self) -> str:
        """The public address without a slash at the end."""
        return self.public_url.rstrip("/")
