"""For whoever watches the site: is the process alive, and can it do its work?"""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from metering.ledger import the_ledger


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 if database and cache answer, else 503 that names what does not.

    The ledger of reads is named as well, and is no reason for 503: without it the site goes on.
    """
    found = {name: _works(question) for name, question in {"database": _database, "cache": _cache}.items()}
    status = 200 if all(found.values()) else 503
    return JsonResponse(found | {"ledger": _works(_ledger)}, status=status)


def _works(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except Exception:  # whatever the back end raises, the answer is that it does not work
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _ledger() -> bool:
    return bool(the_ledger().look((), now=timezone.now()))


def _cache() -> bool:
    cache.set("health", 1, 5)
    return cache.get("health") == 1
