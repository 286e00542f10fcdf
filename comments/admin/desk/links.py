"""Where the links of a comment really lead, as a moderator must see it before a reader clicks. Pure."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from comments.screening.links import find_links, host_of
from comments.screening.normalise import fold_letters

LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
MOST_SHOWN = 20


@dataclass(frozen=True)
class Target:
    """One address in a text: the host a browser would open, the whole of it, and what is odd about it."""

    host: str
    address: str
    remark: str = ""


def targets_in(html: str, source: str) -> list[Target]:
    """The links of the safe HTML, and addresses in the text as typed that are no links; each once."""
    found: dict[str, Target] = {}
    for href, shown in LINK.findall(html):
        address = unescape(href)
        found.setdefault(address, _target(address, unescape(TAG.sub("", shown)).strip()))
    linked = {host_of(one.address) for one in found.values()}
    for link in find_links(source, fold_letters(source)):
        if link.host not in linked:
            typed = " ".join(source[link.span[0] : link.span[1]].split())
            found.setdefault(typed, Target(_host(link.host), typed, _("not a link, only written")))
    return list(found.values())[:MOST_SHOWN]


def _target(address: str, shown: str) -> Target:
    if address.startswith("mailto:"):
        return Target(_("e-mail"), address.removeprefix("mailto:"))
    host = urlsplit(address).hostname or ""
    return Target(_host(host), address, _remark(host, shown))


def _remark(host: str, shown: str) -> str:
    promised = host_of(shown) if "." in shown and " " not in shown else ""
    if promised and promised != host.removeprefix("www."):
        return _("shown as %(text)s") % {"text": shown[:80]}
    if not host.isascii() or any(part.startswith("xn--") for part in host.split(".")):
        return _("letters of another alphabet: may look like another address")
    return "" if promised or shown == "" else _("behind the words “%(text)s”") % {"text": shown[:80]}


def _host(host: str) -> str:
    """With look-alike letters made plain: what is not ASCII is written as the network writes it."""
    if host.isascii():
        return host
    try:
        return f"{host} ({host.encode('idna').decode()})"
    except UnicodeError:
        return host
