"""What another limit would have done: told as stories, and checked against a slow replay by the rules."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metering import periods
from metering.periods import Period
from metering.policy import Policy
from metering.simulating import COPIED, READ, WALLED, Replay, Simulation, Try, simulate

BERLIN = ZoneInfo("Europe/Berlin")
UNTIL = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=30)
DAY, HOUR = 24 * 3600, 3600


def day(number: float) -> int:
    """So many days into the simulated weeks; what is before them is negative."""
    return int(SINCE.timestamp() + number * DAY)


def read(reader: str, piece: str, days: float, *, is_registered: bool = False) -> Try:
    return (reader, piece, day(days), is_registered, READ)


def walled(reader: str, piece: str, days: float, *, is_registered: bool = False) -> Try:
    return (reader, piece, day(days), is_registered, WALLED)


def replay(tries: Iterable[Try], policy: Policy, zone: tzinfo = BERLIN) -> Replay:
    return simulate(tries, present=policy, proposed=policy, since=SINCE, until=UNTIL, zone=zone).proposed


ANNA_AND_BEN = [
    *(read("anna", f"story {number}", number) for number in range(1, 6)),
    walled("anna", "story 6", 6),
    walled("anna", "story 7", 7),
    read("ben", "story 1", 3),
]


# --- stories


def test_the_present_limit_replayed_is_what_happened() -> None:
    happened = Replay(readers=2, affected=1, reads=6, walls=2, reads_lost=0, walls_lifted=0)
    assert replay(ANNA_AND_BEN, Policy(limit=5)) == happened
    assert happened.stop_rate == 0.5


def test_a_lower_limit_loses_reads() -> None:
    assert replay(ANNA_AND_BEN, Policy(limit=3)) == Replay(
        readers=2, affected=1, reads=4, walls=4, reads_lost=2, walls_lifted=0
    )


def test_limit_0_walls_every_reader() -> None:
    hard = replay(ANNA_AND_BEN, Policy(limit=0))
    assert hard == Replay(readers=2, affected=2, reads=0, walls=8, reads_lost=6, walls_lifted=0)
    assert hard.stop_rate == 1


def test_a_higher_limit_lifts_the_walls_that_are_known() -> None:
    found = simulate(
        ANNA_AND_BEN, present=Policy(limit=5), proposed=Policy(limit=6), since=SINCE, until=UNTIL, zone=BERLIN
    )
    assert found == Simulation(
        present=Replay(readers=2, affected=1, reads=6, walls=2, reads_lost=0, walls_lifted=0),
        proposed=Replay(readers=2, affected=1, reads=7, walls=1, reads_lost=0, walls_lifted=1),
    )
    assert found.opens_more


def test_without_a_limit_nobody_is_stopped() -> None:
    assert replay(ANNA_AND_BEN, Policy(limit=None)) == Replay(
        readers=2, affected=0, reads=8, walls=0, reads_lost=0, walls_lifted=2
    )


def test_who_is_registered_has_the_registered_limit() -> None:
    carl = [read("carl", f"story {number}", number, is_registered=True) for number in range(1, 4)]
    assert replay(carl, Policy(limit=1, registered_limit=2)).walls == 1
    assert replay(carl, Policy(limit=1, registered_limit=None)).walls == 2
    assert replay(carl, Policy(limit=None)).walls == 0


def test_who_registers_at_the_wall_reads_on() -> None:
    dora = [
        read("dora", "story 1", 1),
        walled("dora", "story 2", 2),
        read("dora", "story 2", 2.1, is_registered=True),
        walled("dora", "story 3", 3, is_registered=True),
    ]
    assert replay(dora, Policy(limit=1, registered_limit=2)) == Replay(
        readers=1, affected=1, reads=2, walls=2, reads_lost=0, walls_lifted=0
    )


def test_what_was_read_on_the_device_counts_for_the_account_and_is_shown_once() -> None:
    dora = [
        ("account of dora", "story 1", day(1), True, COPIED),
        ("account of dora", "story 2", day(2), True, READ),
        ("account of dora", "story 3", day(3), True, WALLED),
        ("device of dora", "story 1", day(1), False, READ),
        ("device of dora", "story 2", day(2), True, COPIED),
    ]
    assert replay(dora, Policy(limit=1, registered_limit=2)) == Replay(
        readers=2, affected=1, reads=2, walls=1, reads_lost=0, walls_lifted=0
    )
    assert replay(dora[3:], Policy(limit=0)) == Replay(
        readers=1, affected=1, reads=0, walls=1, reads_lost=1, walls_lifted=0
    )


def test_what_was_read_before_counts_on_but_stands_in_no_figure() -> None:
    early = [*(read("eve", f"old {number}", -number) for number in (3, 2, 1)), read("eve", "new", 1)]
    assert replay(early, Policy(limit=3)) == Replay(
        readers=1, affected=1, reads=0, walls=1, reads_lost=1, walls_lifted=0
    )
    assert replay(early[:3], Policy(limit=1)) == replay([], Policy(limit=1))


def test_where_nobody_came_there_is_no_stop_rate() -> None:
    nobody = replay([], Policy(limit=5))
    assert nobody == Replay(readers=0, affected=0, reads=0, walls=0, reads_lost=0, walls_lifted=0)
    assert nobody.stop_rate is None


def test_a_wall_stands_once_for_each_reader_piece_and_period() -> None:
    thrice = [read("fay", "story 1", 0.1), *(walled("fay", "story 2", days) for days in (1, 1.1, 20))]
    assert replay(thrice, Policy(limit=1, days=30)).walls == 1
    assert replay(thrice, Policy(limit=0, days=7)).walls == 3  # story 1, and story 2 in two sessions


def test_what_is_open_opens_again_for_nothing() -> None:
    again = [read("gus", "story 1", 0.9), read("gus", "story 1", 1.8), read("gus", "story 2", 1.85)]
    assert replay(again, Policy(limit=1, period="day"), UTC).walls == 0  # the next day, in its 24 hours of grace
    assert replay([*again, read("gus", "story 1", 1.95)], Policy(limit=1, period="day"), UTC).walls == 1


def test_a_shorter_period_gives_the_allowance_more_often() -> None:
    weekly = [read("hal", f"story {week} {number}", week * 7 + number) for week in range(4) for number in (1, 2)]
    kinds = {
        "session": Policy(limit=2, days=30),
        "month": Policy(limit=2, period="month"),
        "week": Policy(limit=2, period="week", first_weekday=3),
        "rolling": Policy(limit=2, period="rolling", days=7),
        "day": Policy(limit=1, period="day"),
    }
    assert {kind: replay(weekly, policy).walls for kind, policy in kinds.items()} == {
        "session": 6,
        "month": 4,  # 23 October to 22 November
        "week": 0,
        "rolling": 1,  # the clock was put back on 25 October: seven days later was an hour later
        "day": 0,
    }


def test_of_two_reads_in_a_rolling_period_the_later_can_age_out_first() -> None:
    def at(clock: str) -> int:
        return int(datetime.fromisoformat(clock).replace(tzinfo=zone).timestamp())

    zone = ZoneInfo("America/Sao_Paulo")
    since = datetime(2018, 11, 1, tzinfo=UTC)  # the night of 4 November had no hour from 0:00 to 1:00
    nightly = [
        ("ida", "story 1", at("2018-11-03 00:50"), False, READ),  # until 1:50 of the next night
        ("ida", "story 2", at("2018-11-03 01:10"), False, READ),  # until 1:10
        ("ida", "story 3", at("2018-11-04 01:20"), False, READ),
    ]
    policy = Policy(limit=2, period="rolling", days=1)
    found = simulate(
        nightly, present=policy, proposed=policy, since=since, until=since + timedelta(days=30), zone=zone
    )
    assert (found.present.reads, found.present.walls) == (3, 0)


def test_a_kind_of_period_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'lunar' is none of session, day, week, month, rolling"):
        replay(ANNA_AND_BEN, Policy(limit=5, period="lunar"))


# --- against the rules themselves


def slowly(tries: list[Try], policy: Policy, zone: tzinfo) -> Replay:
    """The same figures by asking `metering.periods` about each try, as the gate and the ledger do."""
    readers, affected, reads, walls, lost, lifted = set(), set(), 0, 0, 0, 0
    granted: list[tuple[str, str, datetime, Period]] = []
    stood: list[tuple[str, str, datetime, Period]] = []
    for reader, piece, seconds, is_registered, happened in tries:
        now = datetime.fromtimestamp(seconds, UTC)
        since = datetime.fromtimestamp(next(one[2] for one in tries if one[0] == reader), UTC)
        period = periods.running(
            policy.period, days=policy.days, first_weekday=policy.first_weekday, since=since, now=now, zone=zone
        )
        limit = policy.limit_for(is_registered=is_registered)
        mine = [(which, at, then) for who, which, at, then in granted if who == reader]
        is_open = any(which == piece and now < then.open_until(at) for which, at, then in mine)
        is_granted = not is_open and (limit is None or sum(at in period for _which, at, _then in mine) < limit)
        is_new_wall = (
            not is_open
            and not is_granted
            and not any(
                (who, which) == (reader, piece) and now < then.counts_until(at) for who, which, at, then in stood
            )
        )
        if is_granted:
            granted.append((reader, piece, now, period))
        if is_new_wall:
            stood.append((reader, piece, now, period))
        if now >= SINCE and happened != COPIED:
            readers.add(reader)
            if is_new_wall:
                affected.add(reader)
            reads += is_granted
            walls += is_new_wall
            lost += happened == READ and not is_open and not is_granted
            lifted += happened == WALLED and (is_open or is_granted)
    return Replay(
        readers=len(readers),
        affected=len(affected),
        reads=reads,
        walls=walls,
        reads_lost=lost,
        walls_lifted=lifted,
    )


moments = st.one_of(
    st.integers(-35 * DAY, 30 * DAY),
    st.integers(0, 60).map(lambda hours: hours * HOUR),  # close together, so that grace and midnights matter
    st.integers(-2, 2).map(lambda days: days * DAY),
).map(lambda seconds: int(SINCE.timestamp()) + min(seconds, 30 * DAY - 1))
tries = st.lists(
    st.tuples(
        st.sampled_from("ab"),
        st.sampled_from("123456"),
        moments,
        st.booleans(),
        st.sampled_from([READ, WALLED, COPIED]),
    ),
    max_size=25,
).map(lambda some: sorted(some, key=lambda one: (one[0], one[2])))
limits = st.one_of(st.none(), st.integers(0, 4))
policies = st.builds(
    Policy,
    limit=limits,
    registered_limit=limits,
    period=st.sampled_from(periods.KINDS),
    days=st.one_of(st.integers(1, 3), st.integers(1, 60)),
    first_weekday=st.integers(0, 6),
)
zones = st.one_of(st.just(BERLIN), st.sampled_from(sorted(available_timezones())).map(ZoneInfo))


@settings(max_examples=300, deadline=None)  # a machine that is busy is no fault of the replay
@given(tries=tries, present=policies, proposed=policies, zone=zones)
def test_every_replay_is_what_the_rules_give(
    tries: list[Try], present: Policy, proposed: Policy, zone: ZoneInfo
) -> None:
    found = simulate(iter(tries), present=present, proposed=proposed, since=SINCE, until=UNTIL, zone=zone)
    assert found == Simulation(present=slowly(tries, present, zone), proposed=slowly(tries, proposed, zone))
