"""Where requests come from: who is behind a proxy, and what counts as one subscriber."""

import ipaddress
import logging
import re
from collections.abc import Iterable
from functools import lru_cache

from starlette.types import Scope

log = logging.getLogger(__name__)
_PAIR = r"([\w!#$%&'*+.^`|~-]++)=(\"(?:[^\"\\]|\\.)*+\"|[^\s\",;]*+)"
_NAMED, _FORWARDED = re.compile(_PAIR, re.ASCII), re.compile(rf"(?:[ \t]*+(?:{_PAIR}[ \t]*+)?+[;,])*+", re.ASCII)
"""What stands in Forwarded, in linear time. Many write a port without the quotation marks that it needs.

Source: RFC 7239, 4.
"""

_MOST_HOPS, _MOST_READ = 20, 4_000
"""Proxies that are looked at, and characters: a client may write as many as a head holds, before it is counted."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(addresses: str) -> tuple[Network, ...]:
    """Return the networks in a list such as `10.0.3.7, ::1`. Raises ValueError where one is none."""
    return tuple(ipaddress.ip_network(a.strip(), strict=False) for a in addresses.split(",") if a.strip())


def client(scope: Scope, proxies: Iterable[Network]) -> str:
    """Return the address that a request came from: behind a known proxy the last one that is not a proxy itself.

    It is that of the whole subscriber. A name that is no address counts as the proxy's own.
    """
    peer = scope.get("client")
    address = peer[0] if peer else ""
    trusted = tuple(proxies)
    if not _within(address, trusted):
        if _is_forwarded(scope):
            _warn_of_forwarded(bool(trusted))
        return subscriber(address)
    for hop in reversed(_hops(scope)):
        if address_of(hop) is None:
            break
        address = hop
        if not _within(hop, trusted):
            break
    return subscriber(address)


@lru_cache(maxsize=10_000)
def subscriber(address: str) -> str:
    """Return what counts as one with an address: for IPv6 the /64 network, since that is what one subscriber has."""
    ip = address_of(address)
    if ip is None:
        return address[:64]
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def address_of(hop: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address in what a proxy wrote: alone, with a port, in brackets, IPv4 inside IPv6; `None`: in none.

    Source: RFC 7239, 6 (node identifiers); Azure Application Gateway and IIS ARR write the port into X-Forwarded-For.
    """
    hop = hop.strip().strip('"')
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    try:
        ip = ipaddress.ip_address(hop.partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def _is_forwarded(scope: Scope) -> bool:
    return any(name in (b"x-forwarded-for", b"forwarded") for name, _ in scope["headers"])


def _hops(scope: Scope) -> list[str]:
    """Return whom proxies named, the nearest last: in X-Forwarded-For or in Forwarded (RFC 7239).

    None where the two do not agree: a proxy writes one of them and passes on what its client wrote in the other.
    """
    usual = [h for hop in _values(scope, b"x-forwarded-for")[-_MOST_READ:].split(",") if (h := hop.strip())]
    standard = _named(_values(scope, b"forwarded"))
    if standard is None or (usual and standard and address_of(usual[-1]) != address_of(standard[-1])):
        return []
    return (usual or standard)[-_MOST_HOPS:]


def _named(forwarded: str) -> list[str] | None:
    """Return whom a Forwarded header names; `None` where it cannot be read, and so nobody knows who wrote what of it."""
    if len(forwarded) > _MOST_READ or not _FORWARDED.fullmatch(f"{forwarded},"):
        return None
    pairs = _NAMED.findall(forwarded)
    return [re.sub(r"\\(.)", r"\1", value) for name, value in pairs if name.lower() == "for"]


def _values(scope: Scope, header: bytes) -> str:
    return b",".join(v for k, v in scope["headers"] if k == header).decode("latin-1")


@lru_cache(maxsize=2)
def _warn_of_forwarded(some: bool) -> None:
    """Tell the operator, once, that a proxy names its clients and is not believed."""
    which = "HELPDESK_PROXIES does not name it" if some else "HELPDESK_PROXIES is not set"
    log.warning("a request was forwarded by a proxy that is not trusted, so all its clients count as one: %s", which)


def _within(address: str, trusted: Iterable[Network]) -> bool:
    ip = address_of(address)
    return ip is not None and any(ip in network for network in trusted)
