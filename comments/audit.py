"""The log of all decisions as a file for a spreadsheet: lines of CSV, made while they are sent."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone

from comments.models import Decision
from comments.states import Action

COLUMNS = (
    *("id", "made_at", "comment", "thread", "received_at", "kind", "by", "rule"),
    *("action", "before", "after", "reason", "has_note", "undone"),
)

AT_ONCE = 2000
"""Lines that are in memory at a time."""

PERSON, MACHINE, REMOVAL = "person", "machine", "removal"

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the last four are the wide ones
"""What a spreadsheet takes for the beginning of a formula."""


def as_csv(decisions: QuerySet[Decision]) -> Iterator[str]:
    """The header and a line for each decision, in parts of up to 2000 lines. One query, whatever their number.

    Without the texts of comments, and without the names and addresses of those who wrote them: neither is
    read. A note may quote both, so that the file only says whether there is one. Times are ISO 8601 in the
    site's time zone.
    """
    name = f"by__{get_user_model().USERNAME_FIELD}"
    found = decisions.order_by("made_at", "pk").values_list(
        *("pk", "made_at", "comment", "comment__thread", "comment__submitted_at"),
        *(name, "rule", "action", "before", "after", "reason", "note", "is_undone"),
    )
    yield written([COLUMNS])
    rows = found.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        yield written(_line(*row) for row in some)


def written(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV, in which no text is a formula: an apostrophe before it says so to a spreadsheet."""
    text = StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _line(
    pk: int,
    made_at: datetime,
    comment: int,
    thread: int,
    received_at: datetime,
    by: str | None,
    rule: str,
    action: str,
    before: str,
    after: str,
    reason: str,
    note: str,
    is_undone: bool,
) -> tuple[Any, ...]:
    kind = REMOVAL if action == Action.REMOVE else MACHINE if rule else PERSON
    return (
        *(pk, _iso(made_at), comment, thread, _iso(received_at)),
        # A reader who removes what is theirs is not named.
        *(kind, (by or "") if kind == PERSON else "", rule),
        *(action, before, after, reason, int(bool(note)), int(is_undone)),
    )


def _iso(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
