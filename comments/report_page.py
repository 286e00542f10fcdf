"""The page on which a reader reports a comment, without JavaScript."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comments import authors, refusals, reporting, threads
from comments.conf import conf
from comments.models import Comment
from comments.readers import reader_of
from comments.targets import Target


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with the comment above it; what it sends is reported, and its reader thanked."""
    comment, target = reporting.reportable(pk)
    if request.method == "POST":
        return _take_in(request, comment, target)
    if not target.may_read(request):
        return _page(request, comment, target, may_read=False)
    is_done = "sent" in request.GET or reporting.has_reported(comment, reader_of(request))
    return _page(request, comment, target, is_done=is_done)


def _take_in(request: HttpRequest, comment: Comment, target: Target) -> HttpResponse:
    author = authors.known_or_new(request)
    may_read = target.may_read(request)
    typed = {"reason": request.POST.get("reason", ""), "note": request.POST.get("note", "")}
    try:
        reporting.report(comment, reader=reader_of(request, author), may_read=may_read, **typed)
    except refusals.Refused as refusal:
        return _refused(request, comment, target, refusal, typed, may_read=may_read)
    # Shown by an address of its own, so that loading the page again sends nothing again.
    response = HttpResponseRedirect(f"{reverse('comments:report', args=[comment.pk])}?sent=1", status=303)
    author.remember(request, response)
    return response


def _refused(
    request: HttpRequest,
    comment: Comment,
    target: Target,
    refusal: refusals.Refused,
    typed: dict[str, str],
    *,
    may_read: bool,
) -> HttpResponse:
    """The form again with what was typed and what is wrong with it."""
    typed["note"] = typed["note"].replace("\x00", "")
    response = _page(request, comment, target, refusal=refusal, may_read=may_read, **typed)
    if isinstance(refusal, refusals.TooManyError):
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _page(
    request: HttpRequest,
    comment: Comment,
    target: Target,
    *,
    refusal: refusals.Refused | None = None,
    may_read: bool = True,
    **shown: Any,
) -> HttpResponse:
    context = {
        "comment": comment if may_read else None,
        "may_read": may_read,
        "back": threads.address_of(comment, target) if may_read else target.reading_url,
        "reasons": conf().reasons.items(),
        "longest_note": reporting.LONGEST_NOTE,
        "errors": refusal.errors if refusal else {},
        **shown,
    }
    status = refusal.status if refusal else (200 if may_read else refusals.Forbidden.status)
    response = render(request, "comments/report.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
