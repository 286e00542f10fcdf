"""Counts views without writing to the database at each: a process collects and writes now and then."""

import atexit
import threading
import time
from collections import Counter
from contextlib import suppress

from django.core.signals import request_finished
from django.db import DatabaseError, transaction
from django.db.models import F

from newsroom.articles.models import Article

EVERY_SECONDS = 10
"""So much can be lost when a process is killed; each process writes what it counted itself."""

_lock = threading.Lock()
_waiting: Counter[int] = Counter()
_written_at = time.monotonic()


def count(article: Article) -> None:
    """One more view of this article, in the memory of this process."""
    with _lock:
        _waiting[article.pk] += 1


def waiting(article: Article) -> int:
    """Views that this process has counted and not written yet."""
    return _waiting[article.pk]


def write() -> int:
    """Adds what was collected to the articles, one update each; answers how many views that were."""
    global _written_at
    with _lock:
        collected, _written_at = _waiting.copy(), time.monotonic()
        _waiting.clear()
    try:
        with transaction.atomic():
            for pk, views in sorted(collected.items()):  # one order: two processes never wait in a circle
                Article.objects.filter(pk=pk).update(views=F("views") + views)
    except DatabaseError:
        with _lock:
            _waiting.update(collected)  # another time
        raise
    return collected.total()


def forget() -> None:
    """Drops what was collected, unwritten, and begins to wait anew."""
    global _written_at  # noqa: PLW0603  one counter per process
    with _lock:
        _waiting.clear()
        _written_at = time.monotonic()


def write_if_due(**kwargs: object) -> None:
    """After an answer has gone out: nobody waits for it."""
    if _waiting and time.monotonic() - _written_at > EVERY_SECONDS:
        with suppress(DatabaseError):
            write()


def write_at_the_end() -> None:
    """When the process ends in order; a database that is gone by then takes its views along."""
    with suppress(Exception):
        if _waiting:
            write()


request_finished.connect(write_if_due)
atexit.register(write_at_the_end)
