"""People in the admin: bans and watches with their end, and who moderates which sections."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from comments import moderation, permissions, restrictions
from comments.models import Restriction, SectionModerator, Thread


class StandingFilter(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("force", _("In force")), ("lifted", _("Lifted")), ("ended", _("Ended by themselves"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        now = timezone.now()
        match self.value():
            case "force":
                return queryset.filter(pk__in=Restriction.objects.in_force(now))
            case "lifted":
                return queryset.filter(lifted_at__isnull=False)
            case "ended":
                return queryset.filter(lifted_at=None, until__lte=now)
        return queryset


@admin.register(Restriction)
class RestrictionAdmin(admin.ModelAdmin):
    """Made at the desk from a comment; here one sees them all, lifts them, or sets another end."""

    list_display = ("whom", "effect", "standing", "until", "reason_shown", "by", "made_at")
    list_filter = (StandingFilter, "effect", "made_at")
    list_select_related = ("account", "by", "lifted_by")
    search_fields = ("shown_name", "email", "domain", "note")
    actions = ["lift_chosen"]
    fields = ("whom", "effect", "standing", "until", "reason_shown", "note", "by", "made_at")
    readonly_fields = ("whom", "effect", "standing", "reason_shown", "by", "made_at")
    show_full_result_count = False

    @admin.action(description=_("Lift"), permissions=["change"])
    def lift_chosen(self, request: HttpRequest, chosen: QuerySet[Restriction]) -> None:
        lifted = 0
        for one in chosen.select_related("comment__thread"):
            try:
                lifted += restrictions.lift(one, by=request.user)
            except moderation.NotPermittedError as refused:
                self.message_user(request, str(refused), messages.ERROR)
                break
        told = ngettext("%(count)s was lifted.", "%(count)s were lifted.", lifted)
        self.message_user(request, told % {"count": lifted})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was lifted stays as it is."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or (obj.lifted_at is None and restrictions.may_lift(obj, request.user)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Restriction]:
        """Who moderates some sections sees what was made there."""
        sections = permissions.sections_seen_by(request.user)
        found = super().get_queryset(request)
        return found if sections is None else found.filter(comment__thread__section__in=sections)

    def save_model(self, request: HttpRequest, obj: Restriction, form: Any, change: bool) -> None:
        restrictions.amend(obj, until=obj.until, note=obj.note)

    @admin.display(description=_("whom"))
    def whom(self, restriction: Restriction) -> SafeString:
        named = [
            gettext("account %s") % restriction.account if restriction.account else "",
            gettext("browser") if restriction.author_key else "",
            restriction.email,
            restriction.domain and f"@{restriction.domain}",
            gettext("network") if restriction.address_hash else "",
        ]
        what = ", ".join(filter(None, named))
        return format_html("<bdi>{}</bdi> ({})", restriction.shown_name or "–", what)

    @admin.display(description=_("standing"))
    def standing(self, restriction: Restriction) -> str:
        if restriction.lifted_at:
            return gettext("lifted by %s") % (restriction.lifted_by or "–")
        return gettext("in force") if restriction.is_in_force else gettext("ended")

    @admin.display(description=_("reason"))
    def reason_shown(self, restriction: Restriction) -> str:
        return restriction.reason_name or "–"


class Suggesting(forms.TextInput):
    """A field with the sections that comments stand in, as the browser offers them; others can be typed."""

    def __init__(self, known: Iterable[str], name: str) -> None:
        super().__init__({"list": name, "dir": "auto", "autocomplete": "off"})
        self.known = known

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join("", '<option value="{}"></option>', ([one] for one in self.known))
        field = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, self.attrs["list"], options)


class SectionForm(forms.ModelForm):
    class Meta:
        model = SectionModerator
        fields = ("user", "section")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Thread.objects.exclude(section="").order_by("section").values_list("section", flat=True)
        self.fields["section"].widget = Suggesting(known.distinct(), "known-sections")


@admin.register(SectionModerator)
class SectionModeratorAdmin(admin.ModelAdmin):
    """Where the owner says who decides about the comments of which section."""

    form = SectionForm
    list_display = ("user", "section")
    list_filter = ("section",)
    list_select_related = ("user",)
    raw_id_fields = ("user",)

    def save_model(self, request: HttpRequest, obj: SectionModerator, form: Any, change: bool) -> None:
        """Warns where the line does nothing: without the permission nobody moderates anything."""
        super().save_model(request, obj, form, change)
        if not obj.user.is_staff or not obj.user.has_perm(permissions.IN_SECTIONS):
            self.message_user(
                request,
                gettext(
                    "%(name)s is not in the group of section moderators, or may not enter here: no effect yet."
                )
                % {"name": obj.user},
                messages.WARNING,
            )
