"""A reader's text in, safe HTML out: `clean` for the string, `render` for the string and what is doubtful.

Plain text (what readers type) is escaped and marked up by our own code, and read once more by bleach as a
second wall. HTML (imported comments) is read by bleach, and nh3 must agree with what comes of it. Either
way the HTML is written by `comments.canonical`. Another parser than bleach is a change in this file alone;
raise VERSION with it, then run `manage.py rerender_comments` (docs/decisions/0003).
"""

import logging
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby
from typing import Any

import nh3
from bleach import html5lib_shim
from bleach.sanitizer import Cleaner
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_noop

from comments import canonical
from comments.addresses import SCHEMES, acceptable, split_at_addresses
from comments.bounded import BoundedParser, TooMuchMarkupError
from comments.canonical import End, Piece, Start, Written
from comments.conf import conf
from comments.textual import cut, cut_to_bytes, letters, normalise, printable

logger = logging.getLogger(__name__)

VERSION = 1
"""Stored with every rendered comment; raise it whenever the same source may come out differently."""

DISAGREED = gettext_noop("Two HTML parsers read this comment differently; the stricter reading is shown.")
TOO_MUCH_MARKUP = gettext_noop("This comment has more markup than is safe to read; it is shown as it was typed.")
UNREADABLE = gettext_noop("The HTML of this comment could not be read; it is shown as it was typed.")
WAS_CUT = gettext_noop("This comment is longer than the limit; its end is not shown.")

# HTML beyond these, or beyond what `comments.bounded` bears, is shown as it was typed. What plain text
# becomes is well within them (1300 tags; 13 characters and 2 entities for each grapheme), so all that
# `clean` writes can be read again.
MAX_TAGS = 1500
MAX_REOPENED_TAGS = 100_000
CHARACTERS_PER_GRAPHEME, CHARACTERS_BESIDES = 14, 1000
ESCAPES_PER_GRAPHEME, ESCAPES_BESIDES = 2, 200

# bleach alone lets a scheme followed by digits through, `javascript:123` too.
_LINK = re.compile(r"\s*(?:https?://|mailto:)", re.IGNORECASE)
# Python refuses to read a number of 5000 digits, and bleach is slow to find its end.
_LONG_NUMBER = re.compile(r"&#[0-9A-Za-z]{10}")
# A mark left open is opened again in each later block; bleach drops some of these tags, but nh3 reads them.
_MARKS = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE)

_QUOTING = "> \t"
_TAG = re.compile(r"<[^>]*>")
_HREF = re.compile(r' href="([^"]*)"')


@dataclass(frozen=True)
class Rendered:
    """Safe HTML, and in words why a person should look at it before it is shown."""

    html: SafeString
    doubts: tuple[str, ...] = ()


def clean(source: str, *, html: bool = False) -> SafeString:
    """Safe HTML from any string at all: nothing raises, what is too long is cut.

    `html` says that the source is HTML, as imported comments are; readers type plain text.
    """
    return render(source, html=html).html


def render(source: str, *, html: bool = False) -> Rendered:
    """Like `clean`, with the doubts that should hold the comment."""
    return _from_html(source) if html else _from_plain(source)


def _rendered(written: Written, *doubts: str) -> Rendered:
    html = mark_safe(written.html)  # noqa: S308  comments.canonical wrote it and escaped all text
    return Rendered(html, (*doubts, WAS_CUT) if written.was_cut else doubts)


# --- Plain text ---------------------------------------------------------------------------------------


def _from_plain(source: str, *doubts: str) -> Rendered:
    text, was_cut = _within_limits(source)
    try:
        written = _read_by_bleach(_marked_up(text))
    except Exception:  # bleach is no longer maintained: whatever it trips over, the text is kept
        logger.exception("The markup of a plain text could not be read")
        written, doubts = canonical.write([text], graphemes=conf().max_length), (*doubts, UNREADABLE)
    return _rendered(written, *doubts, *((WAS_CUT,) if was_cut and not written.was_cut else ()))


def _within_limits(source: str) -> tuple[str, bool]:
    limits = conf()
    begun = cut_to_bytes(source, limits.max_bytes)
    text = normalise(begun)
    kept = cut(text, limits.max_length)
    return kept, len(begun) < len(source) or len(kept) < len(text)


def _marked_up(text: str) -> str:
    """Plain text as HTML: blank lines part paragraphs, lines that start with ">" are quoted."""
    lines = [line.strip() for line in text.split("\n", canonical.MAX_LINES)]
    return "".join(
        f"<blockquote>{_paragraphs(line.lstrip(_QUOTING) for line in group)}</blockquote>"
        if quoted
        else _paragraphs(group)
        for quoted, group in groupby(lines, key=lambda line: line.startswith(">"))
    )


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(
        f"<p>{'<br>'.join(map(_linked, group))}</p>" for filled, group in groupby(lines, key=bool) if filled
    )


def _linked(line: str) -> str:
    return "".join(
        f'<a href="{escape(address)}">{escape(text)}</a>' if address else escape(text, quote=False)
        for text, address in split_at_addresses(line)
    )


# --- HTML ---------------------------------------------------------------------------------------------


def _from_html(source: str) -> Rendered:
    """What survives both parsers unchanged, or else the source as if it were plain text."""
    try:
        rendered = _agreed_on(_affordable(printable(source)))
    except TooMuchMarkupError:
        return _from_plain(source, TOO_MUCH_MARKUP)
    except Exception:  # bleach is no longer maintained: whatever it trips over, the comment is kept
        logger.exception("HTML of a comment could not be read")
        return _from_plain(source, UNREADABLE)
    return rendered or _from_plain(source, DISAGREED)


def _affordable(source: str) -> str:
    """The source, unless it would cost too much before the parser could notice."""
    tags = source.count("<")
    graphemes = conf().max_length
    if (
        len(source) > CHARACTERS_PER_GRAPHEME * graphemes + CHARACTERS_BESIDES
        or max(source.count("&"), source.count("=")) > ESCAPES_PER_GRAPHEME * graphemes + ESCAPES_BESIDES
        or tags > MAX_TAGS
        or tags * len(_MARKS.findall(source)) > MAX_REOPENED_TAGS
        or _LONG_NUMBER.search(source)
    ):
        raise TooMuchMarkupError
    return source


def _agreed_on(source: str) -> Rendered | None:
    """bleach's reading if nh3 reads the same, else what both let through; None if even that changes again."""
    written = _read_by_bleach(source)
    second_opinion = _nh3.clean(source)
    agreed = _same_substance(written, second_opinion)
    if not agreed:
        written = _read_by_bleach(_affordable(second_opinion))
    if not _is_settled(written.html):
        return None
    return _rendered(written) if agreed else _rendered(written, DISAGREED)


def _is_settled(html: str) -> bool:
    """Whether either parser, reading it again, would leave it as it is."""
    again = _read_by_bleach(_affordable(html))
    return again == Written(html, was_cut=False) and _nh3.clean(html) == html


def _same_substance(written: Written, second_opinion: str) -> bool:
    """Whether both show the same letters and digits, and nh3 has seen every link that bleach has."""
    ours, theirs = letters(_text(written.html)), letters(_text(second_opinion))
    same_text = theirs.startswith(ours) if written.was_cut else theirs == ours
    return same_text and _links(written.html) <= _links(second_opinion)


def _text(html: str) -> str:
    return unescape(_TAG.sub("", html))


def _links(html: str) -> set[str | None]:
    return {acceptable(unescape(href)) for href in _HREF.findall(html)}


# --- The two parsers ----------------------------------------------------------------------------------


def _allowed(tag: str, name: str, value: str) -> bool:
    return tag == "a" and name == "href" and _LINK.match(value) is not None


_nh3 = nh3.Cleaner(
    tags=set(canonical.TAGS),
    attributes={"a": {"href", "rel"}, "*": set()},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel=None,
)

_threads = threading.local()  # a bleach.Cleaner is not safe between threads


def _read_by_bleach(source: str) -> Written:
    """Canonical HTML of what bleach lets through; raises TooMuchMarkupError, and anything that bleach may."""
    if not hasattr(_threads, "cleaner"):
        _threads.cleaner = _cleaner()
    return _threads.cleaner.clean(source) or Written("", was_cut=False)  # bleach skips an empty source


def _cleaner() -> Cleaner:
    cleaner = Cleaner(tags=canonical.TAGS, attributes=_allowed, protocols=SCHEMES, strip=True, strip_comments=True)
    cleaner.parser = BoundedParser(
        tags=canonical.TAGS, strip=True, consume_entities=False, namespaceHTMLElements=False
    )
    cleaner.serializer = _Serializer()
    return cleaner


class _Serializer:
    """Stands in the place of bleach's own, and adds `rel` within its pass."""

    def render(self, tokens: Iterable[Mapping[str, Any]]) -> Written:
        return canonical.write(_pieces(tokens), graphemes=conf().max_length)


def _pieces(tokens: Iterable[Mapping[str, Any]]) -> Iterator[Piece]:
    """The tokens of bleach, which leaves all entities but `&amp;` as they were, as tags and decoded text."""
    texts: list[str] = []
    for token in tokens:
        match token["type"]:
            case "Characters" | "SpaceCharacters":
                texts.append(token["data"])
            case "Entity":
                texts.append(printable(unescape(f"&{token['name']};")))
            case "StartTag" | "EmptyTag" | "EndTag" as kind:
                yield "".join(texts)
                texts = []
                yield End(token["name"]) if kind == "EndTag" else Start(token["name"], _href(token["data"]))
    yield "".join(texts)


def _href(attributes: Mapping[Any, str]) -> str | None:
    href = attributes.get((None, "href"))
    return href and html5lib_shim.convert_entities(href)
