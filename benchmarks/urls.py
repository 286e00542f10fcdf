"""The site, and the bare views that it is compared with."""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone

from metering import gate
from metering.policy import Access, Outcome, Policy, Reason
from newsroom import reading
from newsroom.subscriptions.entitlement import is_subscriber

SAME_BYTES = {"page": b""}
"""What the bare views answer: the very bytes of the page they are compared with."""

IN_THE_GATE: list[float] = []
"""CPU seconds of each passage through the gate behind a bare view."""

if kept := os.environ.get("BENCH_PAGE"):
    SAME_BYTES["page"] = Path(kept).read_bytes()

if os.environ.get("BENCH_METER") == "off":
    # The page as a re-read shows it, to the byte; the settings leave the meter's middleware out as well.
    reader_of_one = Access(
        outcome=Outcome.OPEN,
        reason=Reason.ALREADY_OPEN,
        policy=Policy(),
        used=1,
        limit=5,
        resets_at=timezone.now() + timedelta(days=30),
    )
    gate.admit = lambda request, obj: reader_of_one


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SAME_BYTES["page"])


def asked(request: HttpRequest, code: int) -> HttpResponse:
    """What a page does before its gate: it has its article, its user, and knows whether that one subscribes."""
    reading.article_for(request, code)
    is_subscriber(request.user)
    return HttpResponse(SAME_BYTES["page"])


def asked_and_gated(request: HttpRequest, code: int) -> HttpResponse:
    article = reading.article_for(request, code)
    is_subscriber(request.user)
    start = time.process_time()
    gate.admit(request, article)
    IN_THE_GATE.append(time.process_time() - start)
    return HttpResponse(SAME_BYTES["page"])


urlpatterns = [
    path("bare/", bare),
    path("asked/<int:code>/", asked),
    path("asked-and-gated/<int:code>/", asked_and_gated),
    path("", include("newsroom.urls")),
]

handler400 = "newsroom.refusals.bad_request"
handler403 = "newsroom.refusals.forbidden"
handler404 = "newsroom.refusals.not_found"
handler500 = "newsroom.refusals.server_error"
