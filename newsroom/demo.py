"""Short cuts for trying the site out; these addresses exist only while DEBUG is on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from metering import gate, readers
from metering.conf import conf
from metering.models import SITE_METER, Meter
from newsroom.articles.models import Article

app_name = "demo"


@require_safe
def nearly_walled(request: HttpRequest) -> HttpResponse:
    """Makes this browser a reader with one free article left, by really opening the others."""
    request.COOKIES.pop(conf().cookie_name, None)
    limit = Meter.objects.filter(pk=SITE_METER).values_list("limit", flat=True).first() or 5
    metered = Article.objects.published().filter(policy=Article.Policy.METERED).newest()
    for article in metered[: max(limit - 1, 0)]:
        gate.admit(request, article)
        # The next one is opened by the same reader, as with a second request of the same browser.
        request.COOKIES[conf().cookie_name] = readers.of(request).pass_.signed()
        readers.of(request).known = readers.of(request).pass_
    return redirect("front-page")


urlpatterns = [path("nearly-walled/", nearly_walled, name="nearly-walled")]
