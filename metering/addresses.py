"""Where a request comes from, behind proxies that are trusted and headers that are not. Pure."""

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

WITH_PORT = re.compile(r"\[([^\[\]]+)\](?::[0-9]+)?|([^:]+):[0-9]+")
"""`[2001:db8::7]:443` or `192.0.2.7:4711`, as some proxies write a hop."""

MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
"""IPv4 as IPv6 writes it; one visitor must not have two addresses."""


class Networks:
    """Networks to look an address up in: one look-up per length of prefix, however many networks there are."""

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._starts: dict[tuple[int, int], set[int]] = {}
        for network in networks:
            hosts = network.max_prefixlen - network.prefixlen
            self._starts.setdefault((network.version, hosts), set()).add(int(network.network_address) >> hosts)

    def __contains__(self, address: Address | None) -> bool:
        if address is None:
            return False
        version, number = address.version, int(address)
        return any(
            version == theirs and number >> hosts in starts for (theirs, hosts), starts in self._starts.items()
        )

    def __bool__(self) -> bool:
        return bool(self._starts)


def visitor(peer: str, forwarded: str, trusted: Networks) -> Address | None:
    """Who asks: the peer, or the right-most hop of `X-Forwarded-For` that is not a trusted proxy.

    The header is looked at only where the peer is a proxy of ours: everybody else can write what they
    like into it. Each proxy appends the address that it saw, so what stands left of the first
    untrusted hop is hearsay. None where nobody can tell: no peer, or a hop that is no address.
    """
    nearest = address(peer)
    if nearest not in trusted:
        return nearest
    for hop in reversed(forwarded.split(",")):
        if not hop.strip():
            continue
        nearest = address(hop)
        if nearest not in trusted:
            break
    return nearest


@lru_cache(maxsize=2048)
def address(text: str) -> Address | None:
    """The address that a text names, IPv4-mapped ones as IPv4; None if it names none."""
    written = text.strip().strip('"')
    if match := WITH_PORT.fullmatch(written):
        written = match[1] or match[2]
    try:
        found = ipaddress.ip_address(written)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return found.ipv4_mapped or ipaddress.IPv6Address(int(found))  # without the name of an interface
    return found


def network(text: str) -> Network:
    """The network that a text names, an address being a network of one; raises `ValueError`."""
    found = ipaddress.ip_network(text.strip())
    if isinstance(found, ipaddress.IPv6Network) and found.subnet_of(MAPPED):
        return ipaddress.IPv4Network((int(found.network_address) & 0xFFFFFFFF, found.prefixlen - MAPPED.prefixlen))
    return found


@lru_cache(maxsize=32)
def networks(texts: tuple[str, ...]) -> Networks:
    """Those of the texts that name networks. Whoever takes them in has to refuse the others in words."""
    return Networks(found for text in texts if (found := _network_or_none(text)))


def _network_or_none(text: str) -> Network | None:
    try:
        return network(text)
    except ValueError:
        return None
