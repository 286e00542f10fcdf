"""What readers will see with settings that the owner has not saved yet."""

from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from metering import periods, policy
from metering.models import Meter
from metering.pieces import METERED
from metering.policy import Access, Allowance, Facts, Policy
from metering.rulebook import ALLOWANCE


@dataclass(frozen=True)
class Sample:
    """One moment of a reader's: in words, the line on the page, and whether it is a wall."""

    moment: str
    line: SafeString
    is_wall: bool


def samples(meter: Meter, *, now: datetime) -> list[Sample]:
    """The first article, the last one, the wall, and what registering changes; as the site would print them."""
    if not meter.is_on:
        return [_sample(_("Every article"), meter, used=0, now=now)]
    if meter.limit is None:
        return [_sample(_("The first article"), meter, used=0, now=now)]
    found = []
    if meter.limit:
        found.append(_sample(_("The first article"), meter, used=0, now=now))
    if meter.limit > 1:
        found.append(_sample(_("The last free article"), meter, used=meter.limit - 1, now=now))
    found.append(_sample(_("The next one"), meter, used=meter.limit, now=now))
    if meter.registered_limit is not None and meter.registered_limit > meter.limit:
        told = _("The same reader, registered")
        found.append(_sample(told, meter, used=meter.limit, now=now, is_registered=True))
        told = _("Registered, after the last one")
        found.append(_sample(told, meter, used=meter.registered_limit, now=now, is_registered=True))
    return found


def summary(meter: Meter) -> str:
    """The meter in one line, as the list of meters shows it."""
    if not meter.is_on:
        return _("switched off: all articles are open")
    if meter.limit is None:
        return _("no limit")
    told = _("%(limit)d free, %(period)s") % {"limit": meter.limit, "period": meter.get_period_display()}
    if meter.registered_limit is not None:
        told += " · " + _("%(limit)d when registered") % {"limit": meter.registered_limit}
    return told


def _sample(moment: str, meter: Meter, *, used: int, now: datetime, is_registered: bool = False) -> Sample:
    access = _access(meter, used=used, now=now, is_registered=is_registered)
    line = render_to_string("metering/line.html", {"access": access})
    return Sample(moment, SafeString(line), is_wall=not access.is_open)


def _access(meter: Meter, *, used: int, now: datetime, is_registered: bool) -> Access:
    by = Policy(**{name: getattr(meter, name) for name in ALLOWANCE})
    period = periods.running(
        by.period,
        days=by.days,
        first_weekday=by.first_weekday,
        since=now,
        now=now,
        zone=timezone.get_default_timezone(),
    )
    facts = Facts(piece_policy=METERED, is_registered=is_registered)
    decided = policy.without_counting(by, facts)
    if decided:
        return decided
    before = Allowance(used=used, already_open=False, resets_at=period.end)
    access = policy.by_count(by, facts, before)
    if not access.costs_a_read:
        return access
    after = Allowance(used=used + 1, already_open=True, resets_at=period.end)
    return policy.by_count(by, facts, after)
