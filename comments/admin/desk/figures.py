"""The numbers above the queue, and what a moderator has done lately."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Count, Max, Min, Q, Value
from django.utils import timezone

from comments import tallies
from comments.models import Comment, Decision
from comments.reasons import ABUSE
from comments.states import Action
from comments.tallies import Tab

HARD_TO_READ = (ABUSE, "hatred")
MANY_A_DAY = 20
"""So many abusive comments in a day are a good moment for a break."""

CHECKING = "checking"

_LONGEST_UNDO = timedelta(days=1)


@dataclass(frozen=True)
class Numbers:
    tabs: Mapping[Tab, int]
    sections: Collection[str]
    """Those that have comments under any tab, without the empty name."""

    checking: int
    """Comments that are being checked; they stand under no tab."""

    checking_since: datetime | None


def numbers(sections: Collection[str] | None) -> Numbers:
    """What stands under each tab, and what is being checked, in these sections. One query."""
    tabs = dict.fromkeys(Tab, 0)
    known: Counter[str] = Counter()
    checking, since = 0, None
    for section, tab, number, oldest in tallies.of(sections).union(_being_checked(sections), all=True).order_by():
        if tab == CHECKING:
            checking, since = number, oldest
        else:
            tabs[Tab(tab)] += number
            known[section] += number
    return Numbers(
        tabs=tabs,
        sections=[section for section, number in known.items() if section and number],
        checking=checking,
        checking_since=since,
    )


def _being_checked(sections: Collection[str] | None) -> Any:
    """In the columns of the tallies: how many, and since when."""
    checked = Comment.objects.being_checked().in_sections(sections).order_by()
    grouped = checked.annotate(section=Value(""), tab=Value(CHECKING)).values_list("section", "tab")
    return grouped.annotate(number=Count("pk"), since=Min("submitted_at"))


@dataclass(frozen=True)
class Done:
    """What one moderator has done: the hard things of today, and what can still be undone."""

    abusive_today: int
    undoable: Decision | None
    together: int = 1
    """How many comments that decision was about."""

    @property
    def seconds_left(self) -> int:
        """To undo it."""
        settles_at = self.undoable and self.undoable.settles_at
        return max(0, ceil((settles_at - timezone.now()).total_seconds())) if settles_at else 0

    @property
    def is_much(self) -> bool:
        return self.abusive_today >= MANY_A_DAY


def done_by(person: Any, *, last: Decision | None = None) -> Done:
    """One query; 2 where something can be undone, 3 where that was done with many.

    `last` is the decision that this person has just made, alone, for who has it at hand: one query then.
    """
    now = timezone.now()
    mine = _of(person).filter(made_at__gte=min(_midnight(), now - _LONGEST_UNDO))
    found = mine.aggregate(
        abusive=Count("pk", filter=Q(made_at__gte=_midnight(), reason__in=HARD_TO_READ)),
        last=Max("pk", filter=Q(settles_at__gt=now)),
    )
    if found["last"] is None:
        return Done(found["abusive"], None)
    if last is not None and last.pk == found["last"]:
        return Done(found["abusive"], last)
    last = Decision.objects.select_related("comment").get(pk=found["last"])
    together = Decision.objects.filter(batch=last.batch).count() if last.batch else 1
    return Done(found["abusive"], last, together)


def last_of(person: Any) -> Decision | None:
    """The last decision that this person made and has not undone; whether it is too late is for `undo` to say."""
    return _of(person).order_by("made_at", "pk").last()


def _of(person: Any) -> Any:
    return Decision.objects.standing().filter(by=person, rule="").exclude(action=Action.REMOVE)


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
