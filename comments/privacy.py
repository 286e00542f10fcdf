"""What the comments keep of one person: to be told, given out and erased.

    person = privacy.of_account(user)
    privacy.belongings(person)
    privacy.export(person)
    privacy.erase(person)

A person is an account, a browser by its signed cookie, an address that the account has confirmed, or all of
them. What somebody has merely typed proves nothing. Why it is as it is: docs/decisions/0014.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from comments import authors, emptying
from comments.commenters import folded_email
from comments.conf import conf
from comments.models import Appeal, Comment, Decision, Letter, Note, Report, Restriction, Thread
from comments.states import Action

RULE = "erasure"
"""Stands in the log where a person's comments were erased."""

AT_ONCE = 500
"""Rows that an export has in memory."""

NOBODY = Q(pk__in=())


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of whom the comments keep something."""

    account: Any = None
    author_key: str = ""
    """Of the browser, as `authors.known` tells it."""

    address: str = ""
    """An e-mail address that the account has confirmed."""

    def comments(self) -> QuerySet[Comment]:
        """Of the account; of the browser and under the address only what was written without an account."""
        under_the_address = Q(author=None, email__iexact=self.address) if self.address else NOBODY
        return Comment.objects.filter(self._made(by="author", from_="author_key") | under_the_address)

    def reports(self) -> QuerySet[Report]:
        """Those that this person has made."""
        return Report.objects.filter(self._made(by="reporter", from_="reporter_key"))

    def notes(self) -> QuerySet[Note]:
        """What moderators have written down about this person, or about a comment of theirs."""
        about = self._made(by="account", from_="author_key")
        return Note.objects.filter(about | Q(comment__in=self.comments().order_by()))

    def restrictions(self) -> QuerySet[Restriction]:
        """Bans and watches that name this person, or were made at a comment of theirs."""
        about = self._made(by="account", from_="author_key") | Q(comment__in=self.comments().order_by())
        if self.address:
            about |= Q(email__iexact=self.address) | Q(email=_unreadable(self.address))
        return Restriction.objects.filter(about)

    def _made(self, *, by: str, from_: str) -> Q:
        """By the account, or from the browser without an account."""
        found = NOBODY if self.account is None else Q(**{by: self.account})
        return found | Q(**{by: None, from_: self.author_key}) if self.author_key else found


@dataclass(frozen=True, kw_only=True)
class Belongings:
    """How much there is of each."""

    comments: int = 0
    reports: int = 0
    appeals: int = 0
    notes: int = 0
    """Moderators' own, about the person or their comments."""

    restrictions: int = 0

    def __bool__(self) -> bool:
        return self != Belongings()


def of_request(request: HttpRequest) -> Person:
    """Who asks: the account with its confirmed address, if somebody is logged in, and this browser."""
    user, author = getattr(request, "user", None), authors.known(request)
    known = of_account(user) if user and user.is_authenticated else Person()
    return Person(account=known.account, address=known.address, author_key=author.key if author else "")


def of_account(user: Any) -> Person:
    """An account with its confirmed address, whatever browser it uses."""
    return Person(account=user, address=conf().confirmed_address_of(user))


def found_by(named: str) -> Person | None:
    """The account of this name, or that has confirmed this address; None if there is none. At most 3 queries."""
    named = named.replace("\x00", "").strip()
    model = get_user_model()
    by_name = model._default_manager.filter(**{f"{model.USERNAME_FIELD}__iexact": named})[:2] if named else []
    exact = [user for user in by_name if user.get_username() == named] or list(by_name)
    if len(exact) == 1:
        return of_account(exact[0])
    if "@" not in named or not _has_addresses(model):
        return None
    typed = model._default_manager.filter(**{f"{model.get_email_field_name()}__iexact": named})
    people = (of_account(user) for user in typed)
    return next((person for person in people if person.address.lower() == named.lower()), None)


def belongings(person: Person) -> Belongings:
    """How much is kept of a person. 5 queries."""
    return Belongings(
        comments=person.comments().count(),
        reports=person.reports().count(),
        appeals=Appeal.objects.filter(comment__in=person.comments().order_by()).count(),
        notes=person.notes().count(),
        restrictions=person.restrictions().count(),
    )


# --- giving out -------------------------------------------------------------------------------------------


def export(person: Person, *, with_notes: bool = False) -> Iterator[str]:
    """All that is kept of a person as JSON, in parts: it is made while it is sent.

    `{"made_at": …, "comments": […], "reports": […], "restrictions": […], "moderators_notes": …}`, times in
    ISO 8601. Moderators' notes are counted; `with_notes` gives their texts, without who wrote them, for an
    owner who has seen that they tell nothing of others, and with them whom moderators watch. What others have
    reported is theirs.
    """
    yield f'{{"made_at": {_json(timezone.now())}'
    yield from _list("comments", (_comment(one, with_notes) for one in _in_full(person.comments())))
    yield from _list("reports", (_report(one) for one in _each(person.reports())))
    bans = person.restrictions() if with_notes else person.restrictions().exclude(effect=Restriction.Effect.WATCH)
    yield from _list("restrictions", (_restriction(one, with_notes) for one in _each(bans)))
    if with_notes:
        yield from _list("moderators_notes", (_note(one) for one in _each(person.notes())))
    else:
        yield f',\n"moderators_notes": {_json(person.notes().count())}'
    yield "}\n"


def _list(name: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{_json(row)}"
    yield "]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def _each(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.order_by("pk").iterator(chunk_size=AT_ONCE)


def _in_full(comments: QuerySet[Comment]) -> Iterator[Comment]:
    return _each(comments.select_related("thread", "author", "appeal").prefetch_related("decisions__redaction"))


def _comment(comment: Comment, with_notes: bool) -> dict[str, Any]:
    decisions = [one for one in comment.decisions.all() if not one.is_undone and one.action != Action.UNDO]
    originals = [one.redaction.source for one in decisions if hasattr(one, "redaction")]
    appeal = getattr(comment, "appeal", None)
    return {
        "number": comment.pk,
        "on": str(comment.thread),
        "in_reply_to": comment.parent_id,
        "submitted_at": comment.submitted_at,
        "name": comment.public_name,
        "email": comment.email,
        "as_typed": comment.source,
        "as_shown": comment.html,
        "before_redaction": originals,
        "state": comment.state,
        "with_account": comment.author_id is not None,
        "browser": comment.author_key,
        "network_address": comment.address_hash,
        "form": comment.traits,
        "decisions": [_decision(one, with_notes) for one in decisions],
        "appeal": appeal and {"made_at": appeal.made_at, "text": appeal.text, "outcome": appeal.outcome or "open"},
    }


def _decision(decision: Decision, with_notes: bool) -> dict[str, Any]:
    told = {
        "made_at": decision.made_at,
        "action": decision.action,
        "after": decision.after,
        "by": "rule" if decision.rule else "author" if decision.action == Action.REMOVE else "moderator",
        "reason": decision.reason_name,
    }
    return told | ({"note": decision.note} if with_notes else {})


def _report(report: Report) -> dict[str, Any]:
    return {
        "made_at": report.made_at,
        "comment": report.comment_id,
        "reason": report.reason_name,
        "note": report.note,
        "outcome": report.outcome or "open",
        "browser": report.reporter_key,
        "network_address": report.address_hash,
    }


def _restriction(restriction: Restriction, with_notes: bool) -> dict[str, Any]:
    told = {
        "effect": restriction.effect,
        "made_at": restriction.made_at,
        "until": restriction.until,
        "in_force": restriction.is_in_force,
        "reason": restriction.reason_name,
        "name": restriction.shown_name,
        "email": restriction.email,
    }
    return told | ({"note": restriction.note} if with_notes else {})


def _note(note: Note) -> dict[str, Any]:
    return {"made_at": note.made_at, "comment": note.comment_id, "text": note.text}


# --- erasing ----------------------------------------------------------------------------------------------


def erase(person: Person) -> Belongings:
    """Erases all that is kept of a person; answers how much it was. The restrictions counted are those that stay.

    Comments are removed and emptied, a hundred to a transaction; if it is interrupted, it is to be called
    again, and twice does no harm. The log keeps its lines, codes and moderators. Bans and watches in force
    stay without a name, an address or a note: erasing is no way out of them. Raises `StaleError` as
    `emptying.empty` does.
    """
    appeals = Appeal.objects.filter(comment__in=person.comments().order_by()).count()
    notes = person.notes().count()
    comments = emptying.empty(person.comments(), RULE, also=_let_go_of_writers)
    with transaction.atomic():
        reports = person.reports().update(note="", reporter=None, reporter_key="", address_hash="")
        person.notes().delete()
        if person.account is not None:
            Letter.objects.filter(recipient=person.account).delete()
        _make_nameless(person.restrictions())
    return Belongings(
        comments=comments,
        reports=reports,
        appeals=appeals,
        notes=notes,
        restrictions=person.restrictions().count(),
    )


def let_go(account: Any) -> None:
    """What becomes of an account's comments when the host deletes it: they stay, as nobody's.

    Their texts remain where they are, without a name, an address or a browser. What moderators have noted
    about the account goes with it; bans and watches stay, as long as there is something else to know the
    person by: an address, as its keyed hash, or a browser.
    """
    person = of_account(account)
    address = person.address or _address_of(account)
    with transaction.atomic():
        comments = person.comments().order_by()
        Thread.objects.filter(pk__in=comments.values("thread")).update(version=F("version") + 1)
        _make_nameless(person.restrictions(), leaving=account, address=address)
        comments.update(author=None, name="", email="", author_key="", address_hash="")
        person.reports().update(reporter=None, reporter_key="", address_hash="")


def _let_go_of_writers(comments: Collection[Comment]) -> None:
    """What was noted about the browsers from which guests wrote these, and the bans made at these."""
    browsers = {comment.author_key for comment in comments if comment.author_id is None} - {""}
    Note.objects.filter(account=None, author_key__in=browsers).delete()
    _make_nameless(Restriction.objects.filter(Q(comment__in=comments) | Q(author_key__in=browsers)))


def _make_nameless(restrictions: QuerySet[Restriction], *, leaving: Any = None, address: str = "") -> None:
    """Those that have ended go; the others keep whom they meet, in signs that nobody can read.

    `leaving` is an account that is about to be deleted, `address` that by which it is known from then on.
    """
    for one in list(restrictions):
        if not one.is_in_force:
            one.delete()
            continue
        is_of_who_leaves = leaving is not None and one.account_id == leaving.pk
        one.shown_name, one.note, one.comment = "", "", None
        one.email = _unreadable(one.email or (address if is_of_who_leaves else ""))
        if is_of_who_leaves and (one.email or one.author_key or one.address_hash or one.domain):
            one.account = None
        one.save(update_fields=["shown_name", "note", "comment", "email", "account"])


def _unreadable(address: str) -> str:
    """As bans keep an address that was erased, and as those who write are compared with it."""
    return authors.unreadable(folded_email(address))


def _has_addresses(model: type[Model]) -> bool:
    try:
        return bool(model._meta.get_field(model.get_email_field_name()))  # type: ignore[attr-defined]
    except FieldDoesNotExist:
        return False


def _address_of(account: Any) -> str:
    return getattr(account, type(account).get_email_field_name(), "") or ""
