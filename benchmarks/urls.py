"""The site, and the bare view that it is compared with."""

import os
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

SAME_BYTES = {"page": b""}
"""What the bare view answers: the very bytes of the page it is compared with."""

if kept := os.environ.get("BENCH_PAGE"):
    SAME_BYTES["page"] = Path(kept).read_bytes()


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(SAME_BYTES["page"])


urlpatterns = [path("bare/", bare), path("", include("newsroom.urls"))]

handler400 = "newsroom.refusals.bad_request"
handler403 = "newsroom.refusals.forbidden"
handler404 = "newsroom.refusals.not_found"
handler500 = "newsroom.refusals.server_error"
