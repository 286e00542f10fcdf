"""What moderation did in a period, in numbers for everybody: received, decided, why, reversed, how quickly."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.utils import timezone

from comments.models import Comment, Decision
from comments.periods import Period
from comments.querysets import DecisionQuerySet
from comments.states import Action, State


@dataclass(frozen=True)
class Tally:
    """So many decisions of one action, for one reason or none, by one rule; people have no rule."""

    action: Action
    reason: str
    rule: str
    number: int


@dataclass(frozen=True)
class Line:
    """How often one action was taken, for one reason."""

    action: Action
    reason: str
    machine: int
    people: int

    @property
    def in_all(self) -> int:
        return self.machine + self.people


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The numbers of one period, without what was undone within its time.

    Comments that an import brought are not received, and nobody waited for them.
    """

    period: Period
    received: int
    removed: int
    """By their authors, or erased: nobody's judgement, so these are among no others."""

    tallies: Sequence[Tally]
    reversals: int
    """Decisions of people about what was decided already."""

    reversals_of_the_machine: int
    """Those of them that followed upon a decision of a rule."""

    seen_by_people: int
    """Comments about which a person decided for the first time."""

    median: timedelta | None
    """From their arrival to that decision; None where there was none."""

    @property
    def by_the_machine(self) -> int:
        return sum(one.number for one in self.tallies if one.rule)

    @property
    def by_people(self) -> int:
        return sum(one.number for one in self.tallies if not one.rule)

    @property
    def decided(self) -> int:
        return self.by_the_machine + self.by_people

    @property
    def lines(self) -> list[Line]:
        """By action as the table of states has them, and for each the reasons, the most frequent first."""
        machine = _sums((one for one in self.tallies if one.rule), lambda one: (one.action, one.reason))
        people = _sums((one for one in self.tallies if not one.rule), lambda one: (one.action, one.reason))
        found = [
            Line(action, reason, machine=machine[action, reason], people=people[action, reason])
            for action, reason in machine.keys() | people.keys()
        ]
        order = list(Action)
        return sorted(found, key=lambda line: (order.index(line.action), -line.in_all, line.reason))

    @property
    def rules(self) -> list[tuple[str, int]]:
        """What each rule decided by itself, the most frequent first."""
        return _sums((one for one in self.tallies if one.rule), lambda one: one.rule).most_common()


def figures(period: Period) -> Figures:
    """The numbers of a period. 5 queries; 100 000 decisions in the period take less than a second."""
    made = Decision.objects.made_in(period).standing()
    tallies = list(_tallies(made))
    received = Comment.objects.filter(submitted_at__gte=period.start, submitted_at__lt=period.end, origin=None)
    reversals, of_the_machine = _reversals(made)
    seen_by_people, median = _until_a_person(made)
    return Figures(
        period=period,
        received=received.count(),
        removed=sum(one.number for one in tallies if one.action is Action.REMOVE),
        tallies=[one for one in tallies if one.action is not Action.REMOVE],
        reversals=reversals,
        reversals_of_the_machine=of_the_machine,
        seen_by_people=seen_by_people,
        median=median,
    )


def as_json(found: Figures) -> dict[str, Any]:
    """The same numbers for programs; the median in seconds, days in the site's time zone."""
    return {
        "since": found.period.since.isoformat(),
        "until": found.period.until.isoformat(),
        "time_zone": timezone.get_current_timezone_name(),
        "received": found.received,
        "decided": {"machine": found.by_the_machine, "people": found.by_people},
        "removed": found.removed,
        "decisions": [
            {"action": line.action.value, "reason": line.reason, "machine": line.machine, "people": line.people}
            for line in found.lines
        ],
        "rules": dict(found.rules),
        "reversals": {"all": found.reversals, "of_the_machine": found.reversals_of_the_machine},
        "first_decisions_of_people": found.seen_by_people,
        "median_seconds": None if found.median is None else found.median.total_seconds(),
    }


def as_rows(found: Figures) -> list[tuple[str, str, str, Any]]:
    """The same numbers for a spreadsheet: figure, what of (an action or a rule), reason, number; with a header."""
    lines = [
        (f"decisions_by_{who}", line.action.value, line.reason, number)
        for line in found.lines
        for who, number in (("machine", line.machine), ("people", line.people))
        if number
    ]
    return [
        ("figure", "of", "reason", "number"),
        ("since", "", "", found.period.since.isoformat()),
        ("until", "", "", found.period.until.isoformat()),
        ("received", "", "", found.received),
        ("decided_by_machine", "", "", found.by_the_machine),
        ("decided_by_people", "", "", found.by_people),
        ("removed", "", "", found.removed),
        *lines,
        *(("decisions_by_rule", rule, "", number) for rule, number in found.rules),
        ("reversals", "", "", found.reversals),
        ("reversals_of_the_machine", "", "", found.reversals_of_the_machine),
        ("first_decisions_of_people", "", "", found.seen_by_people),
        ("median_seconds", "", "", "" if found.median is None else found.median.total_seconds()),
    ]


def _tallies(made: DecisionQuerySet) -> Iterator[Tally]:
    grouped = made.order_by().values_list("action", "reason", "rule").annotate(Count("pk"))
    for action, reason, rule, number in grouped.order_by("action", "reason", "rule"):
        yield Tally(Action(action), reason, rule, number)


def _reversals(made: DecisionQuerySet) -> tuple[int, int]:
    """How many in all, and how many of what a rule had decided last."""
    earlier = (
        Decision.objects.standing().filter(comment=OuterRef("comment"), pk__lt=OuterRef("pk")).order_by("-pk")
    )
    turned = made.of_people().exclude(before=State.PENDING).exclude(action__in=(Action.KEEP, Action.REDACT))
    found = turned.annotate(rule_before=Subquery(earlier.values("rule")[:1])).aggregate(
        everybodys=Count("pk"), of_the_machine=Count("pk", filter=Q(rule_before__gt=""))
    )
    return found["everybodys"], found["of_the_machine"]


def _until_a_person(made: DecisionQuerySet) -> tuple[int, timedelta | None]:
    """About how many comments a person decided for the first time, and the median of their waiting."""
    before = Decision.objects.of_people().standing().filter(comment=OuterRef("comment"), pk__lt=OuterRef("pk"))
    first = made.of_people().filter(~Exists(before), comment__origin=None)
    waited = ExpressionWrapper(F("made_at") - F("comment__submitted_at"), output_field=DurationField())
    number = first.count()
    if not number:
        return 0, None
    # The one in the middle, or the mean of two: the same on every database.
    times = first.annotate(waited=waited).order_by("waited").values_list("waited", flat=True)
    middle = list(times[(number - 1) // 2 : number // 2 + 1])
    return number, sum(middle, timedelta()) / len(middle)


def _sums(tallies: Iterable[Tally], key: Callable[[Tally], Hashable]) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for one in tallies:
        sums[key(one)] += one.number
    return sums
