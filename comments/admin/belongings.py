"""For owners, in the admin: what the comments keep of somebody who asks by mail; to give out, and to erase."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from comments import moderation, own_data, privacy

MAY = "comments.erase_comments"


def urls(comments: ModelAdmin) -> list[Any]:
    """The addresses of the page, below those of the comments; for who may erase what is a reader's."""

    def guarded(view: Callable[..., HttpResponseBase], *, only: Callable) -> Callable[..., HttpResponseBase]:
        def shown(request: HttpRequest) -> HttpResponseBase:
            if not request.user.has_perm(MAY):
                raise PermissionDenied
            return view(request, comments)

        return comments.admin_site.admin_view(only(never_cache(shown)))

    return [
        path("of-a-reader/", guarded(page, only=require_safe), name="comments_of_reader"),
        path("of-a-reader/export/", guarded(export, only=require_safe), name="comments_of_reader_export"),
        path("of-a-reader/erase/", guarded(erase, only=require_POST), name="comments_of_reader_erase"),
    ]


def page(request: HttpRequest, comments: ModelAdmin) -> HttpResponse:
    """Asks for a user name or a confirmed address, and says what there is of it."""
    named = request.GET.get("who", "")
    person = privacy.found_by(named) if named else None
    context = {
        **comments.admin_site.each_context(request),
        "opts": comments.opts,
        "media": comments.media,
        "title": _("What is a reader's"),
        "named": named,
        "person": person,
        "belongings": privacy.belongings(person) if person else None,
    }
    return render(request, "admin/comments/belongings.html", context, status=200 if person or not named else 404)


def export(request: HttpRequest, comments: ModelAdmin) -> HttpResponseBase:
    """The file; with moderators' notes where the owner has ticked so."""
    person = privacy.found_by(request.GET.get("who", ""))
    if person is None:
        return _back(request.GET.get("who", ""))
    return own_data.as_file(person, with_notes=request.GET.get("notes") == "yes")


def erase(request: HttpRequest, comments: ModelAdmin) -> HttpResponse:
    """Erases it once the name was typed again; the admin's own log keeps who did so, for which account."""
    named, owner = request.POST.get("who", ""), cast("Any", request.user)  # a person: the page is the admin's
    person = privacy.found_by(named)
    if person is None or request.POST.get("again", "").strip() != person.account.get_username():
        told = _("Nothing was erased. Please type the user name of the account below, to be sure.")
        messages.error(request, told)
        return _back(named)
    try:
        erased = privacy.erase(person)
    except moderation.StaleError:
        messages.error(request, _("Moderators are at work on these comments just now. Please press it once more."))
        return _back(named)
    LogEntry.objects.create(
        user=owner,
        content_type=None,
        object_id=str(person.account.pk),
        object_repr=_("Account %(number)s") % {"number": person.account.pk},
        action_flag=CHANGE,
        change_message=own_data.told(erased),
    )
    messages.success(request, own_data.told(erased))
    return _back(named)


def _back(named: str) -> HttpResponseRedirect:
    named = named.replace("\x00", "")[:300]
    return HttpResponseRedirect(f"{reverse('admin:comments_of_reader')}?{urlencode({'who': named})}")
