"""The one door by which a comment changes its state: the change and its audit line in one step."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import house, sanitize, states, tallies
from comments.conf import conf
from comments.models import Appeal, Comment, Decision, Redaction, Report, Thread
from comments.models.people import LONGEST_NOTE
from comments.permissions import may_decide_in, moderators
from comments.reasons import ABUSE
from comments.screening import fingerprint
from comments.states import BY_MODERATORS, Action, State
from comments.tallies import Standing
from comments.textual import printable

LARGEST_BULK = 100


class DecisionError(Exception):
    """A decision that was not carried out; its text says why, in words for the moderator."""


class StaleError(DecisionError):
    """Somebody else decided in between."""


class NotAllowedError(DecisionError):
    """The table has no way from this state by this action, or what came with it cannot be kept."""


class NotPermittedError(DecisionError):
    """Who decides may not, or may not any more."""


class TooLateError(DecisionError):
    """The time to undo is over, or it was undone already."""


def not_permitted() -> str:
    return _("You may not decide about comments, or not any more. Ask the owner of the site.")


@dataclass(frozen=True, kw_only=True)
class _Order:
    """What is to be done with some comments, by whom and why."""

    action: Action
    by: Any = None
    rule: str = ""
    reason: str = ""
    note: str = ""
    batch: uuid.UUID | None = None


class _Facts(NamedTuple):
    """A comment as it stands in the database, under the lock of its thread."""

    pk: int
    state: str
    version: int
    is_screened: bool
    open_reports: int
    has_open_appeal: bool

    @property
    def standing(self) -> Standing:
        return Standing(State(self.state), self.is_screened, self.open_reports, self.has_open_appeal)


def decide(
    comment: Comment,
    action: Action | str,
    *,
    by: Any = None,
    rule: str = "",
    reason: str = "",
    note: str = "",
    screened: Mapping[str, Any] | None = None,
) -> Decision:
    """Carries out one action on a comment as the caller saw it, and writes its line in the log.

    `by` is the person who decides, or None where `rule` names the machine's; `reason` is a code of
    the setting `REASONS`; `screened` holds columns that screening writes in the same step. Of two who act
    at once the second meets `StaleError`, and nothing of theirs is kept: the update compares the version
    that the caller saw. An action that does not fit the state, an unknown reason or a note that is too long
    raise `NotAllowedError`; a person who is no moderator of the section (any more), `NotPermittedError`. A
    removal is its author's, or that of who erases: whose comment it is the caller has seen to.
    5 queries; 6 where readers see the difference, 7 for a reply; 1 or 2 more where it answers readers.
    """
    order = _Order(action=Action(action), by=by, rule=rule, reason=reason, note=note)
    return _carry_out([comment], order, screened or {})[0]


def decide_all(comments: Iterable[Comment], action: Action | str, *, by: Any, **why: str) -> Sequence[Decision]:
    """The same action on 1 to 100 comments: all of them or none. As many queries as for one."""
    chosen = sorted(islice(comments, LARGEST_BULK + 1), key=lambda comment: comment.pk)
    if not chosen:
        raise NotAllowedError(_("No comment was chosen."))
    if len(chosen) > LARGEST_BULK:
        raise NotAllowedError(
            _("These are too many comments at once: choose at most %(limit)s.") % {"limit": LARGEST_BULK}
        )
    return _carry_out(chosen, _Order(action=Action(action), by=by, batch=uuid.uuid4(), **why), {})


def redact(comment: Comment, text: str, *, by: Any, reason: str = "", note: str = "") -> Decision:
    """Puts another text in the place of the comment's, with a part of it blacked out; the log keeps the original.

    Raises what `decide` raises; `NotAllowedError` also for a text that is empty or the same.
    """
    text = printable(text).strip()
    if not text or text == comment.source:
        raise NotAllowedError(_("Please change the text: replace what must not be read."))
    rendered = sanitize.render(text)
    before = {"source": comment.source, "is_html": comment.is_html, "html": comment.html}
    columns = {
        "source": text,
        "is_html": False,
        "html": rendered.html,
        "sanitizer": sanitize.VERSION,
        "fingerprint": fingerprint(text),
        "is_redacted": True,
    }
    with transaction.atomic():
        order = _Order(action=Action.REDACT, by=by, reason=reason, note=note)
        [decision] = _carry_out([comment], order, columns)
        Redaction.objects.create(decision=decision, **before)
    for name, value in columns.items():
        setattr(comment, name, value)
    return decision


def undo(decision: Decision, *, by: Any) -> Sequence[Decision]:
    """Takes back one decision of one's own, or the whole bulk of which it was a part, within its time.

    The comments stand as they stood before, readers' reports and appeals are open again, and nothing that
    was to follow happens. All of a bulk or nothing: if one of its comments was decided again, `StaleError`
    says which. `TooLateError` when the time is over. At most 13 queries, whatever the size of the bulk.
    """
    with transaction.atomic():
        made = list(_together_with(decision).select_related("comment"))
        comments = [one.comment for one in made]
        sections = _one_after_another({comment.thread_id for comment in comments})
        if any(one.by_id != by.pk or one.rule for one in made):
            raise NotPermittedError(_("Only who decided can undo it."))
        _permit(by, sections.values())
        facts = _facts(comments)
        for one in made:
            if one.is_undone:
                raise TooLateError(_("This was undone already."))
            if one.comment_id not in facts or facts[one.comment_id].version != one.version:
                raise StaleError(_stale(one.comment))
        open_still = Decision.objects.filter(pk__in=[one.pk for one in made], settles_at__gt=timezone.now())
        if open_still.update(is_undone=True, settles_at=None) != len(made):
            raise TooLateError(_("The time to undo this is over. You can decide about the comment again."))
        return _put_back(made, facts, sections, by)


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


def known_reason(reason: str) -> str:
    """The code, if it is on the list of reasons; else `NotAllowedError`."""
    if reason and reason not in conf().reasons:
        raise NotAllowedError(
            _("“%(reason)s” is not one of the reasons: %(known)s.")
            % {"reason": printable(reason)[:40], "known": ", ".join(conf().reasons)}
        )
    return reason


def kept_note(note: str) -> str:
    """The note as it is kept; `NotAllowedError` if it is too long."""
    note = printable(note)
    if len(note) > LONGEST_NOTE:
        raise NotAllowedError(
            _("The note is too long: %(length)s characters, at most %(limit)s are kept.")
            % {"length": len(note), "limit": LONGEST_NOTE}
        )
    return note


def obstacles(versions: Mapping[int, int], action: Action | str, *, by: Any) -> list[str]:
    """All that stands in the way of this action on comments seen in these versions, each in words.

    For who has been refused by `decide_all`, which stops at the first. At most 6 queries for up to 100.
    """
    found = Comment.objects.select_related("thread").in_bulk(list(versions)[:LARGEST_BULK])
    stale = [pk for pk, comment in found.items() if comment.version != versions[pk]]
    last = {one.comment_id: one for one in Decision.objects.filter(comment__in=stale).select_related("by")}
    told = []
    for pk in list(versions)[:LARGEST_BULK]:
        comment = found.get(pk)
        if comment is None:
            told.append(_gone(pk))
        elif not may_decide_in(by, comment.thread.section):
            told.append(_("Comment %(number)s is not yours to decide about.") % {"number": pk})
        elif pk in stale:
            told.append(_changed(comment, last.get(pk)))
        elif action in Action and states.after(Action(action), State(comment.state)) is None:
            told.append(_refusal(comment, Action(action)))
    return told


# --- carrying out -----------------------------------------------------------------------------------------


def _carry_out(chosen: Sequence[Comment], order: _Order, columns: Mapping[str, Any]) -> list[Decision]:
    """The same action on each of these comments, and `columns` written with it: all or none."""
    action = order.action
    if (order.by is None) is not bool(order.rule):
        raise ValueError("a decision is either a person's or a rule's")
    with transaction.atomic():
        sections = _one_after_another({comment.thread_id for comment in chosen})
        if order.by is not None and action in BY_MODERATORS:  # first: a refusal tells how a comment stands
            _permit(order.by, sections.values())
        _fits(chosen, action)
        order = replace(order, reason=known_reason(order.reason), note=kept_note(order.note))
        facts = _facts(chosen)
        if action is Action.KEEP:
            _has_been_asked(facts.values())
        if order.by is not None:
            _another_person_answers(chosen, facts, order.by)
        _update(chosen, order, columns)
        made = _written_down(chosen, order)
        after = _answer_readers(made, facts, action)
        _count(chosen, sections, facts, after, action)
    for comment, decision in zip(chosen, made, strict=True):
        comment.state, comment.version = State(decision.after), decision.version
        now = after[comment.pk]
        comment.open_reports, comment.has_open_appeal = now.open_reports, now.has_open_appeal
    return made


def _fits(chosen: Iterable[Comment], action: Action) -> None:
    for comment in chosen:
        if states.after(action, State(comment.state)) is None:
            if _has_changed(comment):
                raise StaleError(_stale(comment))
            raise NotAllowedError(_refusal(comment, action))


def _update(chosen: Sequence[Comment], order: _Order, columns: Mapping[str, Any]) -> None:
    """The states, by compare-and-swap: a comment that is not as its moderator saw it stops everything."""
    change: dict[str, Any] = {**columns, "version": F("version") + 1}
    if order.by is not None:  # what a person has decided about is not the machine's to decide any more
        change["screened_at"] = Coalesce("screened_at", timezone.now())
    by_state: dict[State, list[Comment]] = {}
    for comment in chosen:
        by_state.setdefault(State(comment.state), []).append(comment)
    for before, alike in by_state.items():
        seen = _any_of(Q(pk=comment.pk, version=comment.version) for comment in alike)
        as_seen = Comment.objects.filter(seen, state=before)
        if as_seen.update(state=states.after(order.action, before), **change) != len(alike):
            raise StaleError(_stale(next(filter(_has_changed, alike), alike[0])))


def _written_down(chosen: Sequence[Comment], order: _Order) -> list[Decision]:
    now = timezone.now()
    by_hand = order.by is not None and order.action in BY_MODERATORS
    return Decision.objects.bulk_create(
        Decision(
            comment=comment,
            made_at=now,
            by=order.by,
            rule=order.rule,
            action=order.action,
            before=comment.state,
            after=states.TABLE[order.action][State(comment.state)],
            reason=order.reason or (ABUSE if order.action is Action.ABUSE else ""),
            note=order.note,
            version=comment.version + 1,
            batch=order.batch,
            settles_at=now + house.settled().undo_time if by_hand else None,
        )
        for comment in chosen
    )


def _answer_readers(made: Sequence[Decision], facts: Mapping[int, _Facts], action: Action) -> dict[int, Standing]:
    """What a decision says to those who reported the comment, and to its author who appealed.

    Holding it and blacking out a part are no answer yet. Answers how each comment stands now.
    """
    after = {
        one.comment_id: replace(facts[one.comment_id].standing, state=State(one.after), is_screened=True)
        for one in made
    }
    asked = {pk for pk, fact in facts.items() if fact.open_reports or fact.has_open_appeal}
    if not asked or action in (Action.HOLD, Action.RESTORE, Action.REDACT):
        return after
    answers = [one for one in made if one.comment_id in asked]
    for stands in {one.after == State.APPROVED for one in answers}:
        alike = [one for one in answers if (one.after == State.APPROVED) is stands]
        is_judgement = alike[0].by is not None and action is not Action.REMOVE
        _close(Report, alike, _outcome(Report.Outcome, is_judgement, "disagreed" if stands else "agreed"))
        _close(Appeal, alike, _outcome(Appeal.Outcome, is_judgement, "overturned" if stands else "upheld"))
    Comment.objects.filter(pk__in=asked).update(open_reports=0, report_weight=0, has_open_appeal=False)
    for pk in asked:
        after[pk] = replace(after[pk], open_reports=0, has_open_appeal=False)
    return after


def _outcome(outcomes: Any, is_judgement: bool, outcome: str) -> str:
    """What readers are told; nobody was right or wrong where a comment went by itself."""
    return outcomes(outcome) if is_judgement else outcomes.MOOT


def _close(model: type[Report] | type[Appeal], answers: Sequence[Decision], outcome: str) -> None:
    """Closes what is open about these comments, each with its own answer. One query."""
    answer = Case(*(When(comment=one.comment_id, then=Value(one.pk)) for one in answers))
    still_open = model._default_manager.filter(comment__in=[one.comment_id for one in answers], outcome="")
    still_open.update(outcome=outcome, answer=answer)


def _count(
    chosen: Sequence[Comment],
    sections: Mapping[int, str],
    facts: Mapping[int, _Facts],
    after: Mapping[int, Standing],
    action: Action,
) -> None:
    """Keeps all numbers right, and tells caches which threads read differently now."""
    tallies.note(
        (sections[comment.thread_id], facts[comment.pk].standing, after[comment.pk]) for comment in chosen
    )
    threads: Counter[int] = Counter()
    roots: Counter[int] = Counter()
    read_differently = set()
    for comment in chosen:
        before, now = facts[comment.pk].state, after[comment.pk].state
        change = (now is State.APPROVED) - (before == State.APPROVED)
        threads[comment.thread_id] += change
        if comment.root_id:
            roots[comment.root_id] += change
        if change or (action is Action.REDACT and now is State.APPROVED):
            read_differently.add(comment.thread_id)
    if read_differently:
        _add(Thread, "approved", {pk: threads[pk] for pk in read_differently}, version=F("version") + 1)
    _add(Comment, "approved_replies", {pk: change for pk, change in roots.items() if change})


def _add(model: type[Model], column: str, changes: Mapping[int, int], **also: Any) -> None:
    """Adds its own number to each row. One query, or none."""
    if not changes:
        return
    number = Case(*(When(pk=pk, then=Value(change)) for pk, change in changes.items()), default=Value(0))
    model._default_manager.filter(pk__in=changes).update(**{column: F(column) + number}, **also)


def _another_person_answers(chosen: Sequence[Comment], facts: Mapping[int, _Facts], by: Any) -> None:
    """Nobody decides about an appeal against a decision of their own."""
    appealed = [pk for pk, fact in facts.items() if fact.has_open_appeal]
    if not appealed:
        return
    own = Appeal.objects.filter(comment__in=appealed, outcome=Appeal.Outcome.OPEN, contested__by=by).first()
    if own is not None:
        told = _(
            "The author of comment %(number)s appeals against your decision: somebody else has to look at it."
        )
        if not _somebody_else_decides(own.comment.thread.section, by):
            told += " " + _("Nobody else may decide here: the owner of the site can name another moderator.")
        raise NotPermittedError(told % {"number": own.comment_id})


def _somebody_else_decides(section: str, person: Any) -> bool:
    return any(may_decide_in(other, section) for other in moderators().exclude(pk=person.pk))


# --- undoing ----------------------------------------------------------------------------------------------


def _put_back(
    made: Sequence[Decision], facts: Mapping[int, _Facts], sections: Mapping[int, str], by: Any
) -> list[Decision]:
    comments = [one.comment for one in made]
    originals = (
        {found.decision_id: found for found in Redaction.objects.filter(decision__in=made)}
        if made[0].action == Action.REDACT
        else {}
    )
    for before in {one.before for one in made}:
        alike = [one.comment_id for one in made if one.before == before]
        Comment.objects.filter(pk__in=alike).update(state=before, version=F("version") + 1)
    for decision in made:
        if original := originals.get(decision.pk):
            _unredact(decision.comment_id, original)
    now = timezone.now()
    undone = Decision.objects.bulk_create(
        Decision(
            comment_id=one.comment_id,
            made_at=now,
            by=by,
            action=Action.UNDO,
            before=one.after,
            after=one.before,
            version=one.version + 1,
            batch=made[0].batch and _batch_of_undoing(made[0].batch),
            undoes=one,
        )
        for one in made
    )
    reports, appeals = _ask_again(made)
    after = {}
    for one in made:
        pk = one.comment_id
        after[pk] = replace(
            facts[pk].standing,
            state=State(one.before),
            open_reports=facts[pk].open_reports + reports[pk],
            has_open_appeal=facts[pk].has_open_appeal or pk in appeals,
        )
    _count(comments, sections, facts, after, Action(made[0].action))
    return undone


def _ask_again(made: Sequence[Decision]) -> tuple[Counter[int], set[int]]:
    """Reports and appeals that these decisions had answered are open again."""
    answered = Report.objects.filter(answer__in=made)
    weights: dict[int, float] = {}
    reports: Counter[int] = Counter()
    for comment, weight in answered.values_list("comment", "weight"):
        reports[comment] += 1
        weights[comment] = weights.get(comment, 0.0) + weight
    answered.update(outcome=Report.Outcome.OPEN, answer=None)
    for comment, number in reports.items():
        Comment.objects.filter(pk=comment).update(
            open_reports=F("open_reports") + number, report_weight=F("report_weight") + weights[comment]
        )
    contested = Appeal.objects.filter(answer__in=made)
    appeals = set(contested.values_list("comment", flat=True))
    if appeals:
        contested.update(outcome=Appeal.Outcome.OPEN, answer=None)
        Comment.objects.filter(pk__in=appeals).update(has_open_appeal=True)
    return reports, appeals


def _unredact(comment: int, original: Redaction) -> None:
    earlier = Redaction.objects.filter(decision__comment=comment, decision__is_undone=False)
    Comment.objects.filter(pk=comment).update(
        source=original.source,
        is_html=original.is_html,
        html=sanitize.render(original.source, html=original.is_html).html,  # by the rules of today
        sanitizer=sanitize.VERSION,
        fingerprint=fingerprint(original.source),
        is_redacted=earlier.exclude(pk=original.pk).exists(),
    )


def _together_with(decision: Decision) -> QuerySet[Decision]:
    if decision.batch is None:
        return Decision.objects.filter(pk=decision.pk)
    return Decision.objects.filter(batch=decision.batch)


def _batch_of_undoing(batch: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(batch, "undo")


# --- what stands in the way -------------------------------------------------------------------------------


def _permit(person: Any, sections: Iterable[str]) -> None:
    if not all(may_decide_in(person, section) for section in set(sections)):
        raise NotPermittedError(not_permitted())


def _has_been_asked(facts: Iterable[_Facts]) -> None:
    for fact in facts:
        if not (fact.open_reports or fact.has_open_appeal):
            raise NotAllowedError(_("Comment %(number)s: nobody asks about it any more.") % {"number": fact.pk})


def _has_changed(comment: Comment) -> bool:
    return not Comment.objects.filter(pk=comment.pk, version=comment.version, state=comment.state).exists()


def _one_after_another(threads: Iterable[int]) -> dict[int, str]:
    """Locks the threads, in one order for everybody: a reply's decision also writes to the comment it
    stands under, and two moderators who lock those in different orders would wait for each other.

    Answers the section of each.
    """
    locked = Thread.objects.select_for_update().filter(pk__in=threads).order_by("pk")
    return dict(locked.values_list("pk", "section"))


def _facts(chosen: Iterable[Comment]) -> dict[int, _Facts]:
    rows = Comment.objects.filter(pk__in=[comment.pk for comment in chosen]).order_by()
    found = rows.values_list("pk", "state", "version", "screened_at", "open_reports", "has_open_appeal")
    return {
        pk: _Facts(pk, state, version, screened_at is not None, reports, appeal)
        for pk, state, version, screened_at, reports, appeal in found
    }


def _any_of(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _refusal(comment: Comment, action: Action) -> str:
    return _("“%(action)s” is not possible: comment %(number)s is %(state)s.") % {
        "action": action.label,
        "number": comment.pk,
        "state": State(comment.state).label.lower(),
    }


def _stale(comment: Comment) -> str:
    if not Comment.objects.filter(pk=comment.pk).exists():
        return _gone(comment.pk)
    return _changed(comment, Decision.objects.filter(comment=comment).select_related("by").last())


def _changed(comment: Comment, last: Decision | None) -> str:
    if last is None:
        return _("Comment %(number)s has changed since you opened it.") % {"number": comment.pk}
    return _("Comment %(number)s was decided in the meantime: %(who)s, %(state)s.") % {
        "number": comment.pk,
        "who": last.by or last.rule or _("somebody whose account is gone"),
        "state": last.get_after_display().lower(),
    }


def _gone(number: int) -> str:
    return _("Comment %(number)s is not there any more.") % {"number": number}
