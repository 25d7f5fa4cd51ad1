"""The code app: its secret, the picture to scan, and whether a code is right."""

from __future__ import annotations

import base64
import hmac
import io

import pyotp
import segno

ISSUER = "Lytt"
BYTES = 20
STEP_MS = 30_000
AROUND = (-1, 0, 1)  # clocks of phones go half a minute wrong


def secret_of(token: str) -> str:
    """A secret for one app, from a token that nobody can guess: 120 bits of it."""
    return base64.b32encode(token[:BYTES].encode()).decode()


def address(secret: str, name: str) -> str:
    """What the app is set up with."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(secret: str, name: str) -> str:
    """The same as a picture to scan."""
    return drawn(address(secret, name))


def drawn(text: str) -> str:
    """A text as a picture to scan: SVG with dark squares on white, whatever the colours of the page."""
    picture = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(picture, kind="svg", scale=4, border=4, light="#fff", xmldecl=False, svgns=True, omitsize=True)
    return picture.getvalue().decode()


def step_of(secret: str, code: str, now: int) -> int | None:
    """The step whose code this is, if it is one of now; codes are typed with spaces too."""
    typed = "".join(code.split())
    app, current = pyotp.TOTP(secret), now // STEP_MS
    for step in (current + each for each in AROUND):
        if hmac.compare_digest(app.generate_otp(step).encode(), typed.encode()):
            return step
    return None
