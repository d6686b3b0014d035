"""The names and addresses under which phones may find this machine."""

from __future__ import annotations

import contextlib
import fcntl
import re
import socket
import struct
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address
from pathlib import Path

_HOST_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)
_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (recognised, not listened on)
_SIOCGIFADDR = 0xC0206921 if sys.platform == "darwin" else 0x8915
# Nothing is sent: connecting a datagram socket only asks which way it would go (RFC 5737, 3849).
_FAR_AWAY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def host_name() -> str:
    """This machine's name as certificates can carry it, else ``yanshou``."""
    name = socket.gethostname().lower().rstrip(".")
    return name if _HOST_NAME.fullmatch(name) else "yanshou"


def names_to_serve(host: str) -> tuple[str, ...]:
    """Every name and address under which a service on *host* is found, sorted."""
    own = host_name()
    names = {"localhost", "127.0.0.1", "::1", own}
    if "." not in own:
        names.add(f"{own}.local")
    names.update(own_addresses() if listens_everywhere(host) else {plain_address(host)})
    return tuple(sorted(names))


def listens_everywhere(host: str) -> bool:
    return host in _EVERY_ADDRESS


def is_loopback(host: str) -> bool:
    """Whether only this machine itself reaches *host*."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def plain_address(host: str) -> str:
    """An address in its one spelling; a name in lower case."""
    try:
        return str(ip_address(host))
    except ValueError:
        return host.lower()


def address_for_phones(host: str) -> str:
    """The one address to print: where the machine listens, or how others in its network see it."""
    if not listens_everywhere(host):
        return host
    return _outgoing(socket.AF_INET) or next(iter(sorted(own_addresses())), host_name())


def own_addresses() -> set[str]:
    """The addresses of this machine in its networks; loopback and link-local ones are left out."""
    found = {*_interface_addresses(), *_resolved_addresses(), *_ipv6_addresses()}
    found |= {address for family, _ in _FAR_AWAY if (address := _outgoing(family))}
    return {address for address in found if _is_reachable(address)}


def _is_reachable(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return not (
        address.is_loopback
        or address.is_unspecified
        or address.is_multicast
        or (address.is_link_local and not isinstance(address, IPv4Address))
    )


def _outgoing(family: socket.AddressFamily) -> str | None:
    far_away = dict(_FAR_AWAY)[family]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((far_away, 9))
        return str(probe.getsockname()[0])
    return None


def _resolved_addresses() -> Iterator[str]:
    with contextlib.suppress(OSError):
        for *_, address in socket.getaddrinfo(socket.gethostname(), None):
            yield str(address[0]).partition("%")[0]


def _interface_addresses() -> Iterator[str]:
    """IPv4, interface by interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            with contextlib.suppress(OSError):
                answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)
                yield socket.inet_ntoa(answer[20:24])


def _ipv6_addresses() -> Iterator[str]:
    """IPv6, where Linux lists them."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines():
            digits = line.split()[0]
            yield str(ip_address(bytes.fromhex(digits)))
