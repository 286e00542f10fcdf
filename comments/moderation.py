"""The one door by which a comment changes its state: the change and its audit line in one step."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import states
from comments.models import Comment, Decision, Thread
from comments.states import Action, State
from comments.textual import printable

LONGEST_NOTE = 2000
LARGEST_BULK = 100


class DecisionError(Exception):
    """A decision that was not carried out; its text says why, in words for the moderator."""


class StaleError(DecisionError):
    """Somebody else decided in between."""


class NotAllowedError(DecisionError):
    """The table has no way from this state by this action."""


def decide(
    comment: Comment,
    action: Action | str,
    *,
    by: Any = None,
    rule: str = "",
    reason: str = "",
    note: str = "",
) -> Decision:
    """Carries out one action on a comment as the caller saw it, and writes its line in the log.

    `by` is the person who decides, or None where `rule` names the machine's. Of two who act at
    once the second meets `StaleError` and nothing of theirs is kept: the update compares the
    version that the caller saw. An action that does not fit the state raises `NotAllowedError`.
    """
    action = Action(action)
    before = State(comment.state)
    after = states.after(action, before)
    if after is None:
        raise NotAllowedError(_refusal(comment, action))
    note = printable(note)
    if len(note) > LONGEST_NOTE:
        raise NotAllowedError(
            _("The note is too long: %(length)s characters, at most %(limit)s are kept.")
            % {"length": len(note), "limit": LONGEST_NOTE}
        )
    with transaction.atomic():
        _one_after_another([comment.thread_id])
        as_seen = Comment.objects.filter(pk=comment.pk, state=before, version=comment.version)
        change: dict[str, Any] = {"state": after, "version": F("version") + 1}
        if by is not None:  # what a person has decided about is not the machine's to decide any more
            change["screened_at"] = Coalesce("screened_at", timezone.now())
        if not as_seen.update(**change):
            raise StaleError(_stale(comment))
        _count(comment, before, after)
        decision = Decision.objects.create(
            comment=comment,
            by=by,
            rule=rule,
            action=action,
            before=before,
            after=after,
            reason=reason or (action.value if action is Action.ABUSE else ""),
            note=note,
        )
    comment.state, comment.version = after, comment.version + 1
    return decision


def decide_all(comments: Iterable[Comment], action: Action | str, *, by: Any, **why: str) -> Sequence[Decision]:
    """The same action on up to 100 comments: all of them or none."""
    chosen = sorted(comments, key=lambda comment: comment.pk)
    if len(chosen) > LARGEST_BULK:
        raise NotAllowedError(
            _("%(count)s comments are too many at once: choose at most %(limit)s.")
            % {"count": len(chosen), "limit": LARGEST_BULK}
        )
    with transaction.atomic():
        _one_after_another({comment.thread_id for comment in chosen})
        return [decide(comment, action, by=by, **why) for comment in chosen]


def _one_after_another(threads: Iterable[int]) -> None:
    """Locks the threads, in one order for everybody: a reply's decision also writes to the comment it
    stands under, and two moderators who lock those in different orders would wait for each other."""
    list(Thread.objects.select_for_update().filter(pk__in=threads).order_by("pk").values_list("pk"))


def _count(comment: Comment, before: State, after: State) -> None:
    """Keeps the thread's numbers right, and tells caches that the thread reads differently now."""
    change = (after is State.APPROVED) - (before is State.APPROVED)
    if not change:
        return
    Thread.objects.filter(pk=comment.thread_id).update(version=F("version") + 1, approved=F("approved") + change)
    if comment.root_id:
        Comment.objects.filter(pk=comment.root_id).update(approved_replies=F("approved_replies") + change)


def _refusal(comment: Comment, action: Action) -> str:
    return _("“%(action)s” is not possible: comment %(number)s is %(state)s.") % {
        "action": action.label,
        "number": comment.pk,
        "state": State(comment.state).label.lower(),
    }


def _stale(comment: Comment) -> str:
    last = Decision.objects.filter(comment=comment).select_related("by").last()
    if last is None:
        return _("Comment %(number)s has changed since you opened it.") % {"number": comment.pk}
    return _("Comment %(number)s was decided in the meantime: %(who)s, %(state)s.") % {
        "number": comment.pk,
        "who": last.by or last.rule,
        "state": last.get_after_display().lower(),
    }
