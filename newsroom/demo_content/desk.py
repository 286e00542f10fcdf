"""A working day at the moderators' desk: invented comments that wait, were reported, contested or turned down."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from comments import (
    appealing,
    handing_over,
    importing,
    moderation,
    notes,
    reporting,
    restrictions,
    tallies,
    targets,
    threads,
    urgency,
    wordlists,
)
from comments.authors import Author
from comments.models import Appeal, Comment, Decision, HandOver, Report, WordList
from comments.readers import Reader
from comments.states import Action, State
from comments.tallies import Standing
from newsroom.accounts.models import User
from newsroom.articles.models import Article

DESK = Path(__file__).parent / "desk.json"
ORIGIN = "demo:desk/"

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Person:
    """Somebody who writes or reports: with an account, or a guest whom the browser's key tells apart."""

    name: str
    email: str
    account: User | None
    author_key: str

    @property
    def reader(self) -> Reader:
        return Reader(account=self.account, author_key=self.author_key)


def lay_out(now: datetime) -> None:
    """All of the day or nothing of it; of a day that is there already, only what is missing."""
    told = json.loads(DESK.read_text())
    with transaction.atomic():
        _write_lists(told["word_lists"], now)
        people = {code: _person(code, one) for code, one in told["people"].items()}
        staff = {user.username: user for user in User.objects.filter(is_staff=True)}
        for comment, one in _bring_in(told["comments"], people, now):
            _tell_the_story(comment, one, people, staff, now)
        _hand_over(told["hand_overs"], staff)


def _write_lists(told: Iterable[Told], now: datetime) -> None:
    for one in told:
        days = one.get("ends_in_days")
        how = {name: one[name] for name in ("entries", "holds", "masks")}
        until = now + timedelta(days=days) if days else None
        WordList.objects.get_or_create(name=one["name"], defaults={**how, "until": until})
    wordlists.forget()


def _person(code: str, told: Told) -> Person:
    """Nobody logs in as those of whom only the desk tells: they have no password."""
    name, email = told.get("name", ""), told.get("email", "")
    if username := told.get("username"):
        account, made = User.objects.get_or_create(
            username=username, defaults={"display_name": name, "email": email}
        )
        if made:
            account.set_unusable_password()
            account.save()
        return Person("", "", account, "")
    return Person(name, email, None, Author(f"demo-{code}").key)


def _bring_in(told: Iterable[Told], people: Mapping[str, Person], now: datetime) -> list[tuple[Comment, Told]]:
    """The comments that were not here yet. What a moderator has turned down came in as waiting."""
    here = set(Comment.objects.filter(origin__startswith=ORIGIN).values_list("origin", flat=True))
    missing = {ORIGIN + one["code"]: one for one in told if ORIGIN + one["code"] not in here}
    for origin, one in missing.items():
        writer = people[one["who"]]
        incoming = importing.Incoming(
            origin=origin,
            parent=one.get("parent", ""),
            text=one["text"],
            name=writer.name,
            email=writer.email,
            state=State.PENDING if "decide" in one else State(one["state"]),
            submitted_at=_ago(now, one),
        )
        importing.bring_in(targets.of(Article.objects.get(slug=one["article"])), [incoming])
        Comment.objects.filter(origin=origin).update(author=writer.account, author_key=writer.author_key)
    found = Comment.objects.filter(origin__in=missing).select_related("thread", "author")
    by_origin = {comment.origin: comment for comment in found}
    return [(by_origin[origin], one) for origin, one in missing.items()]


def _tell_the_story(
    comment: Comment, told: Told, people: Mapping[str, Person], staff: Mapping[str, User], now: datetime
) -> None:
    """What moderators and readers did with one comment, each by its own door, in the order of the day."""
    if "decided" in told:
        _decide(comment, Action(told["decide"]), told["decided"], staff, now)
    if "restricted" in told:
        _restrict(comment, told["restricted"], staff, now)
    for note in told.get("notes", ()):
        notes.add(comment, note["text"], by=staff[note["by"]], on_person=note.get("on_person", False))
    for one in told.get("reports", ()):
        _report(comment, one, people[one["who"]], staff, now)
    if "appeal" in told:
        _appeal(comment, told["appeal"], people[told["who"]], now)
    if told.get("is_being_checked"):
        _check_again(comment)


def _decide(comment: Comment, action: Action, told: Told, staff: Mapping[str, User], now: datetime) -> None:
    """The log takes the time of the day; what could be undone then cannot be any more."""
    made = moderation.decide(
        comment, action, by=staff[told["by"]], reason=told.get("reason", ""), note=told.get("note", "")
    )
    made_at = _ago(now, told)
    Decision.objects.filter(pk=made.pk).update(made_at=made_at, settles_at=made_at + timedelta(seconds=10))


def _restrict(comment: Comment, told: Told, staff: Mapping[str, User], now: datetime) -> None:
    restrictions.ban(
        comment,
        by=staff[told["by"]],
        whom=[restrictions.Whom.PERSON],
        until=now + timedelta(days=told["days"]),
        reason=told["reason"],
        note=told["note"],
        effect=told["effect"],
    )


def _report(comment: Comment, told: Told, who: Person, staff: Mapping[str, User], now: datetime) -> None:
    made = reporting.report(comment, reader=who.reader, reason=told["reason"], note=told.get("note", ""))
    Report.objects.filter(pk=made.pk).update(made_at=_ago(now, told))
    comment.refresh_from_db()
    if "kept_by" in told:
        kept = {"by": told["kept_by"], "hours_ago": told["kept_hours_ago"]}
        _decide(comment, Action.KEEP, kept, staff, now)
    else:
        first = comment.reports.filter(outcome=Report.Outcome.OPEN).earliest("made_at")
        _waits_since(comment, first.made_at)


def _appeal(comment: Comment, told: Told, who: Person, now: datetime) -> None:
    made = appealing.appeal(comment, reader=who.reader, text=told["text"])
    Appeal.objects.filter(pk=made.pk).update(made_at=_ago(now, told))
    _waits_since(comment, _ago(now, told))


def _waits_since(comment: Comment, moment: datetime) -> None:
    urgent_at = urgency.moment(moment, score=comment.score, report_weight=comment.report_weight)
    Comment.objects.filter(pk=comment.pk).update(urgent_at=urgent_at)


def _check_again(comment: Comment) -> None:
    """As it was posted a moment ago: an import knows no comment that nobody has looked at."""
    Comment.objects.filter(pk=comment.pk).update(screened_at=None)
    tallies.note([(comment.thread.section, Standing(State.PENDING), None)])


def _hand_over(told: Iterable[Told], staff: Mapping[str, User]) -> None:
    for one in told:
        thread = threads.thread_of(targets.of(Article.objects.get(slug=one["article"])))
        if thread and not HandOver.objects.filter(thread=thread).exists():
            handing_over.hand_over(thread, by=staff[one["by"]], to=staff[one["to"]], note=one["note"])


def _ago(now: datetime, told: Told) -> datetime:
    return now - timedelta(hours=told["hours_ago"])
