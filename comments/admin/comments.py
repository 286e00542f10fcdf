"""Comments in the admin: look, filter, search, and decide, one at a time or up to a hundred at once."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from comments import moderation, permissions, switching
from comments.admin import belongings
from comments.conf import conf
from comments.models import Comment, Decision, Thread
from comments.models.people import LONGEST_NOTE
from comments.screening import Reason
from comments.states import ON_THE_MENU, Action, State


def bulk_action(action: Action) -> Callable[["CommentAdmin", HttpRequest, QuerySet[Comment]], None]:
    """An entry of the list's action menu: all of the chosen comments or none."""

    @admin.action(description=action.label, permissions=["moderate"])
    def carry_out(site: "CommentAdmin", request: HttpRequest, chosen: QuerySet[Comment]) -> None:
        try:
            done = moderation.decide_all(_as_seen(request, chosen), action, by=request.user)
        except moderation.DecisionError as refused:
            site.message_user(request, gettext("Nothing was changed. %s") % refused, messages.ERROR)
            return
        told = ngettext("%(count)s comment is now %(state)s.", "%(count)s comments are now %(state)s.", len(done))
        state = done[0].get_after_display().lower()
        site.message_user(request, told % {"count": len(done), "state": state})

    carry_out.__name__ = f"{action.value}_chosen"
    return carry_out


def _as_seen(request: HttpRequest, listed: QuerySet[Comment]) -> Iterable[Comment]:
    """What was chosen, in the versions that the list showed.

    Not only what the list holds by now: a comment that somebody else has decided about meanwhile may
    have left it, and whoever chose it is to be told.
    """
    if request.POST.get("select_across") == "1":
        return listed[: moderation.LARGEST_BULK + 1]
    chosen = [int(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME) if _is_number(pk, digits=18)]
    versions = dict(Comment.objects.filter(pk__in=chosen).values_list("pk", "version"))
    for pk in chosen:
        shown = request.POST.get(f"seen-{pk}", "")
        versions[pk] = int(shown) if _is_number(shown) else versions.get(pk, 0)
    return moderation.as_seen(versions)


def _is_number(text: str, digits: int = 9) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits


class DecisionInline(admin.TabularInline):
    """The log of one comment, to read."""

    model = Decision
    fields = ("made_at", "by", "rule", "action", "before", "after", "reason_shown", "note")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    @admin.display(description=_("reason"))
    def reason_shown(self, decision: Decision) -> str:
        return decision.reason_name


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    """Comments are never edited here: their state changes through `moderation.decide` alone."""

    list_display = ("excerpt", "score_shown", "reasons_shown", "state", "shown_name", "about", "submitted_at")
    list_filter = ("state", "submitted_at", "thread__section")
    list_select_related = ("thread", "author")
    list_per_page = 50
    search_fields = ("source", "name", "email")
    ordering = ("-submitted_at", "-id")
    actions = [bulk_action(action) for action in ON_THE_MENU]
    inlines = [DecisionInline]
    fields = (
        "text_shown",
        "shown_name",
        "email",
        "in_reply_to",
        "thread",
        "state",
        "score_shown",
        "reasons_shown",
    )
    readonly_fields = fields
    change_form_template = "admin/comments/comment/change_form.html"
    show_full_result_count = False

    class Media:
        css = {"all": ["comments/admin.css"]}

    def get_view_on_site_url(self, obj: Comment | None = None) -> str | None:
        """Only what readers see has a place on the site."""
        return super().get_view_on_site_url(obj) if obj and obj.state == State.APPROVED else None

    def get_urls(self) -> list:
        decide = self.admin_site.admin_view(self.decide_view)
        return [
            path("<path:object_id>/decide/", decide, name="comments_comment_decide"),
            *belongings.urls(self),
            *super().get_urls(),
        ]

    def action_checkbox(self, obj: Comment) -> SafeString:
        """Beside it the version that the list shows, which a decision about it is compared with."""
        box = super().action_checkbox(obj)
        return format_html('{}<input type="hidden" name="seen-{}" value="{}">', box, obj.pk, obj.version)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who lost the permission while the list was open is told; Django would show the list and say nothing."""
        if "action" in request.POST and not self.has_moderate_permission(request):
            self.message_user(request, moderation.not_permitted(), messages.ERROR)
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"reasons": conf().reasons.items(), "longest_note": LONGEST_NOTE}
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def decide_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One decision from the page of one comment; the form carries the version that was looked at."""
        back = HttpResponseRedirect(reverse("admin:comments_comment_change", args=[object_id]))
        if request.method != "POST":
            return back
        if not self.has_view_permission(request):
            raise PermissionDenied
        # Of any section: who may not decide there is told so by the door, not that nothing is there.
        number = unquote(object_id)
        comment = Comment.objects.filter(pk=number).first() if _is_number(number, digits=18) else None
        action, version = request.POST.get("action", ""), request.POST.get("version", "")
        if comment is None or action not in {*ON_THE_MENU, Action.KEEP} or not _is_number(version):
            self.message_user(request, gettext("Please choose what is to be done."), messages.ERROR)
            return back
        comment.version = int(version)
        try:
            decision = moderation.decide(
                comment,
                action,
                by=request.user,
                reason=request.POST.get("reason", ""),
                note=request.POST.get("note", "").strip(),
            )
        except moderation.DecisionError as refused:
            self.message_user(request, gettext("Nothing was changed. %s") % refused, messages.ERROR)
            return back
        self.message_user(request, gettext("Done: the comment is now %s.") % decision.get_after_display().lower())
        return HttpResponseRedirect(reverse("admin:comments_comment_changelist") + "?state__exact=pending")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        """Who moderates some sections sees no others."""
        sections = permissions.sections_seen_by(request.user)
        comments = super().get_queryset(request)
        return comments if sections is None else comments.filter(thread__section__in=sections)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return permissions.may_decide(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    @admin.display(description=_("comment"))
    def excerpt(self, comment: Comment) -> SafeString:
        return format_html('<span dir="auto">{}</span>', Truncator(comment.source).chars(160))

    @admin.display(description=_("on"), ordering="thread")
    def about(self, comment: Comment) -> SafeString:
        return format_html("<bdi>{}</bdi>", Truncator(str(comment.thread)).chars(40))

    @admin.display(description=_("text"))
    def text_shown(self, comment: Comment) -> SafeString:
        safe = mark_safe(comment.html)  # noqa: S308  cleaned when it was saved
        return format_html('<div class="comment-text" dir="auto">{}</div>', safe)

    @admin.display(description=_("name"))
    def shown_name(self, comment: Comment) -> SafeString:
        return format_html("<bdi>{}</bdi>", comment.public_name or "–")

    @admin.display(description=_("in reply to"))
    def in_reply_to(self, comment: Comment) -> str:
        return comment.parent.source[:300] if comment.parent else "–"

    @admin.display(description=_("spam score"), ordering="score")
    def score_shown(self, comment: Comment) -> str:
        return "–" if comment.score is None else f"{comment.score:.2f}"

    @admin.display(description=_("reasons"))
    def reasons_shown(self, comment: Comment) -> SafeString | str:
        sentences = [Reason.from_json(stored).sentence() for stored in comment.reasons[:3]]
        return format_html_join(mark_safe("<br>"), "{}", ([one] for one in sentences)) if sentences else "–"


@admin.register(Thread)
class ThreadAdmin(admin.ModelAdmin):
    """Where a moderator closes a thread, or has each of its comments wait."""

    list_display = ("__str__", "section", "mode", "approved")
    list_filter = ("mode", "section")
    search_fields = ("title",)
    fields = ("title", "section", "mode", "approved")
    readonly_fields = ("title", "section", "approved")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Thread]:
        sections = permissions.sections_seen_by(request.user)
        threads = super().get_queryset(request)
        return threads if sections is None else threads.filter(section__in=sections)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Thread | None = None) -> bool:
        """Also for who moderates the section alone: the mode is all that can be changed here."""
        if obj is None:
            return super().has_change_permission(request) or permissions.may_decide(request.user)
        return permissions.may_decide_in(request.user, obj.section)

    def save_model(self, request: HttpRequest, obj: Thread, form: Any, change: bool) -> None:
        switching.switch(obj, obj.mode, by=request.user)
