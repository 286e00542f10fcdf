"""The transparency report in the admin: any period as a page, and as a file for spreadsheets or programs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from comments import audit, series, transparency
from comments.admin.period import DAYS, PeriodForm
from comments.conf import conf
from comments.periods import Period, month_before
from comments.series import Series, Step
from comments.transparency import Figures

STEPS = [(Step.DAY.value, _lazy("Day")), (Step.WEEK.value, _lazy("Week")), (Step.MONTH.value, _lazy("Month"))]


class ReportForm(PeriodForm):
    """A period, and the steps in which its numbers are told; days, unless others are asked for."""

    step = forms.ChoiceField(label=_lazy("In steps of a"), choices=STEPS, required=False)

    @property
    def chosen_step(self) -> Step:
        return Step(self.cleaned_data["step"] or Step.DAY)


@dataclass(frozen=True)
class SeriesRow:
    """A line of the series; `median` in words, empty where there is none."""

    line: series.Line
    median: str


@dataclass(frozen=True)
class Row:
    """A line of the table; `reason` is empty where none was given."""

    action: str
    reason: str
    machine: int
    people: int
    in_all: int


def urls(decisions: ModelAdmin) -> list[Any]:
    """The addresses of the report, below those of the log; for whoever may see the log."""

    def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def shown(request: HttpRequest) -> HttpResponse:
            if not decisions.has_view_permission(request):
                raise PermissionDenied
            return view(request, decisions)

        return decisions.admin_site.admin_view(require_safe(shown))

    return [
        path("report/", guarded(page), name="comments_decision_report"),
        path("report.csv", guarded(as_csv), name="comments_decision_report_csv"),
        path("report.json", guarded(as_json), name="comments_decision_report_json"),
        path("series.csv", guarded(series_as_csv), name="comments_decision_series_csv"),
        path("series.json", guarded(series_as_json), name="comments_decision_series_json"),
    ]


def page(request: HttpRequest, decisions: ModelAdmin) -> HttpResponse:
    """The numbers of the period that was asked for; of the last month, unless one was."""
    form = _asked(request)
    context = {
        **decisions.admin_site.each_context(request),
        "opts": decisions.opts,
        "media": decisions.media,
        "title": _("Transparency report"),
        "form": form,
        **(_shown(form) if form.is_valid() else {}),
    }
    return render(request, "admin/comments/decision/report.html", context)


def as_csv(request: HttpRequest, decisions: ModelAdmin) -> HttpResponse:
    form = _asked(request)
    if not form.is_valid():
        return _told_on_the_page(request)
    found = transparency.figures(form.period)
    answer = HttpResponse(audit.written(transparency.as_rows(found)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_name(form.period)}.csv"'
    return answer


def as_json(request: HttpRequest, decisions: ModelAdmin) -> HttpResponse:
    form = _asked(request)
    if not form.is_valid():
        return _told_on_the_page(request)
    answer = JsonResponse(transparency.as_json(transparency.figures(form.period)))
    answer["Content-Disposition"] = f'attachment; filename="{_name(form.period)}.json"'
    return answer


def series_as_csv(request: HttpRequest, decisions: ModelAdmin) -> HttpResponse:
    form = _asked(request)
    if not form.is_valid():
        return _told_on_the_page(request)
    found = series.series(form.period, form.chosen_step)
    answer = HttpResponse(audit.written(series.as_rows(found)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_name(form.period)}-by-{found.step}.csv"'
    return answer


def series_as_json(request: HttpRequest, decisions: ModelAdmin) -> HttpResponse:
    form = _asked(request)
    if not form.is_valid():
        return _told_on_the_page(request)
    found = series.series(form.period, form.chosen_step)
    answer = JsonResponse(series.as_json(found))
    answer["Content-Disposition"] = f'attachment; filename="{_name(form.period)}-by-{found.step}.json"'
    return answer


def _asked(request: HttpRequest) -> ReportForm:
    if any(request.GET.get(name) for name in DAYS):
        return ReportForm(request.GET)
    last = month_before(timezone.localdate())
    return ReportForm({"since": last.since, "until": last.until, "step": request.GET.get("step", "")})


def _told_on_the_page(request: HttpRequest) -> HttpResponse:
    asked = urlencode({name: request.GET.get(name, "")[:20] for name in (*DAYS, "step")})
    return HttpResponseRedirect(f"{reverse('admin:comments_decision_report')}?{asked}")


def _name(period: Period) -> str:
    return f"moderation-{period.since}-{period.until}"


def _shown(form: ReportForm) -> dict[str, Any]:
    found = series.series(form.period, form.chosen_step)
    return {**_in_words(transparency.figures(form.period)), **_one_after_another(found, form.chosen_step)}


def _one_after_another(found: Series, asked: Step) -> dict[str, Any]:
    names = dict(STEPS)
    return {
        "series": found,
        "step": names[found.step.value],
        "is_coarser": found.step is not asked,
        "series_rows": [
            SeriesRow(line, "" if line.median is None else _duration(line.median)) for line in found.lines
        ],
    }


def _in_words(found: Figures) -> dict[str, Any]:
    names = conf().reasons
    days = {"since": found.period.since, "until": found.period.until}
    log = reverse("admin:comments_decision_changelist")
    return {
        "figures": found,
        "days": urlencode(days),
        "log": {
            kind: f"{log}?{urlencode(days | {'kind': kind, 'undone': 0})}"
            for kind in (audit.PERSON, audit.MACHINE, audit.REMOVAL)
        },
        "rows": [
            Row(
                action=str(line.action.label),
                reason=str(names.get(line.reason, line.reason)),
                machine=line.machine,
                people=line.people,
                in_all=line.in_all,
            )
            for line in found.lines
        ],
        "median": None if found.median is None else _duration(found.median),
    }


def _duration(time: timedelta) -> str:
    if time < timedelta(minutes=1):
        return _("less than a minute")
    now = timezone.now()
    return timesince(now - time, now)
