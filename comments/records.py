"""What moderators know of who wrote: how many comments were approved or turned down, since when, and bans."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Value
from django.db.models.functions import Cast

from comments.commenters import Person, Traces, email_column, of_browsers, person_behind, traces_of
from comments.models import Comment, Note, Restriction
from comments.states import State


@dataclass(frozen=True)
class Record:
    """What is known of the person behind a comment, this comment included."""

    approved: int = 0
    rejected: int = 0
    spam: int = 0
    since: datetime | None = None
    """When the person's first comment came; None where nothing tells who it was."""

    is_restricted: bool = False
    """A ban in force meets who wrote this comment, by whatever it names."""

    is_watched: bool = False
    notes: int = 0
    """About the person; those on comments stand with the comments."""


@dataclass(frozen=True)
class _History:
    approved: int = 0
    rejected: int = 0
    spam: int = 0
    since: datetime | None = None
    email: str = ""
    """The account's own address."""

    notes: int = 0


def records_of(comments: Iterable[Comment]) -> Mapping[int, Record]:
    """The record of whoever wrote each of these comments, by the comment's key.

    At most 2 queries for any number of comments.
    """
    listed = list(comments)
    behind = {comment.pk: person_behind(comment) for comment in listed}
    people = frozenset(person for person in behind.values() if person)
    histories = _histories_of(people)
    traces = {comment.pk: traces_of(comment, _email(histories, behind[comment.pk])) for comment in listed}
    restrictions = list(Restriction.objects.in_force().filter(Traces.together(traces.values()).restrictions()))
    found = {}
    for comment in listed:
        person = behind[comment.pk]
        history = histories.get(person, _History()) if person else _History()
        met_by = {one.effect for one in restrictions if traces[comment.pk].are_met_by(one)}
        found[comment.pk] = Record(
            approved=history.approved,
            rejected=history.rejected,
            spam=history.spam,
            since=history.since,
            is_restricted=Restriction.Effect.BAN in met_by,
            is_watched=Restriction.Effect.WATCH in met_by,
            notes=history.notes,
        )
    return found


def record_of(comment: Comment) -> Record:
    return records_of([comment])[comment.pk]


def _histories_of(people: Collection[Person]) -> dict[Person, _History]:
    """Accounts, browsers, and what was noted about either, each by its own index, in one query."""
    if not people:
        return {}
    accounts, keys = _accounts(people), _keys(people)
    column = email_column()
    of_accounts = Comment.objects.filter(author__in=accounts).order_by().values_list("author_id", Value(""))
    named = of_accounts.annotate(email=F(f"author__{column}") if column else Value(""))
    guests = Comment.objects.filter(of_browsers(keys)).order_by()
    unnamed = guests.values_list(
        Cast(Value(None), Comment._meta.get_field("author").target_field), "author_key"
    ).annotate(email=Value(""))
    rows = _counted(named).union(_counted(unnamed), _notes_about(accounts, keys), all=True).order_by()
    found: dict[Person, _History] = {}
    for account, key, email, approved, rejected, spam, since, notes in rows:
        person = Person(account, "" if account is not None else key)
        told = found.get(person, _History())
        found[person] = _History(
            told.approved + approved,
            told.rejected + rejected,
            told.spam + spam,
            told.since or since,
            told.email or email,
            told.notes + notes,
        )
    return found


def _counted(comments: QuerySet[Comment, Any]) -> QuerySet[Comment, Any]:
    return comments.annotate(
        approved_number=Count("pk", filter=Q(state=State.APPROVED)),
        rejected_number=Count("pk", filter=Q(state=State.REJECTED)),
        spam_number=Count("pk", filter=Q(state=State.SPAM)),
        since=Min("submitted_at"),
        number_of_notes=Value(0),
    )


def _notes_about(accounts: Collection[int], keys: Collection[str]) -> QuerySet[Note, Any]:
    """In the columns of a history, so that both are one query."""
    about = Q(account__in=accounts) | Q(account=None, author_key__in=keys)
    notes = Note.objects.filter(about, comment=None).order_by().values_list("account_id", "author_key")
    nothing = {name: Value(0) for name in ("approved_number", "rejected_number", "spam_number")}
    never = Cast(Value(None), Comment._meta.get_field("submitted_at"))
    return notes.annotate(email=Value(""), **nothing, since=never, number_of_notes=Count("pk"))


def _accounts(people: Iterable[Person]) -> list[int]:
    return [person.account for person in people if person.account is not None]


def _keys(people: Iterable[Person]) -> list[str]:
    return [person.author_key for person in people if person.account is None]


def _email(histories: Mapping[Person, _History], person: Person | None) -> str:
    return histories.get(person, _History()).email if person else ""
