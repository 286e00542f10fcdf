"""How urgent a comment is: a moment before its own, so that the queue is a plain order by time. Pure."""

from datetime import datetime, timedelta

PER_REPORT = timedelta(hours=6)
"""What a report of full weight makes up for: a comment reported once goes before what waits 6 hours longer."""

PER_SCORE = timedelta(hours=2)
"""What the highest score makes up for: readers' reports come before guesses of ours."""


def moment(waiting_since: datetime, *, score: float | None = None, report_weight: float = 0.0) -> datetime:
    """The moment by which the queue is ordered, the earliest first."""
    return waiting_since - PER_SCORE * (score or 0.0) - PER_REPORT * report_weight
