"""The reader's own account of the meter, and the gift links that a subscriber makes."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metering import gate, gifts, pieces, privacy, readers, wall
from metering.models import Gift

MOST_SHOWN = 50


@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    """What is open, how many are left, and when the count starts anew; looking spends nothing."""
    access = gate.count(request)
    reader = readers.of(request)
    context = {
        "access": access,
        "opened": gate.opened(request) if reader.is_known else [],
        "others": gate.counts_of_others(request),
        "is_known": reader.is_known,
        "is_signed_in": reader.is_signed_in,
    }
    return wall.never_cached(render(request, "metering/account.html", context))


@require_safe
def own_data(request: HttpRequest) -> HttpResponse:
    """All that the meter keeps of this reader, as a JSON file to take along."""
    answer = JsonResponse(privacy.held(request), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="meter.json"'
    return wall.never_cached(answer)


@require_POST
def erase_own_data(request: HttpRequest) -> HttpResponse:
    """Erases it, and shows what is left."""
    privacy.erase(request)
    return redirect("meter")


@require_http_methods(["GET", "HEAD", "POST"])
def own_gifts(request: HttpRequest) -> HttpResponse:
    """GET: the giver's links. POST: makes one for `piece`, such as `articles.article:7`, and shows it.

    Asked twice for the same piece, it shows the same link. 201 for a new one; 403 for whoever may not
    give, 404 for what is not there, 400 for what everybody can read, 429 when the month's are made.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if not gifts.may_give(readers.of(request)):
        return _gifts_page(request, 403, refused=_("Gift links are for subscribers to make."))
    return _make(request) if request.method == "POST" else _gifts_page(request, 200)


def _make(request: HttpRequest) -> HttpResponse:
    key = request.POST.get("piece", "")
    piece = pieces.named([key]).get(key)
    if piece is None:
        return _gifts_page(request, 404, refused=_("This article is not here. It may have been taken back."))
    if piece.policy == pieces.FREE:
        return _gifts_page(request, 400, refused=_("Everybody can read this article: just send its address."))
    try:
        made, is_new = gifts.give(request.user, piece, now=timezone.now())
    except gifts.NoneLeftError:
        return _gifts_page(request, 429, refused=_("You have made all your gift links of this month."))
    return _gifts_page(request, 201 if is_new else 200, shown=made.pk)


@require_POST
def revoke_gift(request: HttpRequest) -> HttpResponse:
    """The giver takes a link back; somebody else's, or one that is closed already, stays as it is."""
    number = request.POST.get("gift", "")
    if request.user.is_authenticated and number.isascii() and number.isdigit() and len(number) < 19:
        gifts.revoke(Gift.objects.filter(pk=int(number), giver=request.user), now=timezone.now())
    return redirect("meter-gift")


def _gifts_page(request: HttpRequest, status: int, *, refused: str = "", shown: int = 0) -> HttpResponse:
    now = timezone.now()
    mine = Gift.objects.valid(now).filter(giver_id=request.user.pk)[:MOST_SHOWN]
    links = [
        {
            "gift": gift,
            "title": piece.title,
            "address": request.build_absolute_uri(gifts.link(gift, piece)),
            "is_shown": gift.pk == shown,
        }
        for gift, piece in gifts.titled(mine)
        if piece
    ]
    left = max(gifts.left(request.user, now=now), 0)
    context = {"links": links, "left": left, "refused": refused, "may_give": status != 403}
    return wall.never_cached(render(request, "metering/gifts.html", context, status=status))
