"""The calendar in whole seconds gives the answers of `metering.periods`, in every zone and on its worst nights."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering import periods
from metering.clock import DAY, Clock

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
moments = st.integers(
    int(datetime(1975, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2090, 1, 1, tzinfo=UTC).timestamp())
)


def around(moment: int, zone: tzinfo) -> Clock:
    return Clock(zone, first=moment - 800 * DAY, last=moment + 800 * DAY)


def at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


@given(zone=zones, moment=moments, days=st.integers(0, 366))
def test_so_many_days_later_is_the_same_moment(zone: ZoneInfo, moment: int, days: int) -> None:
    assert at(around(moment, zone).days_later(moment, days)) == periods.days_later(at(moment), days, zone)


@given(zone=zones, since=moments, seconds=st.integers(-300 * DAY, 300 * DAY), days=st.integers(1, 366))
def test_a_session_ends_at_the_same_moment(zone: ZoneInfo, since: int, seconds: int, days: int) -> None:
    now = since + seconds
    session = periods.session(at(since), days=days, now=at(now), zone=zone)
    assert at(around(since, zone).session_end(since, days=days, now=now)) == session.end


@pytest.mark.parametrize(
    ("name", "night"),
    [
        ("Europe/Berlin", "2026-03-29T01:00"),  # put forward
        ("Europe/Berlin", "2026-10-25T01:00"),  # put back
        ("Africa/Cairo", "2026-04-23T22:00"),  # midnight is skipped
        ("America/St_Johns", "2006-10-29T02:31"),  # put back over midnight, at a minute past it
        ("Australia/Lord_Howe", "2026-04-04T15:00"),  # by half an hour
        ("Pacific/Apia", "2011-12-30T10:00"),  # a whole day is skipped
        ("Asia/Tehran", "2022-09-21T19:30"),  # for the last time
    ],
)
def test_every_minute_around_a_change_of_the_clock(name: str, night: str) -> None:
    zone, change = ZoneInfo(name), int(datetime.fromisoformat(night).replace(tzinfo=UTC).timestamp())
    assert at(change).astimezone(zone).utcoffset() != at(change - 1).astimezone(zone).utcoffset()
    clock = around(change, zone)
    nights = [change - DAY, change, change + DAY]
    for moment in (night + minutes * 60 for night in nights for minutes in range(-180, 181)):
        for days in (0, 1, 2, 30):
            assert at(clock.days_later(moment, days)) == periods.days_later(at(moment), days, zone)
    for since in (night + minutes * 60 for night in nights for minutes in range(-180, 181, 10)):
        for now in (change + minutes * 60 for minutes in range(-180, 181, 10)):
            session = periods.session(at(since), days=1, now=at(now), zone=zone)
            assert at(clock.session_end(since, days=1, now=now)) == session.end


def test_before_and_after_its_span_the_clock_stays_as_it_is() -> None:
    berlin, summer = ZoneInfo("Europe/Berlin"), int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())
    clock = Clock(berlin, first=summer, last=summer + DAY)
    year = timedelta(days=365)
    assert at(clock.days_later(summer, 365)) == at(summer) + year
    assert clock.shown(summer - 180 * DAY) - (summer - 180 * DAY) == 2 * 3600
