"""What other settings would have done in the last 30 days, before anybody saves them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metering import gate, rulebook, statistics
from metering.models import SITE_METER, Meter, Read
from metering.policy import Policy
from metering.simulating import Replay, Simulation

ASKED = ("limit", "registered_limit", "period", "days", "first_weekday")


class ProposalForm(forms.ModelForm):
    """What may be tried: the same fields, with the same errors, as in the settings."""

    class Meta:
        model = Meter
        fields = ASKED
        widgets = dict.fromkeys(("limit", "registered_limit", "days"), AdminIntegerFieldWidget)
        help_texts = {
            "limit": gettext_lazy("0: none at all. Empty: no limit."),
            "registered_limit": gettext_lazy("Empty: the same as everybody."),
            "period": "",
            "days": gettext_lazy("For a session and for rolling days."),
            "first_weekday": gettext_lazy("For a week."),
        }


@dataclass(frozen=True)
class Line:
    """One figure under the saved settings and under the proposed ones."""

    name: str
    now: str
    proposed: str


def simulator(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The page's values; nothing is replayed before somebody has proposed something.

    What is typed in the meter's form comes by POST and goes on by GET, to an address that can be passed on.
    """
    meter = get_object_or_404(Meter, pk=_key(request))
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ASKED}
        return redirect(f"{request.path}?{urlencode({'meter': meter.pk, **typed})}")
    context: dict[str, Any] = {"meter": meter, "meters": Meter.objects.all()}
    present = _policy(meter)
    is_asked = "period" in request.GET
    form = ProposalForm(request.GET if is_asked else None, instance=meter)
    if is_asked and form.is_valid():
        now = timezone.now()
        found = statistics.simulation(_policy(form.instance), present=present, now=now)
        context |= {"lines": list(_lines(found)), "told": list(_in_words(found, meter, now=now))}
    return context | {"form": form}


def _key(request: HttpRequest) -> int:
    typed = request.GET.get("meter", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else SITE_METER


def _policy(meter: Meter) -> Policy:
    return replace(gate.policy_in_force(), meter=meter.pk, **rulebook.allowance(meter))  # type: ignore[arg-type]


def _lines(found: Simulation) -> Iterator[Line]:
    for told, name in (
        (_("Readers with a metered view"), "readers"),
        (_("Readers who would have met a wall"), "affected"),
        (_("Stop rate"), "stop_rate"),
        (_("Articles opened"), "reads"),
        (_("Walls, one for each reader, article and period"), "walls"),
        (_("Reads that took place and would not have"), "reads_lost"),
        (_("Walls that stood and would not have"), "walls_lifted"),
    ):
        told_as = percent if name == "stop_rate" else written
        yield Line(told, *(told_as(getattr(one, name)) for one in (found.present, found.proposed)))


def written(number: int) -> str:
    """A count as it is shown."""
    return number_format(number, force_grouping=True)


def percent(rate: float | None) -> str:
    """A fraction as it is shown; a dash where there is none."""
    return "–" if rate is None else _("%(number)s%%") % {"number": number_format(round(rate * 100, 1), 1)}


def _in_words(found: Simulation, meter: Meter, *, now: datetime) -> Iterator[str]:
    present, proposed = found.present, found.proposed
    if not present.readers:
        yield _("Nobody asked this meter for an article in the last 30 days, so there is nothing to replay.")
        return
    yield _("With these settings %(affected)s of %(readers)s would have met a wall (%(rate)s).") % _counts(
        proposed
    )
    yield _("With the settings as they are saved it is %(affected)s of %(readers)s (%(rate)s).") % _counts(present)
    if found.opens_more:
        more = proposed.reads - present.reads
        told = ngettext(
            "At least %(number)d article more would have been opened: who went away at a wall asked no further.",
            "At least %(number)d articles more would have been opened: who went away at a wall asked no further.",
            more,
        )
        yield told % {"number": more}
    elif fewer := present.reads - proposed.reads:
        told = ngettext(
            "%(number)d article fewer would have been opened.",
            "%(number)d articles fewer would have been opened.",
            fewer,
        )
        yield told % {"number": fewer}
    first = Read.objects.filter(meter=meter.pk).aggregate(first=Min("read_at"))["first"]
    if first and first > now - timedelta(days=statistics.SIMULATED_DAYS):
        day = date_format(timezone.localtime(first), "DATE_FORMAT")
        yield _("Reads are there from %(day)s on; what was before is not known.") % {"day": day}


def _counts(one: Replay) -> dict[str, str]:
    readers = ngettext("%(number)s reader", "%(number)s readers", one.readers) % {"number": written(one.readers)}
    return {"affected": written(one.affected), "readers": readers, "rate": percent(one.stop_rate)}
