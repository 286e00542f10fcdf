"""Who is behind a comment: an account, else a browser; and by what else one can tell who writes.

A name or an e-mail address that somebody has typed says nothing about who it was: anybody can type it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from comments import authors
from comments.models import Comment, Restriction
from comments.textual import fold


@dataclass(frozen=True)
class Person:
    """The account, else the browser: one of both is empty. What a signed cookie names, nobody can type."""

    account: int | None = None
    author_key: str = ""

    def comments(self) -> Q:
        """This person's among the comments: those of the account, or of the browser without one."""
        return Q(author=self.account) if self.account is not None else of_browsers([self.author_key])

    def notes(self) -> Q:
        """What moderators have noted about this person."""
        return Q(account=self.account) if self.account is not None else Q(account=None, author_key=self.author_key)


def of_browsers(keys: Iterable[str]) -> Q:
    """The comments that these browsers wrote without an account.

    Written so that SQLite goes by the index of browsers, which leaves out the empty key; a plain "no account"
    would send it through everything that guests ever wrote.
    """
    return Q(author_key__in=list(keys)) & ~Q(author_key="") & Q(Exact(Coalesce("author", 0), 0))


def person_behind(comment: Comment) -> Person | None:
    """Whose comment it is; None where nothing tells: it came with an import, or its author is erased."""
    if comment.author_id is not None:
        return Person(account=comment.author_id)
    return Person(author_key=comment.author_key) if comment.author_key else None


@dataclass(frozen=True, kw_only=True)
class Traces:
    """All by which bans and watches can meet who writes; of one comment, or of many."""

    accounts: frozenset[int] = frozenset()
    author_keys: frozenset[str] = frozenset()
    address_hashes: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    """As `folded_email` writes them."""

    @classmethod
    def left(
        cls,
        *,
        account: int | None = None,
        author_key: str = "",
        address_hash: str = "",
        emails: Iterable[str] = (),
    ) -> "Traces":
        """What is empty is left out: it would meet everybody of whom it is not known either."""
        return cls(
            accounts=frozenset() if account is None else frozenset({account}),
            author_keys=frozenset({author_key} - {""}),
            address_hashes=frozenset({address_hash} - {""}),
            emails=frozenset(folded_email(email) for email in emails) - {""},
        )

    @classmethod
    def together(cls, many: Iterable["Traces"]) -> "Traces":
        listed = list(many)
        return cls(
            **{one.name: frozenset().union(*(getattr(each, one.name) for each in listed)) for one in fields(cls)}
        )

    @property
    def columns(self) -> Mapping[str, frozenset[Any]]:
        """What a ban or a watch can name, and with what it meets these traces."""
        domains = frozenset(domain for email in self.emails for domain in domains_above(email))
        erased = frozenset(map(authors.unreadable, self.emails))  # a ban outlives the address in it
        return {
            "account_id": self.accounts,
            "author_key": self.author_keys,
            "address_hash": self.address_hashes,
            "email": self.emails | erased,
            "domain": domains,
        }

    def restrictions(self) -> Q:
        """The bans and watches that meet any of them; none where there are no traces."""
        found = Q(pk__in=())
        for column, values in self.columns.items():
            found |= Q(**{f"{column}__in": values})
        return found

    def are_met_by(self, restriction: Restriction) -> bool:
        return any(getattr(restriction, column) in values for column, values in self.columns.items())


def traces_of(comment: Comment, account_email: str = "") -> Traces:
    """What the writer of this comment has left with it; the account's own address only where it is handed in."""
    return Traces.left(
        account=comment.author_id,
        author_key=comment.author_key,
        address_hash=comment.address_hash,
        emails=(comment.email, account_email),
    )


def email_of(user: Any) -> str:
    """The address of an account, if accounts have any here."""
    return (getattr(user, get_user_model().get_email_field_name(), "") or "") if user else ""


def email_column() -> str | None:
    """The name of the accounts' column for it, for a query; None on a host whose accounts have none."""
    name = get_user_model().get_email_field_name()
    try:
        get_user_model()._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return name


def folded_email(email: str) -> str:
    """The address as it is compared: in small letters, its domain as the network knows it."""
    name, at, domain = fold(email).strip().rpartition("@")
    return f"{name}@{ascii_domain(domain)}" if at and name else ""


def ascii_domain(domain: str) -> str:
    """The domain as the network knows it: `bücher.example` is `xn--bcher-kva.example`."""
    domain = fold(domain).strip().strip(".")
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def domain_of(email: str) -> str:
    return folded_email(email).rpartition("@")[2]


def domains_above(email: str) -> list[str]:
    """The domain of an address and all above it, the nearest first: `mail.example.org`, `example.org`, `org`."""
    labels = domain_of(email).split(".")
    return [".".join(labels[place:]) for place in range(len(labels))] if labels != [""] else []
