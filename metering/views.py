"""The reader's own account of the meter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metering import gate, wall


@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    """What is open, how many are left, and when the count starts anew; looking spends nothing."""
    access = gate.count(request)
    context = {"access": access, "opened": gate.opened(request) if access.used else []}
    return wall.never_cached(render(request, "metering/account.html", context))
