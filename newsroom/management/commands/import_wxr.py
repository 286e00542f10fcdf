"""`manage.py import_wxr FILE`: a WordPress export moves in."""

import sys
from argparse import ArgumentParser
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from newsroom.moving_in import wxr
from newsroom.moving_in.arriving import Arrival
from newsroom.moving_in.wxr import UnreadableError


class Command(BaseCommand):
    help = (
        "Brings in the articles, sections, tags, authors and comments of a WordPress export (WXR). Run again,"
        " it adds what is new and leaves what is here as it is. No accounts are made, nothing is fetched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="do everything, say what it would come to, and keep none of it"
        )
        parser.add_argument(
            "--update",
            action="store_true",
            help="let what an earlier import brought follow the file again: articles with all that was changed"
            " in them here, and comments that nobody has decided about here",
        )

    def handle(self, *args: Any, file: Path, dry_run: bool, update: bool, **options: Any) -> None:
        arrival = Arrival(update=update, rehearsal=dry_run, tell=self._tell)
        failure = ""
        with _without_query_log(), _opened(file) as source:
            try:
                arrival.bring_in(wxr.read(source, arrival.account.mended))
            except UnreadableError as error:
                failure = str(error)
            except DatabaseError as error:
                failure = _("The database cannot go on (%(why)s).") % {"why": error}
            except KeyboardInterrupt:
                failure = _("Interrupted.")
        if failure and not arrival.account.items:
            raise CommandError(_("%(failure)s Nothing came in.") % {"failure": failure})
        if dry_run:
            self.stdout.write(_("This was a dry run: nothing is kept of what follows."))
        for line in arrival.account.lines():
            self.stdout.write(line)
        if failure:
            raise CommandError(_("%(failure)s %(in)s") % {"failure": failure, "in": _in_until_then(arrival)})
        if failed := arrival.account.failed:
            raise CommandError(
                ngettext("%(n)s article is not in.", "%(n)s articles are not in.", failed) % {"n": failed}
            )

    def _tell(self, sentence: str) -> None:
        with tqdm.external_write_mode(file=sys.stdout):
            self.stdout.write(sentence)


def _in_until_then(arrival: Arrival) -> str:
    count = arrival.account.articles
    if arrival.rehearsal or not count:
        return _("No article came in.")
    return ngettext(
        "The %(n)s article before that place is in, with its comments; nothing after it is.",
        "The %(n)s articles before that place are in, with their comments; nothing after them is.",
        count,
    ) % {"n": count}


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """The file, with a bar that shows how much of it is read, on a terminal."""
    try:
        size = file.stat().st_size
        source = file.open("rb")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    with (
        source,
        tqdm.wrapattr(source, "read", total=size, disable=not sys.stderr.isatty(), desc=file.name) as watched,
    ):
        yield watched


@contextmanager
def _without_query_log() -> Iterator[None]:
    """With DEBUG Django keeps the last 9000 queries with all their rows: gigabytes, in an import."""
    log, connection.queries_log = connection.queries_log, deque(maxlen=0)
    try:
        yield
    finally:
        connection.queries_log = log
