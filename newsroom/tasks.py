"""What beat does over and over, and `manage.py run_due` once."""

from collections.abc import Callable

from celery import shared_task

from comments.tasks import (
    alarm,
    fold_tallies,
    forget_addresses,
    forget_rejected,
    recount_tallies,
    send_letters,
    settle,
    sweep,
)
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
    "comments screened": sweep,
    "decisions settled": settle,
    "moderators alarmed": alarm,
    "letters sent": send_letters,  # after those that are written by the two before
    "network addresses forgotten": forget_addresses,
    "rejected comments emptied": forget_rejected,
    "lines of the desk's numbers folded": fold_tallies,
    "numbers of the desk put right": recount_tallies,
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
