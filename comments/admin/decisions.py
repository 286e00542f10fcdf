"""The log of decisions in the admin: to read, to filter, and to take away as a file."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from comments import audit, permissions
from comments.admin import report
from comments.admin.period import PeriodFilter
from comments.conf import conf
from comments.models import Decision

WITHOUT_REASON = "-"


class KindFilter(admin.SimpleListFilter):
    title = _("who decided")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            (audit.PERSON, _("A moderator")),
            (audit.MACHINE, _("A rule, by itself")),
            (audit.REMOVAL, _("Removed by its author, or erased")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        kinds = {audit.PERSON: "of_people", audit.MACHINE: "of_the_machine", audit.REMOVAL: "removals"}
        chosen = kinds.get(self.value() or "")
        return getattr(queryset, chosen)() if chosen else None


class StandingFilter(admin.SimpleListFilter):
    title = _("undone")
    parameter_name = "undone"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("0", _("What stands")), ("1", _("What was undone"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        return {"0": queryset.standing(), "1": queryset.filter(is_undone=True)}.get(self.value() or "")  # type: ignore[attr-defined]


class ReasonFilter(admin.SimpleListFilter):
    """The list of reasons as it is now; another code that stands in the log can be written into the address."""

    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [*conf().reasons.items(), (WITHOUT_REASON, _("none given"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        chosen = self.value()
        return queryset.filter(reason="" if chosen == WITHOUT_REASON else chosen) if chosen else None


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin):
    """The audit log, to read: nobody writes in it but `moderation.decide`."""

    list_display = ("made_at", "said", "decided_by", "action_shown", "after", "why")
    list_filter = (PeriodFilter, KindFilter, StandingFilter, "action", ReasonFilter)
    list_select_related = ("comment", "by")
    list_per_page = 100
    ordering = ("-made_at", "-id")
    fields = ("made_at", "comment", "by", "rule", "action_shown", "before", "after", "reason_shown", "note")
    readonly_fields = fields
    show_full_result_count = False
    change_list_template = "admin/comments/decision/change_list.html"

    class Media:
        css = {"all": ["comments/admin.css"]}

    def get_urls(self) -> list:
        log = self.admin_site.admin_view(require_safe(self.log_as_csv))
        return [path("log.csv", log, name="comments_decision_csv"), *report.urls(self), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        """Who moderates some sections reads what was decided there."""
        sections = permissions.sections_seen_by(request.user)
        found = super().get_queryset(request)
        return found if sections is None else found.filter(comment__thread__section__in=sections)

    def log_as_csv(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """What the list with the same filters holds, all pages of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            found = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:comments_decision_changelist") + "?e=1")
        answer = StreamingHttpResponse(audit.as_csv(found), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="decisions.csv"'
        return answer

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Decision | None = None) -> bool:
        return False

    @admin.display(description=_("comment"))
    def said(self, decision: Decision) -> SafeString:
        where = reverse("admin:comments_comment_change", args=[decision.comment_id])
        excerpt = Truncator(decision.comment.source).chars(60)
        return format_html('<a href="{}" dir="auto">{} – {}</a>', where, decision.comment_id, excerpt)

    @admin.display(description=_("by"))
    def decided_by(self, decision: Decision) -> SafeString:
        return format_html("<bdi>{}</bdi>", decision.by or decision.rule or "–")

    @admin.display(description=_("action"), ordering="action")
    def action_shown(self, decision: Decision) -> str:
        label = decision.get_action_display()
        return gettext("%(action)s (undone)") % {"action": label} if decision.is_undone else label

    @admin.display(description=_("reason"))
    def reason_shown(self, decision: Decision) -> str:
        return decision.reason_name

    @admin.display(description=_("reason and note"), ordering="reason")
    def why(self, decision: Decision) -> SafeString:
        told = [part for part in (decision.reason_name, Truncator(decision.note).chars(80)) if part]
        return format_html_join(mark_safe("<br>"), '<span dir="auto">{}</span>', ([one] for one in told))
