"""The question that an address of the desk asks: a tab, filters, an order, and a page of the answer by key."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from comments.commenters import email_column
from comments.conf import conf
from comments.models import Comment, Decision, Report
from comments.states import State
from comments.tallies import HOLDING, Tab

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST_KEY = 2**63 - 1

DECIDED = frozenset({Tab.SPAM, Tab.APPROVED, Tab.REJECTED})
"""Tabs in which nothing waits: the newest comes first, and nothing is urgent."""


class Order(StrEnum):
    URGENCY = "urgency"
    TIME = "time"


@dataclass(frozen=True)
class Place:
    """The place of a comment in the order of the queue, as it stands in an address."""

    moment: datetime
    pk: int

    @classmethod
    def read(cls, written: str) -> "Place | None":
        moment, _, pk = written.partition("-")
        if not all(part.isascii() and part.isdigit() and len(part) < 20 for part in (moment, pk)):
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=int(moment)), min(int(pk), LARGEST_KEY))
        except OverflowError:
            return None

    def written(self) -> str:
        return f"{(self.moment - EPOCH) // timedelta(microseconds=1)}-{self.pk}"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is to be shown. `filters` are cleaned values by their name in the address, none of them empty."""

    tab: Tab = Tab.PENDING
    order: Order = Order.URGENCY
    filters: Mapping[str, Any] = field(default_factory=dict)
    after: Place | None = None
    sections: Collection[str] | None = None
    """Those that this moderator sees; None: all."""

    @property
    def is_newest_first(self) -> bool:
        return self.tab in DECIDED

    @property
    def column(self) -> str:
        return "submitted_at" if self.is_newest_first or self.order is Order.TIME else "urgent_at"

    def address(self, **changed: Any) -> str:
        """The query of the address that asks this; with a filter changed or, by None, taken away."""
        filters = {**self.filters, **changed}
        tab, order = filters.pop("tab", self.tab), filters.pop("order", self.order)
        after = filters.pop("after", None)
        asked: dict[str, Any] = {"tab": tab.value}
        if order is not Order.URGENCY and tab not in DECIDED:
            asked["order"] = order.value
        asked |= {name: value for name, value in filters.items() if value is not None}
        if after:
            asked["after"] = after.written()
        return "?" + urlencode(asked)

    def here(self) -> str:
        """The query of this very page."""
        return self.address(after=self.after)


@dataclass(frozen=True)
class Page:
    comments: list[Comment]
    next: Place | None = None
    """After which the following page begins; None on the last one."""


FILTERS: dict[str, Callable[[Any], Q]] = {
    "section": lambda section: Q(thread__section=section),
    "thread": lambda number: Q(thread=number),
    "by": lambda number: _of_the_author_of(number),  # noqa: PLW0108  written further down
    "who": lambda words: _each_word(words, "name", "email", *_columns_of_accounts()),
    "least": lambda score: Q(score__gte=score),
    "most": lambda score: Q(score__lte=score),
    "rule": lambda rule: Q(reasons_written__contains=f'"rule": "{rule}"'),
    "reason": lambda code: Q(Exists(_decisions().filter(reason=code))),
    "language": lambda code: Q(thread__language=code),
    "reported": lambda code: Q(Exists(_open_reports().filter(reason=code))),
    "q": lambda words: _each_word(words, "source"),
}
"""What each filter leaves. A database that stores JSON as text and one that does not both write it out so."""


def page(question: Question, comments: QuerySet[Comment], *, is_screened_late: bool = False) -> Page:
    """One page of the answer, out of these comments. One query, 2 with filters; twice as many for what waits
    where screening is late.
    """
    column = question.column
    rows = [_first_of(question, comments, held) for held in _holding(question.tab, is_screened_late)]

    def place(comment: Comment) -> tuple[datetime, int]:
        return getattr(comment, column), comment.pk

    found = list(islice(merge(*rows, key=place, reverse=question.is_newest_first), PAGE_SIZE + 1))
    if len(found) <= PAGE_SIZE:
        return Page(found)
    return Page(found[:PAGE_SIZE], next=Place(*place(found[PAGE_SIZE - 1])))


def _first_of(question: Question, comments: QuerySet[Comment], held: Q) -> list[Comment]:
    """With filters the comments are found first and fetched after, with all that belongs to them.

    A database guesses badly how many comments have a word; from a wrong guess it would fetch the neighbours of
    fifty thousand to show fifty (6 s on PostgreSQL, for a word that most comments have).
    """
    sign = "-" if question.is_newest_first else ""
    order = (f"{sign}{question.column}", f"{sign}pk")
    found = _filtered(question, comments.filter(held)).order_by(*order)
    if not question.filters:
        return list(found[: PAGE_SIZE + 1])
    keys = list(found.values_list("pk", flat=True)[: PAGE_SIZE + 1])
    return list(comments.filter(pk__in=keys).order_by(*order)) if keys else []


def is_late(submitted_at: datetime) -> bool:
    """Whether a comment that came then should have been screened by now."""
    return submitted_at < timezone.now() - _patience()


def _patience() -> timedelta:
    return timedelta(seconds=conf().sweep_after_seconds)


def _holding(tab: Tab, is_screened_late: bool) -> list[Q]:
    """What stands under a tab, one condition for each index; what is screened late stands with what waits."""
    if tab is not Tab.PENDING or not is_screened_late:
        return [HOLDING[tab]]
    late = Q(state=State.PENDING, screened_at=None, submitted_at__lt=timezone.now() - _patience())
    return [HOLDING[tab], late]


def _filtered(question: Question, comments: QuerySet[Comment]) -> QuerySet[Comment]:
    found = comments.in_sections(question.sections)  # type: ignore[attr-defined]
    if "rule" in question.filters:
        found = found.alias(reasons_written=Cast("reasons", TextField()))
    for name, value in question.filters.items():
        found = found.filter(FILTERS[name](value))
    return found.filter(_beyond(question)) if question.after else found


def _beyond(question: Question) -> Q:
    """A bound that an index can use, and beside it what of the same moment was on the page before."""
    after, column = question.after, question.column
    assert after is not None  # noqa: S101  for the type checker
    way = "lt" if question.is_newest_first else "gt"
    further = Q(**{f"{column}__{way}": after.moment}) | Q(**{f"pk__{way}": after.pk})
    return Q(**{f"{column}__{way}e": after.moment}) & further


def _of_the_author_of(number: int) -> Q:
    """The account behind a comment, or else the browser; of one that tells neither, itself."""
    of_whom = Comment.objects.filter(pk=number).values_list("author", "author_key").first()
    account, key = of_whom or (None, "")
    if account:
        return Q(author=account)
    return Q(author=None, author_key=key) if key else Q(pk=number)


def _columns_of_accounts() -> list[str]:
    named = [get_user_model().USERNAME_FIELD, email_column()]
    return [f"author__{column}" for column in named if column]


def _each_word(words: str, *columns: str) -> Q:
    found = Q()
    for word in words.split():
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        found &= anywhere
    return found


def _decisions() -> QuerySet[Decision]:
    return Decision.objects.standing().filter(comment=OuterRef("pk"))


def _open_reports() -> QuerySet[Report]:
    return Report.objects.filter(comment=OuterRef("pk"), outcome=Report.Outcome.OPEN)
