"""The numbers of moderation by day, week or month: received, decided by whom, how soon, and what was reversed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any

from django.db.models import Count, DateField, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber, Trunc

from comments.models import Comment, Decision
from comments.periods import Period
from comments.states import Action, State

MOST_LINES = 400
"""A longer series is given in longer steps, and of months only the last ones."""


class Step(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class Line:
    """The numbers of one day, week (from Monday on) or month; of its days that belong to the period."""

    day: date
    """The first day of it, also where the period begins later."""

    received: int = 0
    machine: int = 0
    people: int = 0
    reversals: int = 0
    median: timedelta | None = None
    """From the arrival of a comment to the first decision of a person; None where there was none."""

    @property
    def decided(self) -> int:
        return self.machine + self.people


@dataclass(frozen=True)
class Series:
    step: Step
    lines: Sequence[Line]
    """In order of time, from the first with a number to the last; those between without one are there too."""

    @property
    def highest(self) -> int:
        """What the tallest bar of a chart stands for; at least 1."""
        return max((max(line.received, line.decided) for line in self.lines), default=0) or 1


def series(period: Period, step: Step) -> Series:
    """The lines of a period, in this step or, where those were more than 400, in a longer one. 3 queries.

    Only decisions that stand are counted. What imports brought is left out, as in the report.
    """
    step = _fitting(period, step)
    found: dict[date, dict[str, Any]] = {}
    for numbers in (_received(period, step), _decided(period, step), _medians(period, step)):
        for day, columns in numbers.items():
            found.setdefault(day, {}).update(columns)
    if not found:
        return Series(step, ())
    days = _days(min(found), max(found), step)[-MOST_LINES:]
    return Series(step, tuple(Line(day=day, **found.get(day, {})) for day in days))


def as_json(found: Series) -> dict[str, Any]:
    """The same for programs; medians in seconds."""
    return {
        "step": found.step.value,
        "lines": [
            {
                "since": line.day.isoformat(),
                "received": line.received,
                "decided": {"machine": line.machine, "people": line.people},
                "reversals": line.reversals,
                "median_seconds": None if line.median is None else line.median.total_seconds(),
            }
            for line in found.lines
        ],
    }


def as_rows(found: Series) -> list[tuple[Any, ...]]:
    """The same for a spreadsheet, with a header."""
    header = (
        found.step.value,
        "received",
        "decided_by_machine",
        "decided_by_people",
        "reversals",
        "median_seconds",
    )
    return [
        header,
        *(
            (line.day.isoformat(), line.received, line.machine, line.people, line.reversals,
             "" if line.median is None else line.median.total_seconds())
            for line in found.lines
        ),
    ]  # fmt: skip


def _fitting(period: Period, asked: Step) -> Step:
    days = (period.until - period.since).days + 1
    most = {Step.DAY: days, Step.WEEK: days // 7 + 2, Step.MONTH: 0}
    steps = list(Step)
    return next(step for step in steps[steps.index(asked) :] if most[step] <= MOST_LINES)


def _in(step: Step, column: str) -> Trunc:
    """The first day of the step in which a moment lies, in the site's time zone."""
    return Trunc(column, step.value, output_field=DateField())


def _received(period: Period, step: Step) -> Mapping[date, dict[str, Any]]:
    arrived = Comment.objects.filter(submitted_at__gte=period.start, submitted_at__lt=period.end, origin=None)
    rows = arrived.order_by().annotate(day=_in(step, "submitted_at")).values_list("day").annotate(Count("pk"))
    return {day: {"received": number} for day, number in rows}


def _decided(period: Period, step: Step) -> Mapping[date, dict[str, Any]]:
    made = Decision.objects.made_in(period).standing().exclude(action=Action.REMOVE)
    is_reversal = Q(rule="") & ~Q(before=State.PENDING) & ~Q(before=F("after"))
    rows = made.order_by().annotate(day=_in(step, "made_at")).values_list("day").annotate(
        by_rules=Count("pk", filter=~Q(rule="")),
        by_people=Count("pk", filter=Q(rule="")),
        reversed=Count("pk", filter=is_reversal),
    )  # fmt: skip
    return {
        day: {"machine": machine, "people": people, "reversals": reversals}
        for day, machine, people, reversals in rows
    }


def _medians(period: Period, step: Step) -> Mapping[date, dict[str, Any]]:
    """The one in the middle of each step, or the mean of two: taken by its place, so that any database can."""
    standing = Decision.objects.of_people().standing()
    earlier = standing.filter(comment=OuterRef("comment"), pk__lt=OuterRef("pk"))
    first = standing.made_in(period).filter(~Exists(earlier), comment__origin=None)
    waited = ExpressionWrapper(F("made_at") - F("comment__submitted_at"), output_field=DurationField())
    placed = first.order_by().annotate(day=_in(step, "made_at"), waited=waited).annotate(
        place=Window(RowNumber(), partition_by="day", order_by=[F("waited").asc(), F("pk").asc()]),
        number=Window(Count("pk"), partition_by="day"),
    )  # fmt: skip
    middle = placed.filter(number__gte=F("place") * 2 - 2, number__lte=F("place") * 2)
    times: dict[date, list[timedelta]] = {}
    for day, time in middle.values_list("day", "waited"):
        times.setdefault(day, []).append(time)
    return {day: {"median": sum(some, timedelta()) / len(some)} for day, some in times.items()}


def _days(first: date, last: date, step: Step) -> Sequence[date]:
    if step is Step.MONTH:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [date(month // 12, month % 12 + 1, 1) for month in months]
    width = timedelta(days=1 if step is Step.DAY else 7)
    return list(takewhile(lambda day: day <= last, (first + width * n for n in range(MOST_LINES + 2))))
