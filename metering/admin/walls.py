"""A wall looked up by the code that a reader reads out: the whole decision, and not who the reader is."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from metering import explaining, governing, pieces, support
from metering.admin.records import ReadOnlyAdmin
from metering.models import Rule, Wall


class WallsWithTitles(ChangeList):
    """The articles of one page of walls are looked up together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        found = pieces.named({wall.piece for wall in self.result_list})
        for wall in self.result_list:
            wall.found = found.get(wall.piece)


@admin.register(Wall)
class WallAdmin(ReadOnlyAdmin):
    """Search for the code as it was read out; a code that is found leads to its decision at once."""

    change_form_template = "admin/metering/wall/change_form.html"
    list_display = ("code", "article", "kind", "met_at", "is_observed")
    list_filter = ("is_observed",)
    list_select_related = ("meter",)
    date_hierarchy = "met_at"
    search_fields = ("code",)
    search_help_text = _(
        "The support code, as the reader reads it out: capitals, blanks and hyphen do not matter."
    )
    fieldsets = (
        (None, {"fields": ("code", "article", "why", "met_at", "is_observed")}),
        (_("Decided by"), {"fields": ("counting", "governed_by", "policy_then", "count", "resets_at")}),
        (_("What became of it"), {"fields": ("registered_at", "subscribed_at")}),
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Nobody finds out a reader's key, or an account's, by asking for its beginnings."""
        return not lookup.startswith(("reader", "account"))

    @admin.display(description=_("article"))
    def article(self, wall: Wall) -> str:
        piece = wall.found if hasattr(wall, "found") else pieces.named([wall.piece]).get(wall.piece)
        if piece is None:
            return gettext("%(key)s, not there any more") % {"key": wall.piece}
        return format_html('<a href="{}">{}</a>', piece.url, piece.title)

    @admin.display(description=_("wall"))
    def kind(self, wall: Wall) -> str:
        return explaining.kind(wall)

    @admin.display(description=_("why"))
    def why(self, wall: Wall) -> str:
        return explaining.verdict(wall)

    @admin.display(description=_("meter"))
    def counting(self, wall: Wall) -> str:
        return _linked(wall, wall.meter)

    @admin.display(description=_("rule"))
    def governed_by(self, wall: Wall) -> str:
        if not wall.rule:
            return gettext("none: the site's default")
        rule = Rule.objects.filter(name=wall.rule).first()
        return _linked(wall, rule) if rule else wall.rule

    @admin.display(description=_("policy that held then"))
    def policy_then(self, wall: Wall) -> str:
        version = governing.held_at(wall.met_at)
        if version is None:
            return gettext("the present one: nothing has been changed yet")
        return _linked(wall, version)

    @admin.display(description=_("used"))
    def count(self, wall: Wall) -> str:
        if wall.used is None:
            return gettext("not counted")
        limit = gettext("no limit") if wall.limit is None else wall.limit
        return gettext("%(used)s of %(limit)s") % {"used": wall.used, "limit": limit}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Wall | None:
        wall = super().get_object(request, object_id, from_field)
        if wall:
            wall.seen_by = request.user
        return wall

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WallsWithTitles

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Wall], search_term: str
    ) -> tuple[QuerySet[Wall], bool]:
        if not search_term:
            return queryset, False
        wall = support.find(search_term)
        return (queryset.filter(pk=wall.pk) if wall else queryset.none()), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        typed = request.GET.get("q", "").strip()
        if typed and self.has_view_permission(request):
            if wall := support.find(typed):
                return redirect(reverse("admin:metering_wall_change", args=[wall.pk]))
            told = _("No wall has the code %(code)s. Walls are deleted one period after theirs ended.")
            self.message_user(request, told % {"code": typed}, messages.WARNING)
        return super().changelist_view(request, extra_context)

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        wall = Wall.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        shown = {"steps": explaining.steps(wall)} if wall else {}
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))


def _linked(wall: Wall, to: Model) -> str:
    """A link for those who may follow it."""
    name = to._meta.model_name
    if not wall.seen_by.has_perm(f"metering.view_{name}"):  # type: ignore[attr-defined]
        return str(to)
    return format_html('<a href="{}">{}</a>', reverse(f"admin:metering_{name}_change", args=[to.pk]), to)
