"""The owner's lists of words: those in force, each made ready once per process and version of the list."""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.db.models import Q
from django.utils import timezone

from comments.models import WordList
from comments.screening import words
from comments.screening.verdict import Span
from comments.screening.words import Match, Matcher, Reading

FRESH_SECONDS = 5.0
"""How long a process goes by the lists that it has seen; that a list has changed others notice after that."""

MASK = "•"


@dataclass(frozen=True)
class Ready:
    """A list that can be asked about a text."""

    pk: int
    name: str
    holds: bool
    masks: bool
    until: datetime | None
    matcher: Matcher

    def is_in_force(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True)
class Found:
    """What of a list stands in a text."""

    list: Ready
    matches: Sequence[Match]


_built: dict[tuple[int, datetime], Matcher] = {}
_seen: tuple[float, tuple[Ready, ...]] | None = None


def in_force(*, fresh: bool = False) -> tuple[Ready, ...]:
    """The lists that have not ended, at most 5 seconds old, or `fresh`: as the database has them now.

    One query, or none; one more where a list has changed since this process last built it.
    """
    global _seen  # noqa: PLW0603  one word for the whole process
    if not fresh and _seen and monotonic() - _seen[0] < FRESH_SECONDS:
        lists = _seen[1]
    else:
        lists = _read()
        _seen = monotonic(), lists
    now = timezone.now()
    return tuple(one for one in lists if one.is_in_force(now))


def found(read: Sequence[Reading], lists: Iterable[Ready]) -> list[Found]:
    """Which of these lists have words in a text, and where."""
    looked = (Found(one, one.matcher.find(read)) for one in lists)
    return [one for one in looked if one.matches]


def ready(unsaved: WordList) -> Ready:
    """A list as a form has it, not saved: nothing of it is remembered."""
    entries, _faults = words.read(unsaved.entries)
    return _ready(vars(unsaved), Matcher(entries))


def readings_of(text: str) -> Sequence[Reading]:
    """A text ready to be asked about by many lists."""
    return words.readings_of(text)


def forget() -> None:
    """The owner has changed a list; other processes notice within 5 seconds."""
    global _seen  # noqa: PLW0603
    _seen = None


def _read() -> tuple[Ready, ...]:
    still = WordList.objects.filter(Q(until=None) | Q(until__gt=timezone.now()))
    rows = list(still.values("id", "name", "holds", "masks", "until", "changed_at"))
    versions = {(row["id"], row["changed_at"]) for row in rows}
    missing = [pk for pk, changed_at in versions if (pk, changed_at) not in _built]
    if missing:
        for pk, changed_at, entries in WordList.objects.filter(pk__in=missing).values_list(
            "pk", "changed_at", "entries"
        ):
            _built[pk, changed_at] = Matcher(words.read(entries)[0])
    for gone in _built.keys() - versions:
        _built.pop(gone, None)
    return tuple(
        _ready(row, matcher) for row in rows if (matcher := _built.get((row["id"], row["changed_at"]))) is not None
    )


def _ready(row: Mapping[str, Any], matcher: Matcher) -> Ready:
    return Ready(row["id"] or 0, row["name"], row["holds"], row["masks"], row["until"], matcher)


# --- masking ----------------------------------------------------------------------------------------------

TAG = re.compile(r"<(/?[a-z]+)[^>]*>")
UNIT = re.compile(r"(?s)<[^>]*>|&#?\w{1,31};|.")
INLINE = frozenset({"a", "strong", "b", "em", "i", "u", "s", "code"})


def masked(safe: str) -> str | None:
    """The safe HTML of a comment with the words of masking lists dotted out; None where there are none.

    Tags and their attributes stay as they are, byte for byte; a word that tags cut in two is seen all the
    same. No query within 5 seconds of the last.
    """
    lists = [one for one in in_force() if one.masks]
    if not lists:
        return None
    text = html.unescape(TAG.sub(_between_lines, safe))
    spans = [match.span for one in found(words.readings_of(text), lists) for match in one.matches]
    return _dotted(safe, spans) if spans else None


def masked_word(word: str) -> str:
    """A word as it stands where it is spoken about: its first letter, the rest dotted out."""
    return word[:1] + "".join(_dot(sign) for sign in word[1:])


def _between_lines(tag: re.Match[str]) -> str:
    return "" if tag[1].strip("/") in INLINE else "\n"


def _dotted(safe: str, spans: Iterable[Span]) -> str:
    """Walks the HTML beside its text, one sign at a time, and dots out those within the spans."""
    hidden = {place for start, end in spans for place in range(start, end)}
    written: list[str] = []
    place = 0
    for unit in UNIT.findall(safe):
        if tag := TAG.fullmatch(unit):
            written.append(unit)
            place += len(_between_lines(tag))
            continue
        signs = html.unescape(unit)
        if not hidden.isdisjoint(range(place, place + len(signs))):
            written.append("".join(map(_dot, signs)))
        else:
            written.append(unit)
        place += len(signs)
    return "".join(written)


def _dot(sign: str) -> str:
    """A dot for each sign that takes its own room; none for what is written on another."""
    if sign.isspace():
        return sign
    return "" if unicodedata.category(sign) in {"Mn", "Me", "Mc", "Cf"} else MASK
