"""Numbers for the owner: what readers asked of the meter, and what another limit would have done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Func, IntegerField, Value, When
from django.utils import timezone

from metering.models import Read, Wall
from metering.policy import Policy, Reason
from metering.simulating import COPIED, READ, WALLED, Simulation, Try, simulate

SIMULATED_DAYS = 30


class AsStored(Func):
    """A small number as the database hands it out: among millions each look that Python takes is felt."""

    output_field = IntegerField()
    template = "%(expressions)s"

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []


class WholeSeconds(AsStored):
    """A moment as whole seconds since 1970."""

    template = "FLOOR(DATE_PART('epoch', %(expressions)s))::bigint"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Without the fraction, of which the last half of a millisecond would be rounded up.
        template = "CAST(STRFTIME('%%%%s', SUBSTR(%(expressions)s, 1, 19)) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)


def simulation(proposed: Policy, *, present: Policy, now: datetime) -> Simulation:
    """What the proposed policy would have done in the last 30 days, beside the present one of the same meter.

    One query. A million reads take a few seconds, and little memory: `python -m benchmarks simulator`.
    """
    since = now - timedelta(days=SIMULATED_DAYS)
    demand = known_demand(present.meter, since=since)
    zone = timezone.get_default_timezone()
    return simulate(demand, present=present, proposed=proposed, since=since, until=now, zone=zone)


def known_demand(meter: int, *, since: datetime) -> Iterator[Try]:
    """What was asked of a meter since then, with what still counted at that time; reader by reader, in order.

    Left out are pieces for subscribers only, which no limit opens, and walls that stood before nobody
    knows whom. One query, sorted by the database, which is read as it is asked for.
    """
    asked = ("reader", "piece", "at", "registered", "happened")
    reads = (
        Read.objects.order_by()
        .filter(meter=meter, period_end__gt=since)
        .annotate(
            at=WholeSeconds("read_at"),
            registered=AsStored("is_registered"),
            happened=AsStored(Case(When(is_copy=True, then=COPIED), default=READ)),
        )
    )
    limited = (Reason.PAYWALL, Reason.REGISTRATION_WALL)
    walls = (
        Wall.objects.order_by()
        .filter(meter=meter, resets_at__gt=since, reader__gt="", reason__in=limited)
        .annotate(
            at=WholeSeconds("met_at"),
            registered=AsStored("is_registered"),
            happened=AsStored(Value(WALLED)),
        )
    )
    both = reads.values_list(*asked).union(walls.values_list(*asked), all=True)
    yield from both.order_by("reader", "at", "happened").iterator()
