"""The door for comments that were written elsewhere: a stream of them comes in onto one target.

    importing.bring_in(target, (Incoming(origin="old-site:7", text="…", submitted_at=…), …))

They keep their states and dates, so nothing is screened and nobody is notified. Their `origin` tells them
apart: each comes in once, however often the same stream is brought.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from html import unescape
from itertools import islice
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comments import moderation, sanitize, states, tallies, threads
from comments.conf import conf
from comments.models import Comment, Decision, Thread
from comments.screening import fingerprint
from comments.states import State
from comments.tallies import Standing
from comments.targets import Target
from comments.textual import clean_name, cut, printable

AT_ONCE = 500
"""Comments in memory at a time, beside those that wait for a comment they answer."""

RULE = "import"
"""Stands in the log where a later import brought another state."""

TAG = re.compile(r"<[^>]*>")
TYPED = ("source", "is_html", "name", "email", "submitted_at")
"""What its author wrote, of what is stored of a comment."""

DEEPEST = 32_767
"""What the column of depths can hold; nothing reads such threads, but nothing fails on them either."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One comment as another system kept it."""

    origin: str
    """Says which comment of which system this is, in at most 200 characters; the same at every import."""

    text: str
    submitted_at: datetime
    """With its time zone."""

    state: State = State.PENDING
    parent: str = ""
    """The origin of the comment that this one answers, before or after it in the stream, or here already."""

    name: str = ""
    email: str = ""
    is_html: bool = False


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What became of a stream; sums are taken with `+`."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    """Here already, from an earlier import."""

    held: int = 0
    """Of the new ones: those that now wait for a moderator."""

    doubtful: int = 0
    """Of the new ones: those that the sanitiser could not show as they were."""

    empty: int = 0
    """Left out: there was nothing to see in them."""

    repeated: int = 0
    """Left out: their origin stood in the stream before."""

    elsewhere: int = 0
    """Left out: imported before, onto another thing."""

    moved_up: int = 0
    """Replies to a comment that was left out; they now answer what that one answered."""

    orphaned: int = 0
    """Replies to a comment that is nowhere; they now stand on the target itself."""

    def __add__(self, other: "Brought") -> "Brought":
        return Brought(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Brought)})


class _Place(NamedTuple):
    """Where a comment stands in its thread: what a reply to it must know."""

    pk: int
    root: int
    depth: int


def bring_in(target: Target, incoming: Iterable[Incoming], *, update: bool = False) -> Brought:
    """Writes a stream of comments onto one target: all of it, or nothing if anything fails.

    What came in by an earlier import is left as it is. With `update` it follows the stream again,
    its state by a line in the log, but for comments that somebody decided about here since, or that
    their authors removed. The target's mode is not asked: closed threads have comments too.
    A pending comment comes in as held for a person; it is never screened and never published by itself.
    """
    with transaction.atomic():
        arrival = _Arrival(target, update=update)
        stream = iter(incoming)
        while batch := list(islice(stream, AT_ONCE)):
            arrival.take(batch)
        arrival.place_the_rest()
        arrival.keep_count()
    return arrival.brought()


class _Arrival:
    """One stream on its way into one thread."""

    def __init__(self, target: Target, *, update: bool) -> None:
        self.target = target
        self.update = update
        self.now = timezone.now()
        self.thread = threads.thread_of(target)
        if self.thread:
            # A decision locks the thread too: neither loses the other's counts.
            self.thread = Thread.objects.select_for_update().get(pk=self.thread.pk)
        self.places: dict[str, _Place | None] = {}  # None: left out, and it answered nobody
        self.left_out: set[str] = set()
        self.waiting: dict[str, list[Incoming]] = {}
        self.seen: set[str] = set()
        self.approved_below: Counter[int] = Counter()
        self.approved = 0
        self.changed = False
        self.standings: Counter[Standing] = Counter()
        self.tally: Counter[str] = Counter()

    def take(self, batch: list[Incoming]) -> None:
        batch = list(self._first_of_each(batch))
        present = self._present(batch)
        if self.update:
            self._follow([one for one in batch if one.origin in present])
        self._settle([one for one in batch if one.origin not in present])

    def place_the_rest(self) -> None:
        """Those whose parent never came, with all that wait below them; last those that answer in a circle."""
        left = [one for waiting in self.waiting.values() for one in waiting]
        origins = {one.origin for one in left}
        for one in (*(one for one in left if one.parent not in origins), *left):
            if one.origin not in self.places:
                self.tally["orphaned"] += 1
                self._settle([replace(one, parent="")])

    def keep_count(self) -> None:
        """The numbers on the thread and on the comments that have replies; caches are told by the version."""
        alike: dict[int, list[int]] = {}
        for root, replies in self.approved_below.items():
            alike.setdefault(replies, []).append(root)
        for replies, roots in alike.items():
            for some in _in_batches(roots):
                Comment.objects.filter(pk__in=some).update(approved_replies=F("approved_replies") + replies)
        if self.thread and self.changed:
            Thread.objects.filter(pk=self.thread.pk).update(
                approved=F("approved") + self.approved, version=F("version") + 1
            )
            tallies.note((self.thread.section, None, standing) for standing in self.standings.elements())

    def brought(self) -> Brought:
        return Brought(**self.tally)

    def _first_of_each(self, batch: list[Incoming]) -> Iterator[Incoming]:
        for one in batch:
            if one.origin in self.seen:
                self.tally["repeated"] += 1
            else:
                self.seen.add(one.origin)
                yield one

    def _present(self, batch: list[Incoming]) -> set[str]:
        """The origins of this batch that are here already; where they and the parents here stand is noted."""
        origins = {one.origin for one in batch}
        asked = origins | {one.parent for one in batch if one.parent and one.parent not in self.places}
        found = Comment.objects.filter(origin__in=asked).order_by()
        rows = list(found.values_list("origin", "pk", "root", "depth", "thread"))
        if self.thread is None:
            self.thread = self._left_behind({row[-1] for row in rows})
        present = set()
        for one, pk, root, depth, thread in rows:
            origin = str(one)
            if self.thread and thread == self.thread.pk:
                self.places[origin] = _Place(pk, root or pk, depth)
            elif origin in origins:
                self.tally["elsewhere"] += 1
                self.left_out.add(origin)
                self.places[origin] = None
            if origin in origins:
                present.add(origin)
        self.tally["unchanged"] += len(present - self.left_out)
        return present

    def _left_behind(self, threads_found: set[int]) -> Thread | None:
        """The thread of a thing that was brought before and deleted since: with the thing it comes back."""
        for thread in Thread.objects.select_for_update().filter(pk__in=threads_found).order_by("pk"):
            if thread.target is None:
                thread.target = self.target.obj
                thread.save(update_fields=["content_type", "object_id"])
                self.changed = True
                return thread
        return None

    def _settle(self, arrived: list[Incoming]) -> None:
        """Writes those whose parent is in place, then those that waited for them; the others wait."""
        while arrived:
            ready = []
            for one in arrived:
                if not one.parent or one.parent in self.places:
                    ready.append(one)
                else:
                    self.waiting.setdefault(one.parent, []).append(one)
            for some in _in_batches(ready):
                self._write(some)
            waited = (reply for one in ready for reply in self.waiting.pop(one.origin, ()))
            arrived = [reply for reply in waited if reply.origin not in self.places]  # a circle is closed

    def _write(self, ready: list[Incoming]) -> None:
        rows: list[tuple[Incoming, Comment]] = []
        for one in ready:
            place = self.places[one.parent] if one.parent else None
            row = self._row(one, place)
            if row is None:
                self.tally["empty"] += 1
                self.left_out.add(one.origin)
                self.places[one.origin] = place
                continue
            self.tally["moved_up"] += one.parent in self.left_out
            rows.append((one, row))
        written = Comment.objects.bulk_create(row for _one, row in rows)
        for (one, _row), row in zip(rows, written, strict=True):
            self.places[one.origin] = _Place(row.pk, row.root_id or row.pk, row.depth)
            self._count(row)

    def _row(self, one: Incoming, place: _Place | None) -> Comment | None:
        """The comment as it will be stored; None for one that shows nothing."""
        shown = _shown(one)
        if not shown["html"]:
            return None
        self.thread = self.thread or threads.open_thread(self.target)
        return Comment(
            thread=self.thread,
            parent_id=place and place.pk,
            root_id=place and place.root,
            depth=min(place.depth + 1, DEEPEST) if place else 0,
            state=one.state,
            # Of every state: one that a moderator restores or holds later waits for a person as well.
            screened_at=self.now,
            urgent_at=one.submitted_at,
            origin=one.origin,
            **shown,
        )

    def _count(self, row: Comment) -> None:
        self.changed = True
        self.standings[Standing(State(row.state))] += 1
        self.tally["new"] += 1
        self.tally["held"] += row.state == State.PENDING
        self.tally["doubtful"] += bool(row.doubts)
        if row.state == State.APPROVED:
            self.approved += 1
            if row.root_id:
                self.approved_below[row.root_id] += 1

    def _follow(self, known: list[Incoming]) -> None:
        """Brings what is here to what the stream says now, where nobody here has decided since."""
        stored = Comment.objects.filter(thread=self.thread, origin__in=[one.origin for one in known])
        by_people = Decision.objects.exclude(rule=RULE).filter(comment__in=stored).values("comment")
        untouched = stored.exclude(state=State.REMOVED).exclude(pk__in=by_people)
        present = {comment.origin: comment for comment in untouched}
        for one in known:
            comment = present.get(one.origin)
            if comment and (self._rewrite(comment, one) | self._redecide(comment, one.state)):
                self.tally["updated"] += 1
                self.tally["unchanged"] -= 1

    def _rewrite(self, comment: Comment, one: Incoming) -> bool:
        shown = _shown(one)
        if not shown["html"] or all(getattr(comment, name) == shown[name] for name in TYPED):
            return False
        comment.version += 1  # a moderator who has the old text open is told
        for name, value in shown.items():
            setattr(comment, name, value)
        comment.save(update_fields=[*shown, "version"])
        self.changed = True
        return True

    def _redecide(self, comment: Comment, state: State) -> bool:
        for action in states.allowed(State(comment.state)):
            if states.after(action, State(comment.state)) == state:
                moderation.decide(comment, action, rule=RULE)
                return True
        return False


def _shown(one: Incoming) -> Mapping[str, object]:
    """The columns that follow from what its author wrote."""
    source = printable(one.text)
    rendered = sanitize.render(source, html=one.is_html)
    return {
        "source": source,
        "is_html": one.is_html,
        "html": str(rendered.html),
        "doubts": list(rendered.doubts),
        "sanitizer": sanitize.VERSION,
        "fingerprint": fingerprint(_words(rendered.html) if one.is_html else source),
        "name": _name(one.name),
        "email": _email(one.email),
        "submitted_at": one.submitted_at,
    }


def _words(html: str) -> str:
    """What the HTML says, so that the same words have the same fingerprint with and without tags."""
    return unescape(TAG.sub(" ", html))


def _name(name: str) -> str:
    return cut(clean_name(name), conf().max_name_length)[: _room("name")].strip()


def _email(email: str) -> str:
    """The address if it is one: what cannot be written to is of no use to anybody."""
    try:
        validate_email(email.strip())
    except ValidationError:
        return ""
    return email.strip() if len(email.strip()) <= _room("email") else ""


def _room(column: str) -> int:
    """How many characters fit into a column of comments."""
    return getattr(Comment._meta.get_field(column), "max_length", None) or 0


def _in_batches(things: list) -> Iterator[list]:
    return (things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE))
