"""Gives each request its reader, and each answer that spent a read the reader's cookie."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from metering import outages, readers
from metering.gate import PrefetchRefused
from metering.ledger import LedgerUnavailable
from metering.readers import Reader
from metering.wall import never_cached, unindexed


class MeterMiddleware:
    """Costs nothing on requests that never ask for `request.reader`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reader = Reader(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        reader = readers.of(request)
        reader.set_cookie(response)
        if reader.gift:
            unindexed(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, PrefetchRefused):
            return never_cached(HttpResponse(status=503))
        if isinstance(exception, LedgerUnavailable):  # asked for what only the ledger knows
            outages.note(exception)
            return never_cached(render(request, "metering/unavailable.html", status=503))
        return None
