"""Takes out of comments what a person wrote in them, and leaves the rows: replies and the log need them."""

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from comments import moderation
from comments.models import Appeal, Comment, Decision, Letter, Note, Redaction, Report, Thread
from comments.states import Action, State

AT_ONCE = moderation.LARGEST_BULK
"""Comments that one transaction empties."""

TRIES = 10
"""So often in a row may somebody decide about a comment at the very moment at which it is to be emptied."""

WRITTEN_BY_A_PERSON: dict[str, Any] = {
    **dict.fromkeys(("source", "html", "name", "email", "author_key", "address_hash"), ""),
    "author": None,
    "is_html": False,
    "is_redacted": False,
    "reasons": [],  # they quote the text
    "doubts": [],
    "traits": {},
    "fingerprint": 0,
}
"""The columns of a comment that say who wrote it, or what."""


def empty(
    comments: QuerySet[Comment],
    rule: str,
    *,
    most: int | None = None,
    also: Callable[[Collection[Comment]], None] | None = None,
) -> int:
    """Removes and empties these comments, a hundred to a transaction; answers how many.

    `comments` has to be a question that an emptied comment is no answer to: so it can be asked again, also
    after an interruption. `rule` stands in the log. `also` is called with each hundred in its transaction,
    while they are still as they were. Of a comment about which somebody decides at the same moment the
    decision comes first; if that happens ten times in a row, `StaleError` is raised.
    """
    done = failed = 0
    while some := list(comments.order_by("pk")[: AT_ONCE if most is None else min(AT_ONCE, most - done)]):
        try:
            with transaction.atomic():
                _lock(some)
                if comments.filter(pk__in=[one.pk for one in some]).count() != len(some):
                    raise moderation.StaleError  # an appeal, or whatever takes one out of the question
                if also:
                    also(some)
                _empty(some, rule)
        except moderation.StaleError:
            failed += 1
            if failed >= TRIES:
                raise
        else:
            failed, done = 0, done + len(some)
    return done


def _lock(comments: Collection[Comment]) -> None:
    """Their threads, in one order for everybody, so that two who change the same never wait in a circle."""
    threads = {comment.thread_id for comment in comments}
    list(Thread.objects.select_for_update().filter(pk__in=threads).order_by("pk").values_list("pk"))


def _empty(comments: Collection[Comment], rule: str) -> None:
    """At most 22 queries, however many comments."""
    keys = [comment.pk for comment in comments]
    standing = [comment for comment in comments if comment.state != State.REMOVED]
    if standing:
        moderation.decide_all(standing, Action.REMOVE, by=None, rule=rule)
    about = Decision.objects.filter(comment__in=keys)
    Redaction.objects.filter(decision__comment__in=keys).delete()
    about.exclude(note="").update(note="")
    # An author's own removal names the account; everybody else in the log is a moderator.
    about.filter(action=Action.REMOVE).update(by=None)
    Report.objects.filter(comment__in=keys).exclude(note="").update(note="")
    Appeal.objects.filter(comment__in=keys).exclude(text="").update(text="")
    Note.objects.filter(comment__in=keys).delete()
    Letter.objects.filter(comment__in=keys).delete()
    Comment.objects.filter(pk__in=keys).update(**WRITTEN_BY_A_PERSON)
    # Also for those that nobody could read any more: replies below them were shown with their names.
    threads = {comment.thread_id for comment in comments}
    Thread.objects.filter(pk__in=threads).update(version=F("version") + 1)
