"""Reading a whole conversation as its moderators do: comments in every state, a bounded window at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from comments.conf import conf
from comments.models import Comment, Thread

AROUND = 50
"""Comments in one window."""


@dataclass(frozen=True)
class Turn:
    """One comment in its place. `depth` is how far it is indented, as readers see it."""

    comment: Comment
    depth: int


@dataclass(frozen=True)
class Window:
    """A stretch of the conversation; the keys are comments, None where nothing stands before or after."""

    turns: Sequence[Turn] = ()
    before: int | None = None
    after: int | None = None


def around(thread: Thread, comment: Comment | None, among: QuerySet[Comment]) -> Window:
    """The window in whose middle this comment stands; without one, the beginning. `among` says what is fetched.

    2 queries, whatever the size of the thread.
    """
    if comment is None:
        return following(thread, None, among)
    half = AROUND // 2
    there = _in_order(thread, among)
    earlier = list(there.filter(_before(comment)).reverse()[: half + 1])
    later = list(there.filter(_after(comment) | Q(pk=comment.pk))[: AROUND - half + 1])
    found = [*reversed(earlier[:half]), *later[: AROUND - half]]
    return _window(found, is_more_before=len(earlier) > half, is_more_after=len(later) > AROUND - half)


def following(thread: Thread, comment: Comment | None, among: QuerySet[Comment]) -> Window:
    """The window after this comment; without one, the first. 1 query."""
    there = _in_order(thread, among)
    found = list((there.filter(_after(comment)) if comment else there)[: AROUND + 1])
    return _window(found[:AROUND], is_more_before=comment is not None, is_more_after=len(found) > AROUND)


def preceding(thread: Thread, comment: Comment, among: QuerySet[Comment]) -> Window:
    """The window before this comment. 1 query."""
    found = list(_in_order(thread, among).filter(_before(comment)).reverse()[: AROUND + 1])
    return _window(found[:AROUND][::-1], is_more_before=len(found) > AROUND, is_more_after=True)


def _window(found: Sequence[Comment], *, is_more_before: bool, is_more_after: bool) -> Window:
    if not found:
        return Window()
    return Window(
        tuple(_nested(found)),
        before=found[0].pk if is_more_before else None,
        after=found[-1].pk if is_more_after else None,
    )


def _in_order(thread: Thread, among: QuerySet[Comment]) -> QuerySet[Comment]:
    """As readers have it: the newest on the article first, each with its replies, the oldest first."""
    there = among.filter(thread=thread).annotate(
        began=Coalesce("root__submitted_at", "submitted_at"),
        top=Coalesce("root_id", "pk"),
        is_reply=Case(When(root=None, then=Value(0)), default=Value(1), output_field=IntegerField()),
    )
    return there.order_by("-began", "-top", "is_reply", "submitted_at", "pk")


def _after(comment: Comment) -> Q:
    top = comment.root or comment
    later = Q(submitted_at__gt=comment.submitted_at) | Q(submitted_at=comment.submitted_at, pk__gt=comment.pk)
    in_branch = Q(top=top.pk, is_reply=1) & (later if comment.root_id else Q())
    return Q(began__lt=top.submitted_at) | Q(began=top.submitted_at, top__lt=top.pk) | in_branch


def _before(comment: Comment) -> Q:
    top = comment.root or comment
    earlier = Q(submitted_at__lt=comment.submitted_at) | Q(submitted_at=comment.submitted_at, pk__lt=comment.pk)
    in_branch = Q(top=top.pk) & (Q(is_reply=0) | earlier) if comment.root_id else Q(pk__in=())
    return Q(began__gt=top.submitted_at) | Q(began=top.submitted_at, top__gt=top.pk) | in_branch


def _nested(found: Sequence[Comment]) -> Iterator[Turn]:
    """Each reply below what it answers; where that is in another window, in the place where it was said."""
    present = {comment.pk for comment in found}
    answers: dict[int | None, list[Comment]] = {}
    for comment in found:
        parent = comment.parent_id if comment.parent_id in present else None
        answers.setdefault(parent, []).append(comment)
    # A stack, since an import may bring answers nested deeper than Python calls itself.
    waiting = answers.get(None, [])[::-1]
    while waiting:
        comment = waiting.pop()
        yield Turn(comment, min(comment.depth, conf().depth_drawn))
        waiting.extend(answers.get(comment.pk, [])[::-1])
