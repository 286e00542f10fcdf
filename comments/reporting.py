"""The one door by which a reader says that a comment should not stand there: page and API both use it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min, Q, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import tallies, targets, urgency
from comments.conf import conf
from comments.models import Comment, Report, Thread
from comments.readers import Reader
from comments.refusals import AlreadyDoneError, Forbidden, Refused, TooManyError
from comments.tallies import standing_of
from comments.targets import Target
from comments.textual import printable

LONGEST_NOTE = 1000
"""In characters, of what a reader tells the moderators."""

NEWCOMER, LEAST, MOST = 1.0, 0.1, 2.0
"""What a report weighs: of somebody whom no moderator has answered yet, and at least, and at most."""

ENOUGH = 0.2
"""A report of at least this weight brings the comment before the moderators; a lighter one does not alone."""

WRONG_IN_A_ROW = 10
"""Whoever was wrong so often without being right once between weighs the least."""

LOOKED_BACK = 50
"""So many of a reader's answered reports say how much the next one weighs."""

PER_ADDRESS = 3
"""So many times a reader's reports per hour may come from one network address: several people share one."""

HOUR = timedelta(hours=1)
KEPT_BEFORE = 0.5


@dataclass(frozen=True)
class _Asked:
    """What has been said about a comment so far."""

    own: int
    same_address: int
    kept: int
    open: int
    open_weight: float | None
    heaviest: float | None
    first_open: datetime | None


def report(comment: Comment, *, reader: Reader, reason: str, note: str = "", may_read: bool = True) -> Report:
    """Takes in one report and puts the comment before the moderators; raises `Refused` with nothing written.

    `reason` is a code of the setting `REASONS`; `may_read` is what the target said of this reader. The comment
    stays where it is, and its version as well: a moderator's open page is not stale by a report. At most
    10 queries, and the transaction's own.
    """
    note = _valid(reason, note)
    if not may_read:
        raise Forbidden(reason=_("Please open the article first: only its readers can report comments on it."))
    _within_the_hour(reader)
    with transaction.atomic():
        section = Thread.objects.select_for_update().values_list("section", flat=True).get(pk=comment.thread_id)
        now = Comment.objects.visible().filter(pk=comment.pk).first()
        if now is None:
            raise AlreadyDoneError(reason=_("This comment is not shown any more: there is nothing to report."))
        if reader.wrote(now):
            raise Forbidden(reason=_("This is your own comment. You can remove it on the page of your comments."))
        before = _asked(now, reader)
        if before.own:
            raise _already()
        made = _write_down(now, reader, reason, note, _weight(reader, before))
        _put_before_moderators(now, section, _asked(now, reader))
    return made


def reportable(pk: int) -> tuple[Comment, Target]:
    """A comment that readers see, on something that is there for them; raises `Http404`. 2 queries."""
    comment = get_object_or_404(Comment.objects.visible().select_related("thread", "author"), pk=pk)
    obj = comment.thread.target
    if obj is None or not targets.of(obj).is_public():
        raise Http404
    return comment, targets.of(obj)


def accuracy(agreed: int, disagreed: int) -> float:
    """What a reader's report weighs after so many answers of moderators. Pure.

    Twice the share of answers that agreed, with one of each kind added (Laplace's rule of succession), so that
    nobody is judged by one answer alone: (agreed + 1) / (agreed + disagreed + 2) · 2, from 0.1 to 2.
    """
    return min(MOST, max(LEAST, (agreed + 1) / (agreed + disagreed + 2) * 2))


def has_reported(comment: Comment, reader: Reader) -> bool:
    """One query."""
    return _is_known(reader) and comment.reports.filter(_of(reader)).exists()


# --- what is kept -----------------------------------------------------------------------------------------


def _write_down(comment: Comment, reader: Reader, reason: str, note: str, weight: float) -> Report:
    try:
        with transaction.atomic():
            return Report.objects.create(
                comment=comment,
                reporter=reader.account,
                reporter_key=reader.author_key,
                address_hash=reader.address_hash,
                reason=reason,
                note=note,
                weight=weight,
            )
    except IntegrityError as twice:  # a database that cannot lock rows: the other click was faster
        raise _already() from twice


def _put_before_moderators(comment: Comment, section: str, asked: _Asked) -> None:
    """All open reports count, the light ones too, once one of them is heavy enough or the comment is there."""
    if not comment.open_reports and (asked.heaviest or 0) < ENOUGH:
        return
    weight = asked.open_weight or 0.0
    since = asked.first_open or timezone.now()
    Comment.objects.filter(pk=comment.pk).update(
        open_reports=asked.open,
        report_weight=weight,
        urgent_at=urgency.moment(since, score=comment.score, report_weight=weight),
    )
    tallies.note([(section, standing_of(comment), standing_of(comment, open_reports=asked.open))])


def _asked(comment: Comment, reader: Reader) -> _Asked:
    still_open = Q(outcome=Report.Outcome.OPEN)
    own = _of(reader) if _is_known(reader) else Q(pk__in=[])
    here = Q(address_hash=reader.address_hash) if reader.address_hash else Q(pk__in=[])
    return _Asked(
        **comment.reports.order_by().aggregate(
            own=Count("pk", filter=own),
            same_address=Count("pk", filter=here),
            kept=Count("pk", filter=Q(outcome=Report.Outcome.DISAGREED)),
            open=Count("pk", filter=still_open),
            open_weight=Sum("weight", filter=still_open),
            heaviest=Max("weight", filter=still_open),
            first_open=Min("made_at", filter=still_open),
        )
    )


# --- how much it counts -----------------------------------------------------------------------------------


def _weight(reader: Reader, before: _Asked) -> float:
    """What this reader's word weighs, about this comment."""
    weight = _weight_of(reader)
    if before.kept:  # moderators have looked at it, and found nothing
        weight *= KEPT_BEFORE
    if before.same_address:  # cookies can be thrown away; whoever it is, the address has been heard
        weight = LEAST
    return max(LEAST, weight)


def _weight_of(reader: Reader) -> float:
    if not _is_known(reader):
        return NEWCOMER
    judged = (Report.Outcome.AGREED, Report.Outcome.DISAGREED)
    newest = Report.objects.filter(_of(reader), outcome__in=judged).order_by("-made_at", "-pk")
    outcomes = list(newest.values_list("outcome", flat=True)[:LOOKED_BACK])
    last = outcomes[:WRONG_IN_A_ROW]
    if len(last) == WRONG_IN_A_ROW and Report.Outcome.AGREED not in last:
        return LEAST
    return accuracy(outcomes.count(Report.Outcome.AGREED), outcomes.count(Report.Outcome.DISAGREED))


# --- what stands in the way -------------------------------------------------------------------------------


def _valid(reason: str, note: str) -> str:
    """The note as it will be kept; raises `Refused` with every fault at once."""
    note = printable(note).strip()
    faults = {}
    if reason not in conf().reasons:
        faults["reason"] = _("Please choose what is wrong with the comment.")
    if len(note) > LONGEST_NOTE:
        faults["note"] = _(
            "What you write has %(length)s characters; at most %(limit)s fit. Please shorten it."
        ) % {"length": len(note), "limit": LONGEST_NOTE}
    if faults:
        raise Refused(**faults)
    return note


def _within_the_hour(reader: Reader) -> None:
    """Raises `TooManyError` for a reader, or a network address, with too many reports in the last hour."""
    limit = conf().reports_per_hour
    limited = [(_of(reader), limit)] if _is_known(reader) else []
    if reader.address_hash:
        limited.append((Q(address_hash=reader.address_hash), limit * PER_ADDRESS))
    now = timezone.now()
    for theirs, most in limited:
        recent = Report.objects.filter(theirs, made_at__gt=now - HOUR).order_by("-made_at")
        moments = list(recent.values_list("made_at", flat=True)[:most])
        if len(moments) >= most:
            wait = (moments[-1] + HOUR - now) if moments else HOUR
            raise TooManyError(
                ceil(wait.total_seconds()),
                reason=_(
                    "You have reported many comments within an hour. Moderators look at them; please "
                    "wait a while before you report another one."
                ),
            )


def _is_known(reader: Reader) -> bool:
    return reader.account is not None or bool(reader.author_key)


def _of(reader: Reader) -> Q:
    """The reports of this account or browser. Of a stranger there are none to ask for."""
    theirs = Q(reporter=reader.account) if reader.account is not None else Q()
    return theirs | Q(reporter_key=reader.author_key) if reader.author_key else theirs


def _already() -> AlreadyDoneError:
    return AlreadyDoneError(reason=_("You have reported this already. A moderator will look at it."))
