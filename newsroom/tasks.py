"""What beat does over and over, and `manage.py run_due` once."""

from collections.abc import Callable

from celery import shared_task

from comments import tasks as of_comments
from metering.tasks import (
    count_days,
    forget_ended_gifts,
    forget_old_crawler_claims,
    forget_old_days,
    forget_old_outages,
    forget_old_reads,
    forget_old_walls,
    write_reads_down,
)
from newsroom.articles import view_counter

DUE: dict[str, Callable[[], int]] = {
    **of_comments.DUE,
    "reads written down": write_reads_down,  # before the days are counted that they belong to
    "days of the meter counted": count_days,  # before the rows go that it counts
    "old reads forgotten": forget_old_reads,
    "old walls forgotten": forget_old_walls,
    "ended gift links forgotten": forget_ended_gifts,
    "old days of crawlers forgotten": forget_old_crawler_claims,
    "old days of the meter forgotten": forget_old_days,
    "old outages forgotten": forget_old_outages,
    "views written": view_counter.write,
}


@shared_task
def run_due() -> dict[str, int]:
    """Does everything that is due now; answers how much of each there was."""
    return {name: work() for name, work in DUE.items()}
