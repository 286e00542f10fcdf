"""What the pages about people and conversations have in common: who may look, and where they lead back to."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from comments import moderation, permissions
from comments.admin.desk import rows
from comments.models import Comment, Thread

LARGEST_KEY = 2**63 - 1


class OutOfSight(Exception):  # noqa: N818  an answer, not an error
    """It is not there, or not (any more) in a section of this moderator's; its text says so."""


def at(desk: ModelAdmin, address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
    """A page below the desk, for whoever may see comments; what is out of sight leads to the queue, in words."""

    def shown(request: HttpRequest, **where: Any) -> HttpResponse:
        if not desk.has_view_permission(request):
            raise PermissionDenied
        try:
            return view(request, desk, **where)
        except OutOfSight as told:
            messages.error(request, str(told))
            return HttpResponseRedirect(queue_address())

    return path(address, desk.admin_site.admin_view(shown), name=f"comments_desk_{name}")


def seen_comment(request: HttpRequest, pk: int) -> Comment:
    """A comment that this moderator may see; raises `OutOfSight`."""
    found = rows.with_everything(Comment.objects.filter(pk=min(pk, LARGEST_KEY))).first()
    if found is None:
        raise OutOfSight(_("Comment %(number)s is not there any more.") % {"number": pk})
    _in_sight(request, found.thread)
    return found


def seen_thread(request: HttpRequest, pk: int) -> Thread:
    found = Thread.objects.select_related("keeper").filter(pk=min(pk, LARGEST_KEY)).first()
    if found is None:
        raise OutOfSight(_("This conversation is not there any more."))
    _in_sight(request, found)
    return found


def number(written: str) -> int | None:
    """A key from an address or a form; None for anything else."""
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 18 else None


def back(request: HttpRequest, otherwise: str) -> str:
    """The address below the desk to which a page leads back; anywhere else is not gone to."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(queue_address())
    return asked if is_ours else otherwise


def carried_out(request: HttpRequest, do: Callable[[], str], *, then: str) -> HttpResponse:
    """Does it, and leads back; what was refused is told in its own words."""
    try:
        messages.success(request, do())
    except moderation.DecisionError as refused:
        messages.error(request, _("Nothing was changed. %s") % refused)
    return HttpResponseRedirect(back(request, then))


def page(
    request: HttpRequest, desk: ModelAdmin, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    around = {**desk.admin_site.each_context(request), "opts": desk.opts, "queue_address": queue_address()}
    return render(request, f"admin/comments/desk/{template}.html", around | context, status=status)


def queue_address() -> str:
    return reverse("admin:comments_desk_changelist")


def _in_sight(request: HttpRequest, thread: Thread) -> None:
    sections = permissions.sections_seen_by(request.user)
    if sections is not None and thread.section not in sections:
        raise OutOfSight(_("This is not in a section of yours, or not any more. Ask the owner of the site."))
