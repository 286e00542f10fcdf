"""What follows from a verdict: a comment is screened once, and published, held or called spam."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comments import holds, house, moderation, restrictions, tallies, targets, threads, urgency, wordlists
from comments.conf import conf
from comments.house import Settled
from comments.models import Comment, Decision
from comments.screening import Context, Recent, Submission, Verdict, screen
from comments.states import Action, State
from comments.tallies import Standing
from comments.targets import OPEN

RECENT = timedelta(hours=1)
MOST_RECENT = 50


def screen_and_decide(comment: Comment) -> Verdict:
    """Screens a pending comment and acts on the score; of two that do so at once, one acts.

    Nothing is published without a score: whatever fails before the end leaves the comment pending.
    """
    context, rules = Context(submission_of(comment)), house.settled(fresh=True)
    verdict = screen(context)
    met = restrictions.in_force_on(comment).reasons()
    held = holds.judge(rules.house, holds.facts_of(comment, context, rules), lists=wordlists.in_force(fresh=True))
    found = {
        "screened_at": timezone.now(),
        "score": verdict.score,
        "reasons": [reason.to_json() for reason in (*met, *verdict.reasons, *held)],
        "urgent_at": urgency.moment(comment.submitted_at, score=verdict.score),
    }
    # Of somebody who is watched each comment waits for a person, also what looks like spam.
    if not met and (action := action_on(comment, verdict, is_held=bool(held), rules=rules)):
        with contextlib.suppress(moderation.StaleError):
            moderation.decide(comment, action, rule="screening", screened=found)
    else:
        _hold(comment, found)
    return verdict


def _hold(comment: Comment, found: dict[str, Any]) -> None:
    with transaction.atomic():
        unscreened = Comment.objects.being_checked().filter(pk=comment.pk, version=comment.version)
        if unscreened.update(**found, version=F("version") + 1):
            comment.version += 1
            tallies.note([(comment.thread.section, None, Standing(State.PENDING))])


def action_on(comment: Comment, verdict: Verdict, *, is_held: bool, rules: Settled) -> Action | None:
    """What the machine does by itself; None: a person decides."""
    if verdict.score >= conf().spam_above and _has_seen_enough():
        return Action.SPAM
    if verdict.score >= conf().hold_above or comment.doubts or is_held:
        return None
    target = comment.thread.target
    if target is None or threads.mode_of(targets.of(target), comment.thread, rules=rules) != OPEN:
        return None
    return Action.APPROVE


def submission_of(comment: Comment) -> Submission:
    """What screening is told about a comment."""
    return replace(submission_without_neighbours(comment), recent=_posted_shortly_before(comment))


def submission_without_neighbours(comment: Comment) -> Submission:
    """The same without what was posted shortly before. No query."""
    return Submission(
        text=comment.source,
        author_name=comment.name,
        author_email=comment.email,
        seconds_to_fill=comment.traits.get("seconds_to_fill"),
        honeypot=comment.traits.get("honeypot", ""),
        own_hosts=frozenset(host.lower().lstrip(".").removeprefix("www.") for host in settings.ALLOWED_HOSTS),
    )


def _posted_shortly_before(comment: Comment) -> tuple[Recent, ...]:
    around = Comment.objects.filter(
        submitted_at__gt=comment.submitted_at - RECENT, submitted_at__lte=comment.submitted_at
    )
    rows = around.exclude(pk=comment.pk).order_by("-submitted_at", "-id")[:MOST_RECENT]
    return tuple(
        Recent(
            fingerprint=fingerprint,
            seconds_ago=(comment.submitted_at - at).total_seconds(),
            same_author=bool(key) and key == comment.author_key,
        )
        for fingerprint, at, key in rows.values_list("fingerprint", "submitted_at", "author_key")
    )


def _has_seen_enough() -> bool:
    """The machine calls nothing spam by itself before people have decided often enough to correct it."""
    needed = conf().trusted_after_decisions
    return Decision.objects.of_people().standing()[:needed].count() >= needed
