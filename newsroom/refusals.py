"""What the site refuses, said in the visitor's words: a page for people, a problem document for programs."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from newsroom.surfaces import problems

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024
"""In bytes. A comment of 64 KiB fits even where each of its bytes is escaped as three."""

UNLIMITED = ("/admin/",)
"""Where editors upload images; Django's own limits hold there."""


class RefusalsMiddleware:
    """Turns away, before anything reads them, requests that nothing here could answer well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return refusal(request, 400)
        if not _is_text(request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"):
            return refusal(request, 400)
        if _length(request) > LARGEST_BODY and not request.path_info.startswith(UNLIMITED):
            return refusal(request, 413)
        response = self.get_response(request)
        if response.status_code == 404 and settings.DEBUG and "text/html" in response.get("Content-Type", ""):
            # Django's own page helps nobody who tries the site out; the log names the address.
            return refusal(request, 404)
        if response.status_code == 405 and not response.content:
            return refusal(request, 405, headers={"Allow": response["Allow"]})
        return response


def refusal(request: HttpRequest, status: int, *, headers: dict[str, str] | None = None) -> HttpResponse:
    """The answer to a request that went wrong, with its status."""
    if request.path_info.startswith("/api/"):
        response: HttpResponse = problems.response(status, WORDS[status]["detail"]())
    else:
        response = render(request, "refusal.html", {"status": status, **_said(status)}, status=status)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """What is limited says so by itself; this is only its page."""
    return refusal(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """What failed may fail here as well (a template, a static file's name): then the bare words must do."""
    try:
        return refusal(request, 500)
    except Exception:
        log.exception("The page of an error could not be made.")
        return HttpResponse("<!doctype html><h1>{title}</h1><p>{detail}</p>".format(**_said(500)), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: most often an old tab, so what was typed is given back to copy."""
    if request.path_info.startswith("/api/"):
        return refusal(request, 403)
    came_from = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    context = {"typed": request.POST.get("text", ""), "path": came_from if ours else ""}
    return render(request, "csrf_failure.html", context, status=403)


class SlashMiddleware(CommonMiddleware):
    """Adds a forgotten slash to an address that is looked at; what is sent to one is simply not found."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in ("GET", "HEAD") and super().should_redirect_with_slash(request)


def _is_text(charset: str) -> bool:
    """Can text be encoded so? Python also has codecs from bytes to bytes."""
    try:
        return "".encode(charset) == b"" or charset.lower().startswith("utf")
    except (LookupError, TypeError, ValueError):
        return False


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0


def _said(status: int) -> dict[str, str]:
    return {part: words() for part, words in WORDS[status].items()}


# Functions, so that each visitor reads them in the language of the request.
WORDS: dict[int, dict[str, Callable[[], str]]] = {
    400: {
        "title": lambda: _("This address or form cannot be read"),
        "detail": lambda: _("Something in it is not text. Please go back and try again."),
    },
    403: {
        "title": lambda: _("You may not open this"),
        "detail": lambda: _("It may help to log in, or to log in as somebody else."),
    },
    404: {
        "title": lambda: _("This page is not here"),
        "detail": lambda: _("It may have moved, or the address has a typing error. The search may find it."),
    },
    405: {
        "title": lambda: _("This does not work here"),
        "detail": lambda: _("The address exists, but not for this kind of request."),
    },
    413: {
        "title": lambda: _("This is too large"),
        "detail": lambda: _("What you sent is larger than any comment. Please go back and shorten it."),
    },
    429: {
        "title": lambda: _("This was too often"),
        "detail": lambda: _("Please wait a few minutes and try again."),
    },
    500: {
        "title": lambda: _("Something went wrong on our side"),
        "detail": lambda: _("We have been told of it. Please try again in a few minutes."),
    },
}
