"""Readers' log-in, and their own page: who one is here, and whether a subscription runs."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache


class LogIn(LoginView):
    """Django's log-in; only that it calls the host's name `site_name`, which here is the newspaper's."""

    template_name = "accounts/login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"site_name": settings.SITE_NAME}


@never_cache
@login_required
def own_page(request: HttpRequest) -> HttpResponse:
    reader: Any = request.user  # a person: strangers were sent to log in
    running = reader.subscriptions.current().order_by("-ends_at").first()
    return render(request, "accounts/own_page.html", {"subscription": running})
