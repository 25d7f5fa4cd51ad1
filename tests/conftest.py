"""What holds for every test: the services it may ask for, and no network but this machine's own."""

import ipaddress
import os
import sys

import pytest
from hypothesis import settings

pytest_plugins = ["tests.services.postgres", "tests.services.databases", "tests.services.browser"]

# No deadline: a busy machine is not a fault. In CI the same examples each time: only a change can fail it.
settings.register_profile("lytt", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("lytt")

# What the interpreter announces before it reaches out; see the table of audit events in Python's manual.
REACHING_OUT = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0}


def is_own(host: object) -> bool:
    """Whether a host is this machine itself; no host at all is a local socket or a listening one."""
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def host_of(address: object) -> object:
    """The host in a socket address: a path is a Unix socket, which never leaves the machine."""
    return address[0] if isinstance(address, tuple) else None


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: it sees every socket of this process, whichever library opened it."""
    position = REACHING_OUT.get(event)
    if position is None:
        return
    asked = arguments[position]
    host = asked if event == "socket.getaddrinfo" else host_of(asked)
    if not is_own(host):
        raise RuntimeError(f"a test reached out to the network: {host!r}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    sys.addaudithook(refuse_network)
