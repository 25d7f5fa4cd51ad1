"""Who asks, as far as limits must know, and how often they may."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from starlette.requests import Request

from bot.clock import DAY_MS

MOST_KNOWN = 10_000
ONE_HOME = 64  # bits: every line with IPv6 has so many addresses of its own to ask from
Network: TypeAlias = IPv4Network | IPv6Network


def networks(listed: str) -> tuple[Network, ...]:
    """The networks in a list with commas; raises ValueError for what is none."""
    return tuple(ip_network(each.strip()) for each in listed.split(",") if each.strip())


@dataclass(frozen=True, slots=True)
class Visitor:
    """An address, which lives no longer than its request, and whether the way here was encrypted."""

    address: str
    secure: bool


def visitor(request: Request, trusted: Sequence[Network]) -> Visitor:
    """Who asks: the nearest address that is no proxy of ours. What others write is not believed."""
    address = request.client.host if request.client else ""
    scheme = request.url.scheme
    # Some proxies add a line of their own below the one that was sent: the lines are one list.
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    named = [each.strip() for each in forwarded.split(",") if each.strip()]
    if _trusted(address, trusted):
        scheme = request.headers.get("x-forwarded-proto", scheme)
    while named and _trusted(address, trusted):
        address = named.pop()
    return Visitor(_home(address), scheme == "https")


def _home(address: str) -> str:
    """The address, or the network that one line has to itself, so that a new address is no new visitor."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    mapped = found.ipv4_mapped
    return str(mapped or ip_network((int(found), 128)).supernet(new_prefix=ONE_HOME))


def _trusted(address: str, trusted: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped  # as a socket for both kinds of address names it
    return any(found in network for network in trusted)


@dataclass
class Limit:
    """So many a second after a burst, for each that asks."""

    per_second: float
    burst: float
    _free_at: dict[bytes, float] = field(default_factory=dict)

    def wait(self, who: bytes, now: float, weight: float = 1) -> float:
        """Seconds until one more is let in; 0 lets it in. What is heavy makes the next one wait longer."""
        debt = max(self._free_at.get(who, now), now)
        over = debt - now - (self.burst - 1) / self.per_second
        if over > 0:
            return over
        self._free_at[who] = debt + weight / self.per_second
        if len(self._free_at) > MOST_KNOWN:
            self._free_at = {each: free for each, free in self._free_at.items() if free > now}
        return 0.0


class Sources:
    """Addresses as hashes that nobody can compare with those of another day; kept in memory alone."""

    def __init__(self, new_salt: Callable[[], str]) -> None:
        self._new_salt, self._salt, self._day = new_salt, "", -1

    def hashed(self, address: str, now: int) -> bytes:
        """The hash of an address today; the salt is forgotten at midnight."""
        if now // DAY_MS != self._day:
            self._salt, self._day = self._new_salt(), now // DAY_MS
        return hashlib.sha256(f"{self._salt} {address}".encode()).digest()
