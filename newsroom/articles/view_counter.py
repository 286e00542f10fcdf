"""Counts views without writing to the database at each: a process collects and writes now and then."""

import threading
import time
from collections import Counter

from django.core.signals import request_finished
from django.db import transaction
from django.db.models import F

from newsroom.articles.models import Article

EVERY_SECONDS = 10
"""So much can be lost when a process is killed; an orderly end writes what it has."""

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
    with transaction.atomic():
        for pk, views in sorted(collected.items()):  # in one order, so that two processes never wait in a circle
            Article.objects.filter(pk=pk).update(views=F("views") + views)
    return collected.total()


def forget() -> None:
    """Drops what was collected, unwritten."""
    with _lock:
        _waiting.clear()


def write_if_due(**kwargs: object) -> None:
    """After an answer has gone out: nobody waits for it."""
    if _waiting and time.monotonic() - _written_at > EVERY_SECONDS:
        write()


request_finished.connect(write_if_due)
