"""The one door by which a comment changes its state: the change and its audit line in one step."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import states
from comments.conf import conf
from comments.models import Comment, Decision, Thread
from comments.reasons import ABUSE
from comments.states import BY_MODERATORS, Action, State
from comments.textual import printable

LONGEST_NOTE = 2000
LARGEST_BULK = 100
PERMISSION = "comments.moderate_comment"


class DecisionError(Exception):
    """A decision that was not carried out; its text says why, in words for the moderator."""


class StaleError(DecisionError):
    """Somebody else decided in between."""


class NotAllowedError(DecisionError):
    """The table has no way from this state by this action, or what came with it cannot be kept."""


class NotPermittedError(DecisionError):
    """Who decides may not, or may not any more."""


def may_decide(person: Any) -> bool:
    """Whether this person is a moderator now. At most 2 queries, remembered by the object that is handed in."""
    return bool(person.has_perm(PERMISSION))


def not_permitted() -> str:
    return _("You may not decide about comments, or not any more. Ask the owner of the site.")


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

    `by` is the person who decides, or None where `rule` names the machine's; `reason` is a code of
    the setting `REASONS`. Of two who act at once the second meets `StaleError`, and nothing of theirs
    is kept: the update compares the version that the caller saw. An action that does not fit the
    state, an unknown reason or a note that is too long raise `NotAllowedError`; a person who is no
    moderator any more, `NotPermittedError`. A removal is its author's, or that of who erases: whose
    comment it is the caller has seen to. 3 queries; 4 where readers see the difference, 5 for a reply.
    """
    action = Action(action)
    if (by is None) is not bool(rule):
        raise ValueError("a decision is either a person's or a rule's")
    if by is not None and action in BY_MODERATORS and not may_decide(by):
        raise NotPermittedError(not_permitted())
    before = State(comment.state)
    after = states.after(action, before)
    if after is None:
        raise StaleError(_stale(comment)) if _has_changed(comment) else NotAllowedError(_refusal(comment, action))
    reason, note = _known(reason), _kept(note)
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
            reason=reason or (ABUSE if action is Action.ABUSE else ""),
            note=note,
        )
    comment.state, comment.version = after, comment.version + 1
    return decision


def as_seen(versions: Mapping[int, int]) -> list[Comment]:
    """Comments by their keys, each in the version that somebody saw, to be decided about. One query.

    One that is gone raises `StaleError`: who chose it is told, and the rest is not decided without it.
    """
    found = Comment.objects.in_bulk(versions)
    for number, version in versions.items():
        if number not in found:
            raise StaleError(_gone(number))
        found[number].version = version
    return list(found.values())


def decide_all(comments: Iterable[Comment], action: Action | str, *, by: Any, **why: str) -> Sequence[Decision]:
    """The same action on 1 to 100 comments: all of them or none."""
    chosen = sorted(islice(comments, LARGEST_BULK + 1), key=lambda comment: comment.pk)
    if not chosen:
        raise NotAllowedError(_("No comment was chosen."))
    if len(chosen) > LARGEST_BULK:
        raise NotAllowedError(
            _("These are too many comments at once: choose at most %(limit)s.") % {"limit": LARGEST_BULK}
        )
    with transaction.atomic():
        _one_after_another({comment.thread_id for comment in chosen})
        return [decide(comment, action, by=by, **why) for comment in chosen]


def _known(reason: str) -> str:
    if reason and reason not in conf().reasons:
        raise NotAllowedError(
            _("“%(reason)s” is not one of the reasons: %(known)s.")
            % {"reason": printable(reason)[:40], "known": ", ".join(conf().reasons)}
        )
    return reason


def _kept(note: str) -> str:
    note = printable(note)
    if len(note) > LONGEST_NOTE:
        raise NotAllowedError(
            _("The note is too long: %(length)s characters, at most %(limit)s are kept.")
            % {"length": len(note), "limit": LONGEST_NOTE}
        )
    return note


def _has_changed(comment: Comment) -> bool:
    return not Comment.objects.filter(pk=comment.pk, version=comment.version).exists()


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
    if not Comment.objects.filter(pk=comment.pk).exists():
        return _gone(comment.pk)
    last = Decision.objects.filter(comment=comment).select_related("by").last()
    if last is None:
        return _("Comment %(number)s has changed since you opened it.") % {"number": comment.pk}
    return _("Comment %(number)s was decided in the meantime: %(who)s, %(state)s.") % {
        "number": comment.pk,
        "who": last.by or last.rule or _("somebody whose account is gone"),
        "state": last.get_after_display().lower(),
    }


def _gone(number: int) -> str:
    return _("Comment %(number)s is not there any more.") % {"number": number}
