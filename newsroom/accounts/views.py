"""A reader's own page: who one is here, and whether a subscription runs."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache


@never_cache
@login_required
def own_page(request: HttpRequest) -> HttpResponse:
    reader: Any = request.user  # a person: strangers were sent to log in
    running = reader.subscriptions.current().order_by("-ends_at").first()
    return render(request, "accounts/own_page.html", {"subscription": running})
