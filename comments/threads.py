"""Reading a thread, a page at a time; and which thread belongs to what, and is it open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from comments import house
from comments.conf import conf
from comments.house import Settled
from comments.models import Comment, Thread
from comments.states import State
from comments.targets import Target


@dataclass(frozen=True)
class Shown:
    """One comment as it stands on a page."""

    comment: Comment
    depth: int
    """How far it is indented, 0 for a comment on the thing itself."""

    answers: Comment | None = None
    """Whom it answers, where the indentation no longer tells."""

    hidden_replies: int = 0
    """On the last comment below a root: how many more replies there are."""

    @property
    def is_visible(self) -> bool:
        """False: only a mark is shown in its place, because of the replies below it."""
        return self.comment.state == State.APPROVED


@dataclass(frozen=True)
class Page:
    """A page of a thread: the comments in the order in which they are shown."""

    shown: tuple[Shown, ...] = ()
    next: str = ""
    """The key for `?after=` of the following page; empty on the last one."""

    def authors(self) -> list[Any]:
        """The signed-in authors on the page, each once."""
        return list(
            {one.comment.author_id: one.comment.author for one in self.shown if one.comment.author}.values()
        )


def mode_of(
    target: Target, thread: Thread | None, *, rules: Settled | None = None, now: datetime | None = None
) -> str:
    """`open`, `held` or `closed`: the desk's word for this thread, else the strictest of all the others.

    No query within 5 seconds of the last; `rules` are those to go by where that is not fresh enough.
    """
    if thread and thread.mode:
        return thread.mode
    return (rules or house.settled()).mode_of(target, now=now or timezone.now())


def thread_of(target: Target) -> Thread | None:
    """The thread of a target, if anybody has commented yet.

    Every page view asks this, so the statement is written out: the ORM takes three times as long.
    """
    kind, key = _identity(target).values()
    found = Thread.objects.raw(
        f"SELECT * FROM {Thread._meta.db_table} WHERE content_type_id = %s AND object_id = %s",  # noqa: S608
        [kind.pk, key],
    )
    return next(iter(found), None)


def open_thread(target: Target) -> Thread:
    """The thread of a target, made if it is the first comment; title and section as they are now."""
    thread, _made = Thread.objects.get_or_create(
        **_identity(target),
        defaults={
            "title": target.title[:250],
            "section": target.section[:100],
            "language": target.language[:10],
        },
    )
    return thread


def counts(targets: list[Target]) -> dict[str, int]:
    """The number of approved comments by `Target.key`, for any number of things of one kind in one query."""
    if not targets:
        return {}
    rows = Thread.objects.filter(
        content_type=ContentType.objects.get_for_model(targets[0].obj),
        object_id__in=[str(target.obj.pk) for target in targets],
    ).values_list("object_id", "approved")
    approved = dict(rows)
    return {target.key: approved.get(str(target.obj.pk), 0) for target in targets}


def page(thread: Thread | None, *, after: str = "") -> Page:
    """A page of the thread, newest first, each comment followed by the first of its replies, oldest first.

    `after` is the `next` of the page before; anything else gives the first page. Two queries,
    whatever the size of the thread.
    """
    if thread is None:
        return Page()
    size = conf().page_size
    newest_first = thread.comments.starting_threads().select_related("author").order_by("-submitted_at", "-id")
    if key := Key.read(after):
        newest_first = newest_first.filter(key.older())
    roots = list(newest_first[: size + 1])
    replies = _replies_below([root for root in roots[:size] if root.approved_replies])
    shown: list[Shown] = []
    for number, root in enumerate(roots):
        branch = list(_branch(root, replies.get(root.pk, [])))
        if shown and len(shown) + len(branch) > size:
            return Page(tuple(shown), next=Key.of(roots[number - 1]).written())
        shown.extend(branch)
    return Page(tuple(shown))


def asked_for(thread: Thread | None, *, after: str = "", under: str = "") -> tuple[Page, Comment | None]:
    """The page that an address asks for, and the comment under which it goes, if it goes under one."""
    if thread and under.isascii() and under.isdigit() and len(under) < 19:
        root = thread.comments.starting_threads().select_related("author").filter(pk=under).first()
        if root:
            return replies_page(root, after=after), root
    return page(thread, after=after), None


def is_key(written: str) -> bool:
    """Is this a place in a thread, as `next` gives it?"""
    return Key.read(written) is not None


def replies_page(root: Comment, *, after: str = "") -> Page:
    """A page of everything below one comment, oldest first; the comment itself stands above it.

    `after` works as in `page`. Two queries.
    """
    size = conf().page_size
    oldest_first = Comment.objects.visible().filter(root=root).select_related("author", "parent__author")
    if key := Key.read(after):
        oldest_first = oldest_first.filter(key.newer())
    replies = list(oldest_first.order_by("submitted_at", "id")[: size + 1])
    shown = [Shown(root, 0), *(Shown(reply, 1, reply.parent) for reply in replies[:size])]
    return Page(tuple(shown), next=Key.of(replies[size - 1]).written() if len(replies) > size else "")


def address_of(comment: Comment, target: Target) -> str:
    """Where exactly this comment stands: the page of the thread that shows it, and its place there."""
    if comment.root_id is None:
        query = f"after={Key.just_before(comment, newest_first=True).written()}"
    else:
        query = f"under={comment.root_id}&after={Key.just_before(comment, newest_first=False).written()}"
    return f"{target.thread_url}?{query}#comment-{comment.pk}"


def newest(thread: Thread | None, count: int) -> list[Comment]:
    """The newest comments of a thread, whatever they answer."""
    if thread is None:
        return []
    return list(thread.comments.visible().select_related("author").order_by("-submitted_at", "-id")[:count])


def where_author_sees(comment: Comment, target: Target) -> str:
    """Where somebody who has just written finds the comment: on the target's own page if that shows it."""
    behind_others = comment.root is not None and comment.root.approved_replies > conf().replies_shown
    if comment.state == State.APPROVED and behind_others:
        return address_of(comment, target)
    return f"{target.reading_url}#comment-{comment.pk}"


def own_waiting(thread: Thread | None, author_key: str) -> list[Comment]:
    """What this author has written here and nobody else can see yet."""
    if thread is None or not author_key:
        return []
    return list(thread.comments.of_author(author_key).filter(state=State.PENDING).order_by("submitted_at"))


def _identity(target: Target) -> dict[str, Any]:
    return {"content_type": ContentType.objects.get_for_model(target.obj), "object_id": str(target.obj.pk)}


def _replies_below(roots: list[Comment]) -> dict[int, list[Comment]]:
    """The first replies below each of these comments, oldest first, by the root's key."""
    if not roots:
        return {}
    numbered = (
        Comment.objects.visible()
        .filter(root__in=roots)
        .annotate(
            place=Window(RowNumber(), partition_by="root", order_by=[F("submitted_at").asc(), F("id").asc()])
        )
        .filter(place__lte=conf().replies_shown)
        .select_related("author")
        .order_by("submitted_at", "id")
    )
    below: dict[int, list[Comment]] = {}
    for reply in numbered:
        below.setdefault(reply.root_id, []).append(reply)
    return below


def _branch(root: Comment, replies: list[Comment]) -> Iterator[Shown]:
    """A comment and its shown replies, each below what it answers."""
    answers: dict[int, list[Comment]] = {}
    present = {root.pk: root} | {reply.pk: reply for reply in replies}
    for reply in replies:
        answers.setdefault(reply.parent_id if reply.parent_id in present else root.pk, []).append(reply)

    def below(comment: Comment, depth: int) -> Iterator[Shown]:
        for reply in answers.get(comment.pk, []):
            told = comment if depth > conf().depth_drawn else None
            yield Shown(reply, min(depth, conf().depth_drawn), told)
            yield from below(reply, depth + 1)

    branch = [Shown(root, 0), *below(root, 1)]
    if (more := root.approved_replies - len(replies)) > 0:
        last = branch.pop()
        branch.append(Shown(last.comment, last.depth, last.answers, more))
    return iter(branch)


@dataclass(frozen=True)
class Key:
    """The place of a comment in the order of its thread, as it stands in an address."""

    submitted_at: datetime
    pk: int

    @classmethod
    def of(cls, comment: Comment) -> "Key":
        return cls(comment.submitted_at, comment.pk)

    @classmethod
    def read(cls, written: str) -> "Key | None":
        moment, _, pk = written.partition("-")
        if not (moment.isascii() and moment.isdigit() and pk.isascii() and pk.isdigit()):
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=int(moment)), min(int(pk), LARGEST_KEY))
        except (OverflowError, ValueError):
            return None

    def written(self) -> str:
        return f"{(self.submitted_at - EPOCH) // timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def just_before(cls, comment: Comment, *, newest_first: bool) -> "Key":
        """The key after which this comment comes first."""
        return cls(comment.submitted_at, comment.pk + (1 if newest_first else -1))

    def newer(self) -> Q:
        return Q(submitted_at__gt=self.submitted_at) | Q(submitted_at=self.submitted_at, pk__gt=self.pk)

    def older(self) -> Q:
        return Q(submitted_at__lt=self.submitted_at) | Q(submitted_at=self.submitted_at, pk__lt=self.pk)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST_KEY = 2**63 - 1
