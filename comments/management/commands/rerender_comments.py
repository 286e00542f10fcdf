"""`manage.py rerender_comments`: renders stored comments again after the sanitiser changed."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.db import reset_queries, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from comments import sanitize
from comments.models import Comment, Thread

AT_ONCE = 500
"""Comments in memory, and in a transaction, at a time."""


class Command(BaseCommand):
    help = (
        "Renders what readers typed again, where the present sanitiser has not rendered it yet. What is"
        " published stays published; safe to interrupt, to run again, and to run beside the site."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="also what the present one has rendered")

    def handle(self, *args: Any, all: bool, **options: Any) -> None:
        comments = Comment.objects.all() if all else Comment.objects.exclude(sanitizer=sanitize.VERSION)
        rendered = changed = 0
        with tqdm(total=comments.count(), unit=" comments", disable=not sys.stderr.isatty()) as progress:
            for batch in _batches(comments):
                changed += _render_again(batch)
                rendered += len(batch)
                progress.update(len(batch))
                reset_queries()  # with DEBUG Django would keep them all
        self.stdout.write(
            ngettext("%(n)s comment rendered again,", "%(n)s comments rendered again,", rendered) % {"n": rendered}
            + " "
            + ngettext("%(n)s reads differently now.", "%(n)s read differently now.", changed) % {"n": changed}
            if rendered
            else _("Every comment has been rendered by the present sanitiser.")
        )


def _batches(comments: QuerySet[Comment]) -> Iterator[list[Comment]]:
    """By key and not by offset: rows that have been done drop out of the question meanwhile."""
    ordered = comments.only("thread", "source", "is_html", "html", "doubts", "sanitizer").order_by("pk")
    last = 0
    while batch := list(ordered.filter(pk__gt=last)[:AT_ONCE]):
        last = batch[-1].pk
        yield batch


def _render_again(batch: list[Comment]) -> int:
    """Writes what came out differently; answers how many comments that were."""
    threads: set[int] = set()
    same: list[int] = []
    changed = 0
    with transaction.atomic():
        for comment in batch:
            rendered = sanitize.render(comment.source, html=comment.is_html)
            html, doubts = str(rendered.html), list(rendered.doubts)
            if (html, doubts) == (comment.html, comment.doubts):
                same.append(comment.pk)
                continue
            # Whoever edits the comment meanwhile has rendered the new text already, and is not overwritten.
            as_read = Comment.objects.filter(pk=comment.pk, source=comment.source, html=comment.html)
            written = as_read.update(html=html, doubts=doubts, sanitizer=sanitize.VERSION)
            if written and html != comment.html:
                changed += 1
                threads.add(comment.thread_id)
        Comment.objects.filter(pk__in=same).update(sanitizer=sanitize.VERSION)
        # In one order for everybody, so that two who change the same threads never wait in a circle.
        for thread in sorted(threads):
            Thread.objects.filter(pk=thread).update(version=F("version") + 1)
    return changed
