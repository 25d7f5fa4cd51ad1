"""The files pages are made of, read once: the look, the pictures and the script."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

HERE = Path(__file__).parent / "static"
ADDRESS = "/static"


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent; its tag changes with its content."""

    content: bytes
    kind: str
    tag: str


class Files:
    """Files by name. A browser keeps each until its tag changes: they say nothing about anybody."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._files = {path.name: _read(path) for folder in folders for path in sorted(folder.iterdir())}

    def address(self, name: str) -> str:
        """Where a page finds a file."""
        return f"{ADDRESS}/{name}?{self._files[name].tag}"

    def response(self, name: str) -> Response:
        """A file, or that there is none."""
        file = self._files.get(name)
        if file is None:
            return Response(status_code=404)
        forever = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(file.content, media_type=file.kind, headers=forever)


def _read(path: Path) -> File:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(content, kind, hashlib.sha256(content).hexdigest()[:8])
