"""A proposal's folder as somebody who knows how it is made would change it."""

import hashlib
import json

from bot.allocation.account import canonical
from bot.funding.proposing import Files


def hashed_anew(files: Files) -> Files:
    """The same folder, its published hashes made to fit what stays inside."""
    shown = json.loads(files["public/allocation.json"])
    for name in shown["internal"]:
        shown["internal"][name] = hashlib.sha256(files[f"internal/{name}"]).hexdigest()
    return files | {"public/allocation.json": canonical(shown).encode()}
