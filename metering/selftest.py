"""Looks for leaks as the world would: asks every surface for a sentence from behind the teaser."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice

from lxml import html

from metering import wall
from metering.pieces import FREE, METERED, Piece
from metering.policy import Policy

SHORTEST = 30
"""Shorter sentences may stand elsewhere by chance."""

CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
FEED_READER = "Feedly/1.0"

Fetch = Callable[[str, str], str]
"""(address, user agent) -> the body of the answer, by one reader who keeps cookies."""


@dataclass(frozen=True)
class Leak:
    """A sentence that should have stayed behind the wall, and where it was found."""

    piece: str
    address: str
    visitor: str
    sentence: str


@dataclass(frozen=True)
class Found:
    """What a self-test has looked at."""

    pieces: int
    requests: int
    leaks: tuple[Leak, ...]


def pieces_of_the_site(count: int) -> tuple[list[Piece], list[Piece]]:
    """The newest pieces of each registered model that are not free, and of these the metered ones."""
    newest = [piece for kind in Piece.registered.values() for piece in islice(kind.newest(), count)]
    return [piece for piece in newest if piece.policy != FREE], [
        piece for piece in newest if piece.policy == METERED
    ]


def run(new_reader: Callable[[], Fetch], policy: Policy, *, count: int = 20) -> Found:
    """Asks as stranger, feed reader, printer, API client and forged crawler.

    One reader first uses the allowance up, so that the walls stand; pieces opened for that are not
    looked behind, but for their appearance on surfaces that are the same for everybody.
    """
    shut, metered = pieces_of_the_site(count + (policy.limit or 0))
    spent = metered[-policy.limit :] if policy.limit else []
    walled, looked_at = new_reader(), 0
    for piece in spent:
        walled(piece.reading_url, "")
    opened = {piece.key for piece in spent}
    leaks: list[Leak] = []
    targets = [piece for piece in shut if piece.key not in opened][:count]
    for piece in targets:
        sentences = hidden_sentences(piece, policy)
        for visitor, agent, addresses in _visits(piece):
            for address in addresses:
                looked_at += 1
                text = readable(walled(address, agent))
                leaks += [Leak(piece.key, address, visitor, one) for one in sentences if one in text]
    return Found(len(targets), looked_at, tuple(leaks))


def hidden_sentences(piece: Piece, policy: Policy) -> list[str]:
    """Sentences of the body that its teaser does not give: the first, one in the middle, and the last."""
    given = readable(wall.teaser(piece.body, policy))
    whole = " ".join(_of_tree(wall.whole(piece.body).replace("<", " <")).split())
    behind = [one for one in sentences(whole) if one not in given]
    return list(dict.fromkeys(behind[place] for place in (0, len(behind) // 2, -1))) if behind else []


def sentences(text: str) -> Iterator[str]:
    """The parts of a text that end in a stop and are long enough to stand nowhere by chance."""
    for one in re.split(r"(?<=[.!?؟。])\s+", text):
        if len(one) >= SHORTEST:
            yield one


def readable(answer: str) -> str:
    """What can be read in an answer, however it is wrapped: escaped, in JSON, in markup, in attributes."""
    decoded = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), answer)
    text = unescape(unescape(decoded)).replace('\\"', '"').replace("\\n", " ")
    text = text.replace("<!--", " ").replace("-->", " ")
    bare = re.sub(r"<[^<>]*>", " ", text)
    attributes = " ".join(re.findall(r"""=\s*["']([^"'<>]{30,})["']""", text))
    whole = f"{bare} {attributes} {_of_tree(text)}"
    return " ".join(unicodedata.normalize("NFC", whole).split())


def _of_tree(text: str) -> str:
    """The text with inline markup taken out without a gap, as a browser shows it."""
    readable_text = "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")
    return html.fromstring(f"<div>{readable_text}</div>").text_content() if readable_text.strip() else ""


def _visits(piece: Piece) -> Iterable[tuple[str, str, list[str]]]:
    surfaces = list(dict.fromkeys([piece.url, piece.reading_url, *piece.surfaces]))
    yield "stranger", "", surfaces
    yield "feed reader", FEED_READER, surfaces
    yield "forged crawler", CRAWLER, surfaces
