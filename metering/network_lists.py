"""Networks as a librarian sends them: one a line, and what cannot be meant is refused in words."""

import ipaddress
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from metering import addresses
from metering.addresses import Network

WIDEST = {4: 8, 6: 16}
"""Lengths of prefix per version of IP: nobody's campus is larger, and 0.0.0.0/0 is everybody's."""


def networks_in(text: str) -> list[Network]:
    """The networks of a list; lines that nobody should have let in stand for nobody."""
    return [network for _number, found in _lines(text) if isinstance(found, list) for network in found]


def one_network_a_line(text: str) -> None:
    """A field's validator: raises `ValidationError` with a message for each line that cannot be meant."""
    refused = [
        _("Line %(number)d: %(error)s") % {"number": number, "error": found}
        for number, found in _lines(text)
        if isinstance(found, ValueError)
    ]
    if refused:
        raise ValidationError(refused)


def _lines(text: str) -> Iterator[tuple[int, list[Network] | ValueError]]:
    """Each line with its networks or what is wrong with it; `#` begins a note."""
    for number, line in enumerate(text.splitlines(), start=1):
        if written := line.partition("#")[0].strip():
            try:
                yield number, _networks_of(written)
            except ValueError as error:
                yield number, error


def _networks_of(written: str) -> list[Network]:
    found = _range(written) if "-" in written else [_network(written)]
    for network in found:
        if network.prefixlen < WIDEST[network.version]:
            told = {"written": written, "widest": WIDEST[network.version]}
            raise ValueError(
                _("“%(written)s” is a large part of the Internet. The widest network here is a /%(widest)d.")
                % told
            )
    return found


def _network(written: str) -> Network:
    try:
        return addresses.network(written)
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(written, strict=False)
    except ValueError:
        raise ValueError(_("“%s” is no network such as 192.0.2.0/24 or 2001:db8::/48.") % written) from None
    told = {"written": written, "meant": meant}
    raise ValueError(_("“%(written)s” names one machine and a network. Is %(meant)s meant?") % told)


def _range(written: str) -> list[Network]:
    first, _dash, last = (part.strip() for part in written.partition("-"))
    try:
        ends = ipaddress.ip_address(first), ipaddress.ip_address(last)
        return list(ipaddress.summarize_address_range(*ends))
    except (TypeError, ValueError):
        raise ValueError(_("“%s” is no range such as 192.0.2.1-192.0.2.40.") % written) from None
