"""What a reader has written here, and what became of it, in the words that its author is told.

Nothing of how screening came to its result is here: whoever sends advertising must not learn from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import prefetch_related_objects

from comments import appealing, targets
from comments.conf import conf
from comments.models import Appeal, Comment, Decision
from comments.readers import Reader
from comments.states import State
from comments.threads import Key


class Fate(StrEnum):
    """What an author is told of a comment."""

    CHECKED = "checked"
    WAITING = "waiting"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SPAM = "spam"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Own:
    """A comment with the statement of reasons for its author."""

    comment: Comment
    fate: Fate
    reason: str = ""
    """In words; empty where none was given, and for what was taken for advertising."""

    is_by_person: bool = False
    decided_at: datetime | None = None
    appeal: Appeal | None = None
    appeal_until: datetime | None = None
    """Until when the author can ask for a second look; None: not, or not any more."""

    url: str = ""
    """Where the article is; empty where it is not there for readers."""

    @property
    def may_remove(self) -> bool:
        return self.fate is not Fate.REMOVED

    @property
    def is_turned_down(self) -> bool:
        return self.fate in (Fate.REJECTED, Fate.SPAM)


@dataclass(frozen=True)
class Page:
    shown: tuple[Own, ...] = ()
    next: str = ""
    """The key for `?after=` of the following page; empty on the last one."""


def page(reader: Reader, *, after: str = "") -> Page:
    """A page of a reader's comments, newest first; `after` is the `next` of the page before.

    Two queries, and one for each kind of thing commented on, whatever their number.
    """
    size = conf().page_size
    newest_first = Comment.objects.filter(reader.owned).order_by("-submitted_at", "-id")
    if key := Key.read(after):
        newest_first = newest_first.filter(key.older())
    found = list(newest_first.select_related("thread", "appeal")[: size + 1])
    following = Key.of(found[size - 1]).written() if len(found) > size else ""
    return Page(tuple(_told(found[:size])), next=following)


def _told(comments: list[Comment]) -> Iterable[Own]:
    prefetch_related_objects(comments, "thread__target")
    last = _last_decisions(comments)
    for comment in comments:
        yield _own(comment, last.get(comment.pk))


def _last_decisions(comments: list[Comment]) -> dict[int, Decision]:
    """The decision by which each stands where it stands. One query."""
    decided = Decision.objects.standing().filter(comment__in=comments).defer("note")
    in_order = decided.exclude(action__in=appealing.SAYS_NOTHING_NEW).order_by("made_at", "pk")
    return {decision.comment_id: decision for decision in in_order}


def _own(comment: Comment, last: Decision | None) -> Own:
    fate = _fate(comment, last)
    told = Own(comment=comment, fate=fate, appeal=getattr(comment, "appeal", None), url=_address(comment))
    if last is None or not told.is_turned_down:
        return told
    can_appeal = told.appeal is None and last.after == comment.state and appealing.is_open_to_appeal(last)
    return Own(
        comment=comment,
        fate=fate,
        reason=last.reason_name if fate is Fate.REJECTED else "",
        is_by_person=not last.rule,
        decided_at=last.made_at,
        appeal=told.appeal,
        appeal_until=appealing.ends_at(last) if can_appeal else None,
        url=told.url,
    )


def _fate(comment: Comment, last: Decision | None) -> Fate:
    if comment.is_being_checked:
        return Fate.CHECKED
    if comment.state == State.PENDING:
        return Fate.WAITING
    if comment.state in appealing.TURNED_DOWN and last is not None and appealing.can_be_undone(last):
        return Fate.WAITING  # nobody is told of what may be taken back in a moment
    return {
        State.APPROVED: Fate.PUBLISHED,
        State.REJECTED: Fate.REJECTED,
        State.SPAM: Fate.SPAM,
        State.REMOVED: Fate.REMOVED,
    }[State(comment.state)]


def _address(comment: Comment) -> str:
    obj = comment.thread.target
    return targets.of(obj).reading_url if obj is not None and targets.of(obj).is_public() else ""
