"""What the owner sees of the meter at work: the numbers by day, what governs each article, the simulator."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from metering import charts, coverage, daily, gate
from metering.admin.simulator import percent, simulator, written
from metering.charts import Chart, Series
from metering.coverage import Governed
from metering.models import DayNumbers, Meter
from metering.pieces import Piece

PER_PAGE = 100

SPANS = (30, 90)
"""Days that a page of numbers may show; the first is shown unless another is asked for."""

LATE = timedelta(hours=1)
"""Counted longer ago than this, the numbers are said to be old."""

IN_A_FILE = (
    *("readers", "reads", "walls", "stopped", "walls_without_cookie", "registrations", "subscriptions"),
    *("observed_walls", "observed_stopped"),
)

COLUMNS = {
    "readers": gettext_lazy("Readers"),
    "reads": gettext_lazy("Reads"),
    "walls": gettext_lazy("Walls"),
    "walls_without_cookie": gettext_lazy("Walls without a cookie"),
    "stopped": gettext_lazy("Readers who met a wall"),
    "stop_rate": gettext_lazy("Stop rate"),
    "registrations": gettext_lazy("Registrations after a wall"),
    "subscriptions": gettext_lazy("Subscriptions after a wall"),
}
ON_TRIAL = {
    "observed_walls": gettext_lazy("Walls of rules on trial"),
    "observed_stopped": gettext_lazy("Readers they would have stopped"),
}
"""Shown when there was anything on trial."""

NOT_ADDED = ("readers", "stopped", "stop_rate", "observed_stopped")
"""Who reads on two days is one reader."""

SEES_WALLS = "metering.view_wall"

NAMES = {
    "metering_meter_numbers": gettext_lazy("Numbers by day"),
    "metering_meter_coverage": gettext_lazy("Coverage"),
    "metering_meter_simulate": gettext_lazy("Try other settings"),
}


@dataclass(frozen=True)
class Link:
    name: str
    address: str


@dataclass(frozen=True)
class Row:
    """A day in the table; without cells it was never counted."""

    day: date
    cells: Sequence[str]
    is_over: bool


@dataclass(frozen=True)
class Group:
    """Articles that are governed alike: by an outcome, and where they are counted by a meter."""

    key: str
    name: str
    articles: int


@dataclass(frozen=True)
class Covered:
    """An article in the list, in words."""

    piece: Piece
    outcome: str
    governed_by: str
    trial: str


def links(user: Any) -> list[Link]:
    """The pages of this room, and the one beside it on which this person may look up support codes."""
    shown = NAMES | ({"metering_wall_changelist": _("Support codes")} if user.has_perm(SEES_WALLS) else {})
    return [Link(str(told), reverse(f"admin:{name}")) for name, told in shown.items()]


def urls(meters: ModelAdmin) -> list[Any]:
    """The addresses of this room, below those of the meters; for whoever may see a meter."""

    def guarded(view: Callable[..., HttpResponse], *methods: str) -> Callable[..., HttpResponse]:
        def shown(request: HttpRequest) -> HttpResponse:
            if not meters.has_view_permission(request):
                raise PermissionDenied
            return view(request, meters)

        return meters.admin_site.admin_view(require_http_methods(methods or ("GET", "HEAD"))(shown))

    return [
        path("numbers/", guarded(numbers), name="metering_meter_numbers"),
        path("numbers.csv", guarded(numbers_as_csv), name="metering_meter_numbers_csv"),
        path("coverage/", guarded(what_is_covered), name="metering_meter_coverage"),
        path("simulate/", guarded(simulate, "GET", "HEAD", "POST"), name="metering_meter_simulate"),
    ]


def numbers(request: HttpRequest, meters: ModelAdmin) -> HttpResponse:
    """The last 30 or 90 days."""
    now, span = timezone.now(), _span(request)
    days = daily.last_days(span, now=now)
    counted = [one for _day, one in days if one]
    counted_at = max((one.counted_at for one in counted), default=None)
    columns = COLUMNS | (ON_TRIAL if any(one.observed_walls for one in counted) else {})
    context = {
        "span": span,
        "spans": SPANS,
        "charts": _charts(days) if counted else [],
        "columns": list(columns.values()),
        "rows": [
            Row(day, [_cell(one, name) for name in columns] if one else [], is_over=day != days[-1][0])
            for day, one in reversed(days)
        ],
        "sums": [_sum(counted, name) for name in columns],
        "counted_at": counted_at,
        "is_late": counted_at is not None and now - counted_at > LATE,
    }
    return _page(request, meters, "metering_meter_numbers", "numbers.html", context)


def numbers_as_csv(request: HttpRequest, meters: ModelAdmin) -> HttpResponse:
    """The same days for a spreadsheet; what is not known is empty, and the stop rate is a fraction."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="meter-by-day.csv"'
    lines = csv.writer(answer)
    lines.writerow(["day", *IN_A_FILE, "stop_rate"])
    for day, one in daily.last_days(_span(request), now=timezone.now()):
        told = [getattr(one, name) if one else "" for name in IN_A_FILE]
        rate = one.stop_rate if one else None
        lines.writerow([day.isoformat(), *told, "" if rate is None else round(rate, 4)])
    return answer


def what_is_covered(request: HttpRequest, meters: ModelAdmin) -> HttpResponse:
    """How many articles are governed by what, and a page of the list, for one outcome where that is chosen.

    All articles are looked at for each page, without their texts: ten thousand take half a second, and one
    and a half where rules ask for tags and authors.
    """
    owner = gate.policy_in_force()
    names = dict(Meter.objects.values_list("pk", "name"))
    all_of_them = list(coverage.governed(owner, now=timezone.now()))
    groups = _groups(all_of_them, names)
    chosen = next((group for group in groups if group.key == request.GET.get("only")), None)
    found = [one for one in all_of_them if chosen is None or _key(one) == chosen.key]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "is_on": owner.is_on,
        "groups": groups,
        "chosen": chosen,
        "in_all": len(all_of_them),
        "page": page,
        "rows": [_covered(one, names) for one in page],
    }
    return _page(request, meters, "metering_meter_coverage", "coverage.html", context)


def simulate(request: HttpRequest, meters: ModelAdmin) -> HttpResponse:
    """The last 30 days under other settings; writes nothing."""
    found = simulator(request)
    if isinstance(found, HttpResponse):
        return found
    return _page(request, meters, "metering_meter_simulate", "simulate.html", found)


def _cell(numbers: DayNumbers, name: str) -> str:
    return percent(numbers.stop_rate) if name == "stop_rate" else written(getattr(numbers, name))


def _sum(counted: Iterable[DayNumbers], name: str) -> str:
    return "–" if name in NOT_ADDED else written(sum(getattr(one, name) for one in counted))


def _charts(days: Sequence[tuple[date, DayNumbers | None]]) -> list[Chart]:
    def series(told: str, name: str) -> Series:
        return Series(told, [getattr(one, name) if one else None for _day, one in days])

    rates = [None if one is None or one.stop_rate is None else round(one.stop_rate * 100) for _day, one in days]
    on = [day for day, _one in days]
    found = [
        charts.by_day("reads", _("Reads and walls"), on, series(_("Reads"), "reads"), series(_("Walls"), "walls")),
        charts.by_day("rate", _("Stop rate"), on, Series(_("Readers who met a wall"), rates), unit="%"),
        charts.by_day(
            "after",
            _("Within 24 hours of a wall"),
            on,
            series(_("Registrations"), "registrations"),
            series(_("Subscriptions"), "subscriptions"),
        ),
    ]
    if any(one and one.observed_walls for _day, one in days):
        walls = series(_("Walls of rules on trial"), "observed_walls")
        found.append(charts.by_day("trial", _("What rules on trial would have walled"), on, walls))
    return found


def _key(one: Governed) -> str:
    return f"{one.outcome}-{one.meter}" if one.meter else one.outcome


def _groups(found: Iterable[Governed], names: Mapping[int, str]) -> list[Group]:
    """One for each meter, and one for each other outcome, also where there is no article."""
    counted = Counter(map(_key, found))
    by_meter = [
        Group(f"{coverage.METERED}-{pk}", _outcome(coverage.METERED, name), counted[f"{coverage.METERED}-{pk}"])
        for pk, name in names.items()
    ]
    others = [
        Group(outcome, _outcome(outcome), counted[outcome])
        for outcome in coverage.OUTCOMES
        if outcome != coverage.METERED
    ]
    return by_meter + others


def _outcome(outcome: str, meter: str = "") -> str:
    return {
        coverage.METERED: _("counted by “%(meter)s”") % {"meter": meter},
        coverage.FREE: _("free, marked by an editor"),
        coverage.SUBSCRIBERS: _("for subscribers only"),
        coverage.EXCLUDED: _("open to everybody by a rule"),
        coverage.UNCOVERED: _("open: no rule covers it"),
        coverage.RESTING: _("open: its meter is switched off"),
    }[outcome]


def _covered(one: Governed, names: Mapping[int, str]) -> Covered:
    told = [_("rule “%(rule)s”") % {"rule": one.trial.rule}] if one.trial and one.trial.rule else []
    trial = " · ".join([*told, _outcome_of(one.trial, names)]) if one.trial else ""
    return Covered(one.piece, _outcome_of(one, names), _governor(one), trial)


def _outcome_of(one: Governed, names: Mapping[int, str]) -> str:
    return _outcome(one.outcome, names.get(one.meter or 0, ""))


def _governor(one: Governed) -> str:
    if one.rule:
        return _("rule “%(rule)s”") % {"rule": one.rule}
    if one.outcome in (coverage.FREE, coverage.SUBSCRIBERS):
        return _("the article itself")
    return _("the site's default") if one.outcome == coverage.METERED else "–"


def _span(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, SPANS) else SPANS[0]


def _page(
    request: HttpRequest, meters: ModelAdmin, name: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    shown = {
        **meters.admin_site.each_context(request),
        "opts": meters.opts,
        "title": NAMES[name],
        "here": reverse(f"admin:{name}"),
        "reports": links(request.user),
    }
    return render(request, f"admin/metering/meter/{template}", shown | context)
