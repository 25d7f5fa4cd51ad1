"""Encrypt a field and hash an address, with keys that live outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.mistakes import Mistake

KEY_BYTES = 32
NONCE_BYTES = 12
ID_BYTES = 4
SALT_BYTES = 16


class WrongKey(Mistake):
    """What is stored was encrypted with a key this installation does not have."""


class KeyFileError(Mistake):
    """The key file is missing or not as it should be; the text says what to do."""


class _Key:
    """One secret, as a key for encryption and one for hashes."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.id = hashlib.sha256(b"lytt key id" + secret).digest()[:ID_BYTES]
        self.cipher = AESGCM(_derived(secret, b"lytt fields"))
        self.hashing = _derived(secret, b"lytt look-up")


def _derived(secret: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose).derive(secret)


class Keys:
    """The first key encrypts; the others still open what was encrypted before a rotation."""

    def __init__(self, secrets: tuple[bytes, ...]) -> None:
        if not secrets or any(len(secret) != KEY_BYTES for secret in secrets):
            raise KeyFileError("a key is 32 bytes; `lytt keys create` writes a file of them")
        self._keys = tuple(_Key(secret) for secret in secrets)
        self._by_id = {key.id: key for key in self._keys}

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The keys themselves, as the key file holds them."""
        return tuple(key.secret for key in self._keys)

    @property
    def ids(self) -> tuple[bytes, ...]:
        """What each key is known by, the current one first; every sealed value and hash begins with it."""
        return tuple(key.id for key in self._keys)

    def lock(self, text: str, *place: str) -> bytes:
        """Encrypt words; `place` is table, column and row, and the same place must open it."""
        nonce, key = os.urandom(NONCE_BYTES), self._keys[0]
        return key.id + nonce + key.cipher.encrypt(nonce, text.encode(), _bound(place))

    def unlock(self, held: bytes, *place: str) -> str:
        """The words again; raises WrongKey if the key or the place is another."""
        key = self._by_id.get(held[:ID_BYTES])
        if key is None:
            raise WrongKey("no key in the key file opens this")
        nonce = held[ID_BYTES : ID_BYTES + NONCE_BYTES]
        try:
            return key.cipher.decrypt(nonce, held[ID_BYTES + NONCE_BYTES :], _bound(place)).decode()
        except InvalidTag as error:
            raise WrongKey("this was changed, or belongs to another row") from error

    def hash(self, *parts: str) -> bytes:
        """The keyed hash under which a value is stored; it begins with the id of its key."""
        return self.hashes(*parts)[0]

    def hashes(self, *parts: str) -> tuple[bytes, ...]:
        """The keyed hash under each key, the current one first: where a value may be found."""
        message = _bound(parts)
        return tuple(key.id + hmac.new(key.hashing, message, hashlib.sha256).digest() for key in self._keys)

    def for_backup(self, salt: bytes, id: bytes | None = None) -> AESGCM:
        """The cipher of one backup, by a key of its own: of the current key, or of the one with this id."""
        key = self._by_id.get(id or self.ids[0])
        if key is None:
            raise WrongKey("no key in the key file opens this backup")
        return AESGCM(_derived(key.secret, b"lytt backup", salt))


def _bound(parts: tuple[str, ...]) -> bytes:
    return "\x1f".join(parts).encode()


def create_keys(path: Path) -> None:
    """Write a new key file that only its owner may read; an existing one is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"{path} is there already; it is left as it is") from error
    with os.fdopen(handle, "w") as file:
        file.write(base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(handle)


def new_salt() -> bytes:
    """What makes the key of one backup its own."""
    return os.urandom(SALT_BYTES)


def new_mark() -> str:
    """What says that somebody has answered, and not who: one for all of a call."""
    return os.urandom(SALT_BYTES).hex()


def add_key(path: Path) -> Keys:
    """A new key in front of those in the file; they stay as fallbacks."""
    return write_keys(path, (os.urandom(KEY_BYTES), *read_keys(path).secrets))


def write_keys(path: Path, secrets: Sequence[bytes]) -> Keys:
    """Write the key file anew in one step, so that no crash leaves half of one."""
    keys = Keys(tuple(secrets))
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(base64.b64encode(secret).decode() + "\n" for secret in secrets)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
    return keys


def sync_folder(folder: Path) -> None:
    """Make what was written, renamed or removed in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_keys(path: Path) -> Keys:
    """The keys of a file: one a line in base64, the current one first."""
    if not path.exists():
        raise KeyFileError(f"there is no key file at {path}; `lytt keys create` makes one")
    try:
        lines = path.read_text("ascii").split()
        return Keys(tuple(base64.b64decode(line, validate=True) for line in lines))
    except (ValueError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{path} is not a key file") from error
