"""The addresses in a text, whether they are written as links or only look like one, with their real hosts."""

import re
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from comments.screening.normalise import Normalised
from comments.screening.verdict import Span

# Endings under which "word.word" is an address even without http:// or a path. Endings that are common words
# ("me", "so", "live") are not here: "ask me.so" is a missing space more often than an address.
BARE_ENDINGS = (
    "com|net|org|info|biz|io|xyz|buzz|icu|cc|tv|tk|ml|ga|cf|gq|store|online|vip|shop"
    "|ru|ir|de|fr|eu|su|ua|cn|pl|nl|hr"
)
NAME = r"[\w-]{1,63}"
TAIL = r"[^\s<>\"'\[\]{}|^`]*+"
ADDRESS = re.compile(
    rf"(?:\bh(?:tt|xx)ps?:/{{1,2}}|\bftp://|\bwww\.){TAIL}"
    rf"|(?<![\w.@/-])(?:{NAME}\.){{1,4}}(?:{BARE_ENDINGS})(?![\w-]|\.\w|@)(?:[:/?]{TAIL})?"
    rf"|(?<![\w.@/-])(?:{NAME}\.){{1,4}}[a-z]{{2,12}}/(?=\w){TAIL}"
)
# example[.]com, example (dot) com, example dot com
HIDDEN_ADDRESS = re.compile(
    rf"(?<![\w.@/-]){NAME}(?:\s?[\[({{]\s?(?:dot|\.)\s?[\])}}]\s?|\sdot\s)(?:{BARE_ENDINGS})(?!\w)"
)
FORUM_MARKUP = re.compile(r"\[(?:url|link)[=\]]")
CLOSING = ".,;:!?)*_…»”’"
LONGEST_HOST = 253


@dataclass(frozen=True)
class Link:
    """One address found in a text."""

    host: str
    """Where it leads, without www: what a browser would open, not what stands before an @ in the address."""

    target: str
    """Host and path, to tell two links from the same link written twice."""

    place: Span
    """Its span in the folded text."""

    span: Span
    """Its span in the original text."""


def find_links(source: str, folded: Normalised) -> tuple[Link, ...]:
    """The links of a text, in the order in which they stand there."""
    found = (_link(source, folded, address) for address in ADDRESS.finditer(folded.text))
    return tuple(link for link in found if "." in link.host)


def leads_to(host: str, hosts: AbstractSet[str]) -> bool:
    """Whether a host is one of these, or lies under one of them."""
    parts = host.split(".")
    return any(".".join(parts[first:]) in hosts for first in range(len(parts) - 1))


def host_of(address: str) -> str:
    """The host a browser would open: the scheme, log-in and port taken off."""
    without_scheme = re.sub(r"^\w+:/+", "", address.strip().lower().replace("\\", "/"))
    authority = re.split(r"[/?#]", without_scheme, maxsplit=1)[0]
    return authority.rpartition("@")[2].partition(":")[0].strip(".").removeprefix("www.")[:LONGEST_HOST]


def _link(source: str, folded: Normalised, found: re.Match[str]) -> Link:
    start, end = found.start(), found.start() + len(found[0].rstrip(CLOSING))
    span = folded.original(start, end)
    # The host is read from what was typed: folding turns a Cyrillic look-alike of our own host into our own.
    typed = unicodedata.normalize("NFKC", source[span[0] : span[0] + 2 * LONGEST_HOST][: span[1] - span[0]])
    host = host_of("".join(sign for sign in typed if unicodedata.category(sign) not in {"Cf", "Mn", "Cs", "Cc"}))
    address = re.sub(r"^\w+:/+|^www\.", "", folded.text[start:end])
    return Link(host=host, target=address.rstrip("/"), place=(start, end), span=span)
