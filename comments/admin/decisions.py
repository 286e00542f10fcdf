"""The log of decisions in the admin: to read, to filter, and to take away as a file."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from comments import audit
from comments.conf import conf
from comments.models import Decision
from comments.periods import Period

WITHOUT_REASON = "-"
DAYS = ("since", "until")
"""The two fields of a period, on the page and in its address."""


def day(label: Any) -> forms.DateField:
    """A day that every database can hold, with one before and one after it."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=[MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
    )


class PeriodForm(forms.Form):
    """From one day to another, both included."""

    since = day(_("From"))
    until = day(_("to"))

    def clean(self) -> dict[str, Any]:
        days = super().clean() or {}
        if days.keys() >= set(DAYS) and days["since"] > days["until"]:
            raise forms.ValidationError(_("The first day comes after the last one."))
        return days

    @property
    def period(self) -> Period:
        return Period(since=self.cleaned_data["since"], until=self.cleaned_data["until"])


class PeriodFilter(admin.ListFilter):
    """Lines of any period, by two days that one types; of days that are none, no lines, and words."""

    title = _("period")
    template = "admin/comments/decision/period_filter.html"

    def __init__(self, request: HttpRequest, params: dict, model: type, model_admin: admin.ModelAdmin) -> None:
        super().__init__(request, params, model, model_admin)
        asked = {name: params.pop(name)[-1] for name in DAYS if name in params}
        self.form = PeriodForm(asked if any(asked.values()) else None)

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [*DAYS]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        """The one choice: the days, with the other filters of the list beside them."""
        others = changelist.get_filters_params().items()
        kept = [(name, values[-1]) for name, values in others if name not in DAYS]
        without = changelist.get_query_string(remove=DAYS)
        yield {"form": self.form, "kept": kept, "without": without, "selected": self.form.is_bound}

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.form.is_bound:
            return queryset
        if not self.form.is_valid():
            return queryset.none()
        return queryset.made_in(self.form.period)  # type: ignore[attr-defined]


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

    list_display = ("made_at", "about", "decided_by", "action", "before", "after", "reason_shown", "note_shown")
    list_filter = (PeriodFilter, KindFilter, "action", ReasonFilter)
    list_select_related = ("comment", "by")
    list_per_page = 100
    ordering = ("-made_at", "-id")
    fields = ("made_at", "comment", "by", "rule", "action", "before", "after", "reason_shown", "note")
    readonly_fields = fields
    show_full_result_count = False
    change_list_template = "admin/comments/decision/change_list.html"

    class Media:
        css = {"all": ["comments/admin.css"]}

    def get_urls(self) -> list:
        log = self.admin_site.admin_view(require_safe(self.log_as_csv))
        return [path("log.csv", log, name="comments_decision_csv"), *super().get_urls()]

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
    def about(self, decision: Decision) -> SafeString:
        where = reverse("admin:comments_comment_change", args=[decision.comment_id])
        excerpt = Truncator(decision.comment.source).chars(80)
        return format_html('<a href="{}" dir="auto">{} – {}</a>', where, decision.comment_id, excerpt)

    @admin.display(description=_("by"))
    def decided_by(self, decision: Decision) -> SafeString:
        return format_html("<bdi>{}</bdi>", decision.by or decision.rule or "–")

    @admin.display(description=_("reason"), ordering="reason")
    def reason_shown(self, decision: Decision) -> str:
        return decision.reason_name

    @admin.display(description=_("note"))
    def note_shown(self, decision: Decision) -> SafeString:
        return format_html('<span dir="auto">{}</span>', Truncator(decision.note).chars(80))
