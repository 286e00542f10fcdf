"""The one door by which an author asks, once, for a second look by another person."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import tallies, urgency
from comments.conf import conf
from comments.models import Appeal, Comment, Decision, Thread
from comments.readers import Reader
from comments.refusals import AlreadyDoneError, Forbidden, Refused
from comments.states import Action, State
from comments.tallies import standing_of
from comments.textual import printable

LONGEST_TEXT = 1000
"""In characters, of what an author says for the comment."""

TURNED_DOWN = (State.REJECTED, State.SPAM)

SAYS_NOTHING_NEW = (Action.KEEP, Action.REDACT)
"""What leaves a comment in its state: whatever put it there is what its author contests."""


def appeal(comment: Comment, *, reader: Reader, text: str = "") -> Appeal:
    """Takes in an appeal and puts the comment before the moderators; raises `Refused` with nothing written.

    Who made the contested decision cannot answer it: `moderation` sees to that. 8 queries at most.
    """
    text = printable(text).strip()
    if len(text) > LONGEST_TEXT:
        raise Refused(
            text=_("What you write has %(length)s characters; at most %(limit)s fit. Please shorten it.")
            % {"length": len(text), "limit": LONGEST_TEXT}
        )
    with transaction.atomic():
        section = Thread.objects.select_for_update().values_list("section", flat=True).get(pk=comment.thread_id)
        now = Comment.objects.filter(reader.owned, pk=comment.pk).first()
        if now is None:
            raise Forbidden(text=_("Only the author of a comment can ask for a second look at it."))
        if Appeal.objects.filter(comment=now).exists():
            raise _already()
        contested = contested_decision(now)
        if contested is None or not is_open_to_appeal(contested):
            raise AlreadyDoneError(text=_("There is no decision about this comment that you could contest now."))
        made = _write_down(now, contested, text)
        urgent_at = urgency.moment(made.made_at)
        Comment.objects.filter(pk=now.pk).update(has_open_appeal=True, urgent_at=urgent_at)
        tallies.note([(section, standing_of(now), standing_of(now, has_open_appeal=True))])
    return made


def contested_decision(comment: Comment) -> Decision | None:
    """The decision that turned this comment down and stands; None where none does. One query."""
    if comment.state not in TURNED_DOWN:
        return None
    standing = comment.decisions.standing().exclude(action__in=SAYS_NOTHING_NEW)
    last = standing.order_by("made_at", "pk").last()
    return last if last is not None and last.after == comment.state else None


def is_open_to_appeal(decision: Decision, now: datetime | None = None) -> bool:
    """Whether the time to undo it is over, and the time to appeal is not."""
    now = now or timezone.now()
    return not can_be_undone(decision, now) and now < ends_at(decision)


def can_be_undone(decision: Decision, now: datetime | None = None) -> bool:
    """Nothing follows yet from what its maker may still take back."""
    return decision.settles_at is not None and decision.settles_at > (now or timezone.now())


def ends_at(decision: Decision) -> datetime:
    """The moment from which nobody can appeal against it."""
    return decision.made_at + timedelta(days=conf().appeal_days)


def _write_down(comment: Comment, contested: Decision, text: str) -> Appeal:
    try:
        with transaction.atomic():
            return Appeal.objects.create(comment=comment, contested=contested, text=text)
    except IntegrityError as twice:  # a database that cannot lock rows: the other click was faster
        raise _already() from twice


def _already() -> AlreadyDoneError:
    return AlreadyDoneError(text=_("You have asked for a second look at this comment already."))
