"""The way an alert goes out: by mail or by a command, and never with anything of what waits."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shlex
import smtplib
import ssl
import subprocess
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import SplitResult, unquote, urlsplit

from bot.mistakes import Mistake
from bot.settings import Settings

SUBJECT = "Noe venter i Lytt"
SECONDS = 20.0
PORTS = {"smtp": 25, "smtps": 465}
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


class RouteError(Mistake):
    """An alert can not go out this way; the text says what to do."""


FAULTS = (RouteError, smtplib.SMTPException, subprocess.SubprocessError, OSError, TimeoutError, ValueError)


@dataclass(frozen=True, slots=True)
class Route:
    """Where alerts go; `mail` is also who they come from, and is told where a roster names no address."""

    smtp_url: str = ""
    mail: str = ""
    command: str = ""
    address: str = ""  # of the pages where a worker signs in

    @property
    def exists(self) -> bool:
        """Whether there is any way out."""
        return bool(self.command or (self.smtp_url and self.mail))

    @property
    def mark(self) -> str:
        """What tells this route from another, without telling the password in it."""
        return hashlib.sha256("\n".join((self.smtp_url, self.mail, self.command)).encode()).hexdigest()

    async def send(self, to: str) -> None:
        """Tell one person that something waits; raises one of FAULTS."""
        async with asyncio.timeout(SECONDS * 2):
            await asyncio.to_thread(self._run if self.command else self._mail, to or self.mail)

    @property
    def text(self) -> str:
        """All that is ever said: no name, no kind of trouble, no municipality."""
        return f"{SUBJECT}. Logg inn for å se det. {self.address}".strip()

    def _run(self, to: str) -> None:
        """In a thread, as mail is: a command that ends before it reads its input is no fault of the loop."""
        ended = subprocess.run(
            shlex.split(self.command),
            input=self.text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LYTT_ALERT_TO": to},
            timeout=SECONDS,
            check=False,
        )
        if ended.returncode:
            raise RouteError(f"LYTT_ALERT_COMMAND ended with status {ended.returncode}")

    def _mail(self, to: str) -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = SUBJECT, self.mail, to
        message["Date"], message["Auto-Submitted"] = formatdate(), "auto-generated"
        message.set_content(self.text)
        with _connected(urlsplit(self.smtp_url)) as server:
            server.send_message(message)


def route_of(settings: Settings) -> Route:
    """The route that the settings name."""
    address = f"{settings.web_address}/ansatt" if settings.web_address else ""
    return Route(settings.smtp_url.get_secret_value(), settings.alert_mail, settings.alert_command, address)


def _connected(url: SplitResult) -> smtplib.SMTP:
    """A mail server, signed in where the address says who; a password goes over TLS or not at all."""
    host = url.hostname or ""
    if url.scheme not in PORTS or not host:
        raise RouteError("LYTT_SMTP_URL is smtp://[user:password@]host[:port], or smtps://")
    port, context = url.port or PORTS[url.scheme], ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif url.username and host not in OWN_MACHINE:
            server.close()
            raise RouteError("the mail server offers no TLS: a password is not sent in the open")
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server
