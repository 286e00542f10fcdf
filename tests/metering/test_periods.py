"""Sessions of N days, counted from the first read."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from metering import periods
from metering.periods import Period

FIRST = datetime(2026, 1, 31, 12, tzinfo=UTC)
instants = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


def test_a_session_runs_thirty_days_from_the_first_read() -> None:
    session = periods.session(FIRST, days=30, now=FIRST + timedelta(days=29, hours=23))
    assert session == Period(FIRST, FIRST + timedelta(days=30))


def test_the_end_belongs_to_the_next_session() -> None:
    end = FIRST + timedelta(days=30)
    assert end not in periods.session(FIRST, days=30, now=FIRST)
    assert periods.session(FIRST, days=30, now=end) == Period(end, end + timedelta(days=30))


def test_what_was_opened_in_the_last_minute_stays_open_for_a_day() -> None:
    session = periods.session(FIRST, days=30, now=FIRST)
    opened = session.end - timedelta(minutes=1)
    assert session.open_until(opened) == opened + timedelta(hours=24)
    assert session.open_until(FIRST) == session.end


@given(since=instants, now=instants, days=st.integers(1, 366))
def test_every_moment_is_in_exactly_one_session(since: datetime, now: datetime, days: int) -> None:
    session = periods.session(since, days=days, now=now)
    assert now in session
    assert session.end - session.start == timedelta(days=days)
    assert periods.session(since, days=days, now=session.end).start == session.end
