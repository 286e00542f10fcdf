"""How many comments stand under each tab of the desk, by section: right at every moment, cheap at any size.

Whoever changes comments adds the change as lines, in the same transaction; the number is the sum of the lines.
`fold` makes few lines of many, `recount` compares them with the comments themselves.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Count, DateTimeField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from comments.models import Comment, Tally
from comments.states import State

MOST_LINES = 200
"""Fewer lines than these are not worth folding."""

FOLDED_AT_ONCE = 5000


class Tab(StrEnum):
    PENDING = "pending"
    REPORTED = "reported"
    APPEALS = "appeals"
    SPAM = "spam"
    APPROVED = "approved"
    REJECTED = "rejected"


HOLDING: dict[Tab, Q] = {
    Tab.PENDING: Q(state=State.PENDING, screened_at__isnull=False),
    Tab.REPORTED: Q(open_reports__gt=0),
    Tab.APPEALS: Q(has_open_appeal=True),
    Tab.SPAM: Q(state=State.SPAM),
    Tab.APPROVED: Q(state=State.APPROVED),
    Tab.REJECTED: Q(state=State.REJECTED),
}
"""What stands under each tab. A comment that is being checked stands under none: it is counted apart."""


@dataclass(frozen=True)
class Standing:
    """What of a comment says under which tabs it stands."""

    state: State
    is_screened: bool = True
    open_reports: int = 0
    has_open_appeal: bool = False

    def tabs(self) -> Counter[Tab]:
        found: list[Tab] = []
        if self.state is State.PENDING:
            found += [Tab.PENDING] if self.is_screened else []
        elif self.state is not State.REMOVED:
            found += [Tab(self.state.value)]
        if self.open_reports:
            found.append(Tab.REPORTED)
        if self.has_open_appeal:
            found.append(Tab.APPEALS)
        return Counter(found)


def standing_of(comment: Comment, **otherwise: Any) -> Standing:
    """Under which tabs a comment stands, as its columns say, or with some of them `otherwise`."""
    here = Standing(
        State(comment.state), comment.screened_at is not None, comment.open_reports, comment.has_open_appeal
    )
    return replace(here, **otherwise)


def note(changes: Iterable[tuple[str, Standing | None, Standing | None]]) -> None:
    """Writes down what changed, as (section, before, after); None where a comment was not there or is gone.

    One query, or none where nothing changed its tab. To be called in the transaction of the change.
    """
    sums: Counter[tuple[str, str]] = Counter()
    for section, before, after in changes:
        for standing, sign in ((before, -1), (after, 1)):
            for tab, number in standing.tabs().items() if standing else ():
                sums[section, tab] += sign * number
    _add(sums)


def counts(sections: Iterable[str] | None = None) -> Mapping[Tab, int]:
    """The number under each tab, in these sections or in all. One query."""
    lines = Tally.objects.all() if sections is None else Tally.objects.filter(section__in=sections)
    sums = dict(lines.order_by().values_list("tab").annotate(Sum("number")))
    return {tab: sums.get(tab.value, 0) for tab in Tab}


def of(sections: Iterable[str] | None = None) -> QuerySet[Tally, Any]:
    """Rows of (section, tab, number, None), in these sections or in all: a part of one query for a whole page.

    The last column is a moment, for what is counted beside the tabs and has one.
    """
    lines = Tally.objects.all() if sections is None else Tally.objects.filter(section__in=sections)
    never = Cast(Value(None), DateTimeField())
    grouped = lines.order_by().values_list("section", "tab")
    return grouped.annotate(sum=Sum("number"), since=never)


def fold() -> int:
    """Makes one line for each section and tab out of many; answers how many lines went.

    Of two that do so at once, the second takes other lines or none.
    """
    with transaction.atomic():
        can_skip = transaction.get_connection().features.has_select_for_update_skip_locked
        oldest = Tally.objects.select_for_update(skip_locked=can_skip).order_by("pk")
        lines = list(oldest[:FOLDED_AT_ONCE])
        if len(lines) < MOST_LINES:
            return 0
        gone, _ = Tally.objects.filter(pk__in=[line.pk for line in lines]).delete()
        if gone != len(lines):  # a database that cannot lock rows: somebody else was faster
            transaction.set_rollback(True)
            return 0
        sums: Counter[tuple[str, str]] = Counter()
        for line in lines:
            sums[line.section, line.tab] += line.number
        return len(lines) - _add(sums)


def recount() -> int:
    """Puts right what differs from the comments themselves; answers how many numbers were wrong.

    One statement sees comments and lines as of one moment, whatever others are doing meanwhile.
    """
    true = [
        Comment.objects.filter(condition)
        .order_by()
        .annotate(section=F("thread__section"), tab=Value(tab.value))
        .values_list("section", "tab")
        .annotate(number=Count("pk"))
        for tab, condition in HOLDING.items()
    ]
    noted = Tally.objects.order_by().values_list("section", "tab").annotate(number=Coalesce(-1 * Sum("number"), 0))
    with transaction.atomic():
        difference: Counter[tuple[str, str]] = Counter()
        for section, tab, number in true[0].union(*true[1:], noted, all=True).order_by():
            difference[section, tab] += number
        return _add(difference)


def _add(sums: Mapping[tuple[str, str], int]) -> int:
    """Writes a line for each number that is not 0; answers how many lines."""
    lines = [Tally(section=section, tab=tab, number=number) for (section, tab), number in sums.items() if number]
    if lines:
        Tally.objects.bulk_create(lines)
    return len(lines)
