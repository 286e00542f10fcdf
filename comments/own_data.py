"""The pages on which readers take along what the comments keep of them, and erase it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comments import authors, moderation, privacy
from comments.privacy import Belongings


@require_safe
@never_cache
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All that is kept of who asks, by account, confirmed address and browser, as a JSON file."""
    return as_file(privacy.of_request(request))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """GET: what there is, and a box to tick. POST with `sure`: erases it. 422 where the box was not ticked."""
    person = privacy.of_request(request)
    context: dict[str, Any] = {
        "belongings": privacy.belongings(person),
        "is_signed_in": person.account is not None,
    }
    if request.method != "POST":
        return render(request, "comments/erase.html", context)
    if request.POST.get("sure") != "yes":
        context["error"] = _("Please tick the box: what is erased cannot be brought back.")
        return render(request, "comments/erase.html", context, status=422)
    try:
        erased = privacy.erase(person)
    except moderation.StaleError:
        context["error"] = _("Moderators are at work on your comments just now. Please try again in a moment.")
        return render(request, "comments/erase.html", context, status=409)
    # The page itself and no way back to it: a message needs the host's messages, and erasing twice is nothing.
    answer = render(request, "comments/erase.html", {"told": told(erased)})
    if not erased.restrictions:  # a new cookie would be a way out of a ban, and an old one is all it knows
        answer.delete_cookie(authors.COOKIE)
    return answer


def as_file(person: privacy.Person, *, with_notes: bool = False) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(privacy.export(person, with_notes=with_notes), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="comments.json"'
    return answer


def told(erased: Belongings) -> str:
    """What was erased, in words."""
    comments = ngettext("%(n)s comment is erased", "%(n)s comments are erased", erased.comments)
    reports = ngettext("%(n)s report", "%(n)s reports", erased.reports)
    return _("%(comments)s, and what was said in %(reports)s.") % {
        "comments": comments % {"n": erased.comments},
        "reports": reports % {"n": erased.reports},
    }
