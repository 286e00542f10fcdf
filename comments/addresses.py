"""Which web addresses a comment may link to, and where in a text they stand."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

import nh3

from comments.textual import fold, normalise

SCHEMES = frozenset({"http", "https", "mailto"})

MAX_ADDRESS = 2000
"""Longest address, in characters, that becomes a link."""

MAX_LINKS = 50
"""The fifty-first address of a plain text stays text: nobody reads them, and each costs time."""

# No blanks, quotes, angle brackets, backslashes or backticks: parsers disagree about them. No user name
# before the host: http://bank.example@evil.example shows one site and opens another.
_WEB = re.compile(r"(https?)(://[^\s/?#@%&\"'<>`\\(){}|^]+(?:[/?#][^\s\"<>`\\]*)?)", re.IGNORECASE)
_MAIL = re.compile(r"(mailto)(:[^\s@\"<>`\\]+@[^\s@\"<>`\\]+)", re.IGNORECASE)

# A fixed prefix, then one class of characters: linear on any text.
_IN_TEXT = re.compile(r"(?<![A-Za-z0-9_])https?://[^\s\"<>`\\«»“”،؛؟]+", re.IGNORECASE)
_TRAILING = ".,;:!?'’…*_~"
_BRACKETS = {")": "(", "]": "[", "}": "{"}

# What a reader takes for an address: a scheme with a host, an e-mail address, a bare host, four numbers.
_LOOKS_LIKE = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:/*)?(?:[^\s/?#@]*@)?((?:[\w-]+\.)+[^\W\d_][\w-]+|(?:\d+\.){3}\d+)\.?(?=[:/?#)\]]|$)"
)
_AROUND_WORDS = "()[]{}<>«»“”‘’\"'.,;:!?،؛؟…*_~|"
_DOTS = str.maketrans({"。": ".", "｡": "."})

_HOST = re.compile(r"(?:https?://|mailto:[^@]*@)([^/?#:]*)")

# nh3 parses addresses as browsers do, and refuses those that browsers cannot open.
_OPENABLE = nh3.Cleaner(
    tags={"a"},
    attributes={"a": {"href"}, "*": set()},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel=None,
)


@lru_cache(maxsize=256)  # asked for each link by each wall
def acceptable(address: str) -> str | None:
    """The address as it is written into a link, or None if it may not be one."""
    if len(address) > MAX_ADDRESS:
        return None
    found = _WEB.fullmatch(address := normalise(address).strip()) or _MAIL.fullmatch(address)
    if not found:
        return None
    address = found[1].lower() + found[2]
    return address if "href=" in _OPENABLE.clean(f'<a href="{escape(address)}">') else None


def split_at_addresses(text: str) -> Iterator[tuple[str, str | None]]:
    """The text in pieces, each with the address it should link to, if any."""
    end = 0
    for number, found in enumerate(_IN_TEXT.finditer(text)):
        if number == MAX_LINKS:
            break
        shown = _without_trailing(found[0])
        if address := acceptable(shown):
            yield text[end : found.start()], None
            yield shown, address
            end = found.start() + len(shown)
    yield text[end:], None


def misleads(shown: str, address: str) -> bool:
    """Whether a link's text looks like an address on another site than the one the link opens."""
    host = _HOST.match(fold(address))
    site = host and _site(host[1])
    return any(
        _site(found[1]) != site
        for word in fold(shown).translate(_DOTS).split()
        if (found := _LOOKS_LIKE.match(word.strip(_AROUND_WORDS)))
    )


def _site(host: str) -> str:
    return host.translate(_DOTS).rstrip(".").removeprefix("www.")


def _without_trailing(address: str) -> str:
    """The address without the punctuation of the sentence around it; balanced brackets stay."""
    surplus = {closing: address.count(closing) - address.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return address[:end]
