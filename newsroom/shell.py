"""The page of an article that is the same bytes for every reader, so that a shared cache may keep it.

What belongs to one reader comes from the article's second address, `…/rest/`: the text behind the
teaser or the wall, the count, the thread with its form, the name in the masthead. A form leads there;
with JavaScript `static/site/rest.js` asks for it and puts its parts into their places.
"""

import hashlib
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.html import format_html
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from comments import presenting
from metering import shells, wall
from newsroom import pressing
from newsroom.articles import masthead
from newsroom.articles.models import Article
from newsroom.surfaces import structured_data

LONGEST_GIFT = 200


def page(request: HttpRequest, article: Article) -> HttpResponseBase:
    """The shell of a published article: of the request only scheme, host and `?gift=` are looked at.

    Two queries beside that of the article; `304` for a copy that is still right.
    """
    shell = shells.of(article)
    seen = presenting.look(request, article, may_read=False)
    access = shell.access
    content = (article.pk, article.changed_at, access.policy, access.reason, shell.is_whole, seen.edition)
    origin = (request.scheme, request.get_host(), get_language())

    def printed(marks: Mapping[str, SafeString]) -> str:
        shown = shell.obj
        masthead.place(shown)
        context = {
            "article": shown,
            "access": access if shell.is_whole else None,
            "body": shell.body,
            "comment_count": seen.count,
            "structured_data": structured_data.of(shown, request),
            "passed_on": marks["passed_on"],
        }
        return render_to_string("articles/shell.html", context, request)

    # What an address brings along is stamped in: strangers must not fill the cache with gifts that they make up.
    html = pressing.copy(("shell", *content, *origin), {"passed_on": _passed_on(request)}, printed)
    response = wall.shared(HttpResponse(html))
    response["ETag"] = quote_etag(hashlib.sha256(html.encode()).hexdigest()[:32])
    if request.GET.get("gift"):
        wall.unindexed(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def _passed_on(request: HttpRequest) -> SafeString:
    """The field by which the form takes a gift along to the rest."""
    gift = request.GET.get("gift", "")[:LONGEST_GIFT]
    return format_html('<input type="hidden" name="gift" value="{}">', gift) if gift else SafeString("")
