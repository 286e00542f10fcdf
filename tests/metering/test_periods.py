"""When each kind of period starts and ends, on the days of the calendar that break meters."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metering import periods
from metering.periods import Period

BERLIN, TEHRAN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tehran"), ZoneInfo("America/New_York")
FIRST = datetime(2026, 1, 31, 12, tzinfo=UTC)
MONDAY, SATURDAY, SUNDAY = 0, 5, 6

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
# From 2012 on no clock has been put back over midnight; the nights before are tested by name below.
instants = st.datetimes(min_value=datetime(2012, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
kinds = st.sampled_from(periods.KINDS)


def at(text: str, zone: tzinfo = BERLIN, *, fold: int = 0) -> datetime:
    """What the clock of a zone shows, as a moment; `fold=1` is the second time that it shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def span(start: str, end: str, zone: tzinfo = BERLIN) -> Period:
    return Period(at(start, zone), at(end, zone))


def every_kind(now: datetime, zone: tzinfo = BERLIN) -> dict[str, Period]:
    """The calendar's periods at a moment, weeks from Monday on."""
    return {
        "day": periods.day(now=now, zone=zone),
        "week": periods.week(first_weekday=MONDAY, now=now, zone=zone),
        "month": periods.month(now=now, zone=zone),
    }


# --- the days by name


@pytest.mark.parametrize("day", [29, 30, 31])
def test_the_last_days_of_january_are_january_and_the_next_morning_is_not(day: int) -> None:
    january = span("2026-01-01", "2026-02-01")
    assert periods.month(now=at(f"2026-01-{day}T23:59:59.999999"), zone=BERLIN) == january
    assert periods.day(now=at(f"2026-01-{day}T00:00"), zone=BERLIN).start == at(f"2026-01-{day}")


def test_the_month_starts_anew_on_the_first_of_february() -> None:
    assert periods.month(now=at("2026-02-01"), zone=BERLIN) == span("2026-02-01", "2026-03-01")


@pytest.mark.parametrize("day", [29, 30, 31])
def test_thirty_days_from_the_end_of_january_end_in_march_at_the_same_hour(day: int) -> None:
    first = at(f"2026-01-{day}T17:45")
    end = at((date(2026, 1, day) + timedelta(days=30)).isoformat() + "T17:45")
    assert periods.session(first, days=30, now=first, zone=BERLIN) == Period(first, end)
    assert periods.rolling(days=30, now=first, zone=BERLIN).counts_until(first) == end


def test_the_31st_of_march() -> None:
    assert every_kind(at("2026-03-31T12:00")) == {
        "day": span("2026-03-31", "2026-04-01"),
        "week": span("2026-03-30", "2026-04-06"),
        "month": span("2026-03-01", "2026-04-01"),
    }


def test_the_31st_of_december() -> None:
    assert every_kind(at("2026-12-31T23:59:59.999999")) == {
        "day": span("2026-12-31", "2027-01-01"),
        "week": span("2026-12-28", "2027-01-04"),
        "month": span("2026-12-01", "2027-01-01"),
    }
    assert periods.session(at("2026-12-31T20:00"), days=1, now=at("2027-01-01T19:59"), zone=BERLIN) == span(
        "2026-12-31T20:00", "2027-01-01T20:00"
    )


def test_leap_day() -> None:
    assert every_kind(at("2028-02-29T12:00")) == {
        "day": span("2028-02-29", "2028-03-01"),
        "week": span("2028-02-28", "2028-03-06"),
        "month": span("2028-02-01", "2028-03-01"),
    }
    assert periods.session(at("2028-02-29T12:00"), days=366, now=at("2028-03-01"), zone=BERLIN) == span(
        "2028-02-29T12:00", "2029-03-01T12:00"
    )
    assert periods.rolling(days=1, now=at("2028-02-28T12:00"), zone=BERLIN).end == at("2028-02-29T12:00")


@pytest.mark.parametrize("night", ["2026-03-29T01:59:59", "2026-03-29T03:00", "2026-03-29T23:59"])
def test_the_night_when_the_clock_is_put_forward(night: str) -> None:
    found = every_kind(at(night))
    assert found == {
        "day": span("2026-03-29", "2026-03-30"),
        "week": span("2026-03-23", "2026-03-30"),
        "month": span("2026-03-01", "2026-04-01"),
    }
    assert found["day"].end - found["day"].start == timedelta(hours=23)


@pytest.mark.parametrize(
    ("night", "fold"), [("2026-10-25T02:30", 0), ("2026-10-25T02:30", 1), ("2026-10-25T23:59", 0)]
)
def test_the_night_when_the_clock_is_put_back(night: str, fold: int) -> None:
    found = every_kind(at(night, fold=fold))
    assert found == {
        "day": span("2026-10-25", "2026-10-26"),
        "week": span("2026-10-19", "2026-10-26"),
        "month": span("2026-10-01", "2026-11-01"),
    }
    assert found["day"].end - found["day"].start == timedelta(hours=25)


@pytest.mark.parametrize("kind", ["session", "rolling"])
def test_over_a_clock_change_days_are_counted_by_the_clock(kind: str) -> None:
    def end(first: datetime, days: int) -> datetime:
        period = periods.running(kind, days=days, first_weekday=0, since=first, now=first, zone=BERLIN)
        return period.counts_until(first)

    assert end(at("2026-03-28T12:00"), 1) == at("2026-03-29T12:00")
    assert end(at("2026-10-24T12:00"), 30) == at("2026-11-23T12:00")
    # 02:30 does not exist on the one night, and comes twice on the other.
    assert end(at("2026-03-28T02:30"), 1) == at("2026-03-29T03:30")
    assert end(at("2026-10-24T02:30"), 1) == at("2026-10-25T02:30", fold=0)


def test_a_session_that_began_in_the_hour_that_comes_twice_contains_its_first_read() -> None:
    for fold in (0, 1):
        first = at("2026-10-25T02:30", fold=fold)
        assert periods.session(first, days=1, now=first, zone=BERLIN) == Period(first, at("2026-10-26T02:30"))


def test_where_midnight_is_skipped_the_day_starts_the_moment_after() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    assert periods.day(now=at("2026-04-24T12:00", cairo), zone=cairo) == span(
        "2026-04-24T01:00", "2026-04-25T00:00", cairo
    )


def test_where_the_clock_was_put_back_over_midnight_no_day_came_twice() -> None:
    newfoundland = ZoneInfo("America/St_Johns")  # at 00:01 on 29 October 2006 it was 23:01 on the 28th again
    midnight = at("2006-10-29T00:00", newfoundland)
    before = periods.day(now=midnight - timedelta(seconds=1), zone=newfoundland)
    after = [periods.day(now=midnight + timedelta(minutes=n), zone=newfoundland) for n in (0, 1, 30, 61)]
    assert before.end == midnight
    assert after == [Period(midnight, at("2006-10-30", newfoundland))] * 4


def test_where_a_whole_day_was_skipped_the_next_one_came() -> None:
    apia = ZoneInfo("Pacific/Apia")  # it had no 30 December 2011
    eve = periods.day(now=at("2011-12-29T12:00", apia), zone=apia)
    assert periods.day(now=eve.end, zone=apia) == span("2011-12-31", "2012-01-01", apia)


def test_the_owner_names_the_first_day_of_the_week() -> None:
    now = at("2026-11-22T12:00")  # a Sunday
    starts = {first: periods.week(first_weekday=first, now=now, zone=BERLIN).start for first in range(7)}
    assert starts == {
        MONDAY: at("2026-11-16"),
        1: at("2026-11-17"),
        2: at("2026-11-18"),
        3: at("2026-11-19"),
        4: at("2026-11-20"),
        SATURDAY: at("2026-11-21"),
        SUNDAY: at("2026-11-22"),
    }


def test_the_day_is_the_sites_not_londons() -> None:
    now = datetime(2026, 2, 28, 22, tzinfo=UTC)
    assert periods.month(now=now, zone=TEHRAN) == span("2026-03-01", "2026-04-01", TEHRAN)
    assert periods.month(now=now, zone=NEW_YORK) == span("2026-02-01", "2026-03-01", NEW_YORK)


# --- sessions


def test_a_session_runs_thirty_days_from_the_first_read() -> None:
    session = periods.session(FIRST, days=30, now=FIRST + timedelta(days=29, hours=23), zone=UTC)
    assert session == Period(FIRST, FIRST + timedelta(days=30))


def test_the_end_belongs_to_the_next_session() -> None:
    end = FIRST + timedelta(days=30)
    assert end not in periods.session(FIRST, days=30, now=FIRST, zone=UTC)
    assert periods.session(FIRST, days=30, now=end, zone=UTC) == Period(end, end + timedelta(days=30))


def test_what_was_opened_in_the_last_minute_stays_open_for_a_day() -> None:
    session = periods.session(FIRST, days=30, now=FIRST, zone=UTC)
    opened = session.end - timedelta(minutes=1)
    assert session.open_until(opened) == opened + timedelta(hours=24)
    assert session.open_until(FIRST) == session.end


# --- rolling


def test_each_read_of_a_rolling_period_ages_out_on_its_own() -> None:
    reads = [FIRST + timedelta(days=days) for days in (0, 1, 6)]

    def counted(now: datetime) -> list[bool]:
        return [read in periods.rolling(days=7, now=now, zone=UTC) for read in reads]

    moment = timedelta(microseconds=1)
    assert counted(FIRST + timedelta(days=7) - moment) == [True, True, True]
    assert counted(FIRST + timedelta(days=7)) == [False, True, True]
    assert counted(FIRST + timedelta(days=8)) == [False, False, True]
    assert counted(FIRST + timedelta(days=13)) == [False, False, False]


def test_a_rolling_period_has_room_when_its_oldest_read_ages_out() -> None:
    reads = [FIRST + timedelta(days=days) for days in (3, 0, 6)]
    rolling = periods.rolling(days=7, now=FIRST + timedelta(days=6, hours=1), zone=UTC)

    def resets(limit: int | None, of: list[datetime] = reads) -> datetime:
        return rolling.resets_at(of, limit=limit)

    assert (resets(5), resets(3), resets(None)) == (FIRST + timedelta(days=7),) * 3
    assert resets(1) == FIRST + timedelta(days=13)  # lowered to one: all three have to go
    assert resets(0) == FIRST + timedelta(days=13)
    assert resets(3, []) == rolling.end == FIRST + timedelta(days=13, hours=1)


def test_a_read_by_a_clock_that_is_ahead_counts() -> None:
    assert FIRST + timedelta(seconds=1) in periods.rolling(days=7, now=FIRST, zone=UTC)


# --- all of them, in all time zones


@given(kind=kinds, zone=zones, since=instants, now=instants, days=st.integers(1, 366), first=st.integers(0, 6))
def test_now_is_in_the_running_period_and_an_opened_piece_is_open_for_a_day(
    kind: str, zone: ZoneInfo, since: datetime, now: datetime, days: int, first: int
) -> None:
    period = periods.running(kind, days=days, first_weekday=first, since=since, now=now, zone=zone)
    assert now in period
    assert now < period.counts_until(now)
    assert period.open_until(now) >= now + timedelta(hours=24)
    assert period.open_until(now) >= period.counts_until(now)


@given(kind=kinds.filter(lambda kind: kind != "rolling"), zone=zones, since=instants, now=instants,
       days=st.integers(1, 366), first=st.integers(0, 6), thousandths=st.integers(0, 999))  # fmt: skip
def test_every_moment_is_in_exactly_one_period(
    kind: str, zone: ZoneInfo, since: datetime, now: datetime, days: int, first: int, thousandths: int
) -> None:
    def at_moment(moment: datetime) -> Period:
        return periods.running(kind, days=days, first_weekday=first, since=since, now=moment, zone=zone)

    period = at_moment(now)
    assert at_moment(period.start + (period.end - period.start) * thousandths / 1000) == period
    assert at_moment(period.end).start == period.end
    assert at_moment(period.start - timedelta(microseconds=1)).end == period.start


@given(zone=zones, now=instants, first=st.integers(0, 6))
def test_the_calendars_periods_are_plain_dates_in_every_zone(zone: ZoneInfo, now: datetime, first: int) -> None:
    today = now.astimezone(zone).date()
    monday_or_so = today
    while monday_or_so.weekday() != first:
        monday_or_so -= timedelta(days=1)
    following = today
    while following.month == today.month:
        following += timedelta(days=1)
    assert dates_of(periods.day(now=now, zone=zone), zone) == (today, today + timedelta(days=1))
    assert dates_of(periods.week(first_weekday=first, now=now, zone=zone), zone) == (
        monday_or_so,
        monday_or_so + timedelta(days=7),
    )
    assert dates_of(periods.month(now=now, zone=zone), zone) == (today.replace(day=1), following)


def dates_of(period: Period, zone: ZoneInfo) -> tuple[date, date]:
    """The dates that begin with a period and with the next one, each checked to begin just then."""
    for bound in (period.start, period.end):
        assert (bound - timedelta(microseconds=1)).astimezone(zone).date() < bound.astimezone(zone).date()
    return period.start.astimezone(zone).date(), period.end.astimezone(zone).date()


@given(zone=zones, moment=instants, days=st.integers(1, 366))
def test_so_many_days_later_the_clock_shows_the_same(zone: ZoneInfo, moment: datetime, days: int) -> None:
    local = moment.astimezone(zone)
    shown = datetime.combine(local.date() + timedelta(days=days), local.time())
    later = periods.days_later(moment, days, zone)
    assert (later.astimezone(zone).replace(tzinfo=None) == shown) is exists(shown, zone)
    assert abs(later - moment - timedelta(days=days)) < timedelta(hours=26)


def exists(shown: datetime, zone: ZoneInfo) -> bool:
    """False for the hour that the clock of a zone skips."""
    return shown.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == shown


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'lunar' is none of session, day, week, month, rolling"):
        periods.running("lunar", days=1, first_weekday=0, since=FIRST, now=FIRST, zone=UTC)
