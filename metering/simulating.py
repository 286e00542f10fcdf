"""What another limit would have done: the reads and walls of the last weeks, lived through again. Pure.

What is replayed is the demand that is known: the pieces that a reader opened, and those at which a wall
stood. Nobody can know what else somebody would have opened who met a wall and went away, so a higher
limit means at least so many reads as are found here. Nor is it written down when an open piece is opened
again; under a shorter period some of that would have cost a read.
"""

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from metering import periods
from metering.clock import DAY, Clock
from metering.policy import Policy

Try: TypeAlias = tuple[str, str, int, bool, int]
"""Somebody asked for a piece: reader, piece, when (seconds since 1970), is the reader registered, what happened.

A plain tuple, because there are millions of them.
"""

READ, WALLED, COPIED = range(3)
"""What happened. A copy is a read that stands under another key of the same person: it counts for the
limit of this one too, and is shown there alone."""

GRACE = int(periods.GRACE.total_seconds())

AROUND = 400 * DAY
"""How far around the simulated time the calendar is made: farther than the longest period lasts."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What would have happened under a policy.

    `readers` had a metered view, and `affected` of them met a wall. `reads` were granted, and `walls`
    stood, one for each reader, piece and period. `reads_lost` took place in truth and would not have;
    `walls_lifted` stood in truth and would not have.
    """

    readers: int
    affected: int
    reads: int
    walls: int
    reads_lost: int
    walls_lifted: int

    @property
    def stop_rate(self) -> float | None:
        """Readers who met a wall ÷ readers with a metered view; None where nobody came."""
        return self.affected / self.readers if self.readers else None


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """The same demand under the present policy and under the proposed one."""

    present: Replay
    proposed: Replay

    @property
    def opens_more(self) -> bool:
        """Would more have been read? Then at least so much: who went away at a wall has asked no further."""
        return self.proposed.reads > self.present.reads


def simulate(
    tries: Iterable[Try], *, present: Policy, proposed: Policy, since: datetime, until: datetime, zone: tzinfo
) -> Simulation:
    """Replays what was asked for between `since` and `until`, under the present policy and the proposed one.

    Each reader's tries must stand together, in the order of time, all by one meter. What is from before
    `since` is lived through as well, because it may still count then, but stands in no figure; it may be a
    year old. Of a policy the limits and the period are looked at; a reader's sessions are counted from the
    first try that is given. Raises `ValueError` for a kind of period that does not exist.

    Keeps one reader in memory at a time, and takes about a microsecond for each try under each policy.
    """
    first, last = int(since.timestamp()), int(until.timestamp())
    clock = Clock(zone, first=first - AROUND, last=last + AROUND)
    now, then = (_Count(policy, clock, first=first, last=last, zone=zone) for policy in (present, proposed))
    for _reader, of_one in groupby(tries, key=itemgetter(0)):
        asked = list(of_one)
        now.live_through(asked)
        then.live_through(asked)
    return Simulation(present=now.replay(), proposed=then.replay())


class _Count:
    """The figures of a replay while it runs."""

    def __init__(self, policy: Policy, clock: Clock, *, first: int, last: int, zone: tzinfo) -> None:
        self._limits = policy.limit_for(is_registered=False), policy.limit_for(is_registered=True)
        self._always_enough = min((limit for limit in self._limits if limit is not None), default=sys.maxsize)
        self._first = first
        self._is_rolling = policy.period == periods.ROLLING
        self._end = _end(policy, clock, first=first, last=last, zone=zone)
        self._readers = self._affected = self._reads = self._walls = self._lost = self._lifted = 0

    def replay(self) -> Replay:
        return Replay(
            readers=self._readers,
            affected=self._affected,
            reads=self._reads,
            walls=self._walls,
            reads_lost=self._lost,
            walls_lifted=self._lifted,
        )

    def live_through(self, asked: list[Try]) -> None:
        """One reader's tries, decided as the gate and the ledger decide."""
        if len(asked) <= self._always_enough and asked[0][2] >= self._first:
            _readers, asked_for, _moments, _registered, happened = zip(*asked, strict=True)
            if COPIED not in happened and len(set(asked_for)) == len(asked):
                # Nearly everybody: there is nothing to decide, and no calendar to look at.
                self._readers += 1
                self._reads += len(asked)
                self._lifted += happened.count(WALLED)
                return
        self._decide_each(asked)

    def _decide_each(self, asked: list[Try]) -> None:
        # The one loop that is run a million times: local names, a calendar that is looked at once in each
        # period, and no call for a try that spends nothing.
        first, limits, end_of, is_rolling = self._first, self._limits, self._end, self._is_rolling
        since, end = asked[0][2], 0
        counting: list[int] = []  # when each read that counts will stop to
        open_until: dict[str, int] = {}
        walled_until: dict[str, int] = {}
        shown = reads = walls = lost = lifted = 0
        for _reader, piece, now, is_registered, happened in asked:
            is_shown = now >= first and happened != COPIED
            shown += is_shown
            if open_until.get(piece, 0) <= now:
                if now >= end or is_rolling:
                    end = end_of(since, now)
                limit = limits[is_registered]
                if limit is not None and len(counting) >= limit:
                    if counting and min(counting) <= now:
                        counting = [until for until in counting if until > now]
                    if len(counting) >= limit:
                        lost += is_shown and happened == READ
                        if walled_until.get(piece, 0) <= now:
                            walled_until[piece] = end
                            walls += is_shown
                        continue
                counting.append(end)
                open_until[piece] = max(end, now + GRACE)
                reads += is_shown
            lifted += is_shown and happened == WALLED
        self._readers += shown > 0
        self._affected += walls > 0
        self._reads += reads
        self._walls += walls
        self._lost += lost
        self._lifted += lifted


def _end(policy: Policy, clock: Clock, *, first: int, last: int, zone: tzinfo) -> Callable[[int, int], int]:
    """A function `(since, now)`: until when a read made now counts, by a reader whose first try was then."""
    days = policy.days
    if policy.period == periods.ROLLING:
        return lambda since, now: clock.days_later(now, days)
    if policy.period == periods.SESSION:
        return lambda since, now: clock.session_end(since, days=days, now=now)
    ends = [first - AROUND]
    while ends[-1] <= last + AROUND:
        at = datetime.fromtimestamp(ends[-1], UTC)
        period = periods.running(
            policy.period, days=days, first_weekday=policy.first_weekday, since=at, now=at, zone=zone
        )
        ends.append(int(period.end.timestamp()))
    return lambda since, now: ends[bisect_right(ends, now)]
