"""What the owner settles: meters, rules, and the way back to what held before."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from metering import governing, previewing
from metering.admin import reports
from metering.admin.records import ReadOnlyAdmin
from metering.models import SITE_METER, Meter, PolicyVersion, Rule
from metering.pieces import Piece
from metering.rules import EXCLUDE

NAMED, AGES = ("section", "tag", "author"), ("older_than", "younger_than")

REVERTING = [
    f"metering.{act}" for act in ("change_meter", "delete_meter", "add_rule", "change_rule", "delete_rule")
]
"""What going back to a version may do."""


class Governed(admin.ModelAdmin):
    """Whatever is saved or deleted here is a version of the policy."""

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        with governing.change(by=request.user):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        with governing.change(by=request.user):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with governing.change(by=request.user):
            super().delete_queryset(request, queryset)


@admin.register(Meter)
class MeterAdmin(Governed):
    """The site's meter, and further ones that rules can name."""

    change_form_template = "admin/metering/meter/change_form.html"
    list_display = ("name", "is_on", "told", "covering")
    radio_fields = {"period": admin.VERTICAL}
    allowance = ("is_on", "limit", "registered_limit", "period", "days", "first_weekday")
    fieldsets_of_the_site = (
        (None, {"fields": ("name", *allowance)}),
        (_("What is counted"), {"fields": ("covers_the_rest", "walls_from")}),
        (_("Teaser"), {"fields": ("teaser_paragraphs", "teaser_percent")}),
        (_("Crawlers"), {"fields": ("search_crawlers", "ai_crawlers")}),
        (_("When things go wrong"), {"fields": ("on_failure", "brake")}),
    )
    fieldsets_of_another = (
        (
            None,
            {
                "fields": ("name", *allowance),
                "description": _(
                    "It counts what a rule gives to it, apart from the site's meter. Readers have this many "
                    "articles beside those of the site's meter: with a meter for each section, the allowance "
                    "is handed out once for each section."
                ),
            },
        ),
    )

    @admin.display(description=_("readers see"))
    def told(self, meter: Meter) -> str:
        return previewing.summary(meter)

    @admin.display(description=_("rules"))
    def covering(self, meter: Meter) -> str:
        names = [rule.name for rule in meter.rules.all() if rule.is_on and rule.effect != EXCLUDE]
        if meter.pk == SITE_METER and meter.covers_the_rest:
            names.append(gettext("all that no rule covers"))
        return " · ".join(names)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meter]:
        return super().get_queryset(request).prefetch_related("rules")

    def get_fieldsets(self, request: HttpRequest, obj: Meter | None = None) -> Any:
        return self.fieldsets_of_the_site if obj and obj.pk == SITE_METER else self.fieldsets_of_another

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """As long as there is only one meter, its form is the list."""
        Meter.objects.get_or_create(pk=SITE_METER)
        if Meter.objects.count() == 1:
            return redirect(reverse("admin:metering_meter_change", args=[SITE_METER]))
        return super().changelist_view(request, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        if object_id == str(SITE_METER):
            Meter.objects.get_or_create(pk=SITE_METER)
        meter = Meter.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        shown = {
            "samples": previewing.samples(meter or Meter(), now=timezone.now()),
            "reports": reports.links(request.user),
        }
        return super().changeform_view(request, object_id, form_url, shown | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Writes what the form shows: an edition that another process named meanwhile is not taken back."""
        shown = [field.name for field in obj._meta.concrete_fields if field.editable and not field.primary_key]
        with governing.change(by=request.user):
            obj.save(update_fields=shown if change else None)

    def has_delete_permission(self, request: HttpRequest, obj: Meter | None = None) -> bool:
        if obj and obj.pk == SITE_METER:
            return False
        return super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}  # the site's meter cannot go, so there is no deleting in bulk

    def get_urls(self) -> list[Any]:
        preview = path("preview/", self.admin_site.admin_view(self.preview), name="metering_meter_preview")
        return [preview, *reports.urls(self), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What readers will see with the values of a form that is not saved yet; POST only, writes nothing."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        typed = request.POST.get("meter", "")
        meter = Meter.objects.filter(pk=typed).first() if typed.isdecimal() else None
        form = self.get_form(request, meter, change=meter is not None)(request.POST, instance=meter)
        context: dict[str, Any] = {"errors": [text for texts in form.errors.values() for text in texts]}
        if form.is_valid():
            context["samples"] = previewing.samples(form.instance, now=timezone.now())
        return render(request, "admin/metering/meter/preview.html", context)


class RuleForm(forms.ModelForm):
    """Sections, tags and authors are chosen from what the host has, never typed."""

    class Meta:
        model = Rule
        fields = ("name", "is_on", "effect", "meter", "priority", *NAMED, *AGES, "path", "walls_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NAMED:
            if field := self.fields.get(name):
                self.fields[name] = forms.ChoiceField(
                    choices=[("", "---------"), *choices(name)],
                    required=False,
                    label=field.label,
                    help_text=field.help_text,
                    error_messages={"invalid_choice": _("This one is not there any more. Choose another.")},
                )


@admin.register(Rule)
class RuleAdmin(Governed):
    """Which meter counts which articles; the list is in the order in which the rules are asked."""

    form = RuleForm
    list_display = ("name", "standing", "effect", "meter", "priority", "conditions")
    list_select_related = ("meter",)
    list_filter = ("is_on", "effect", "meter")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "is_on", "effect", "meter", "priority")}),
        (
            _("Which articles"),
            {
                "fields": (*NAMED, *AGES, "path"),
                "description": _(
                    "All that is filled in must hold; an empty form covers every article. Articles that an "
                    "editor has marked as free or for subscribers are not asked about."
                ),
            },
        ),
        (_("Trial"), {"fields": ("walls_from",)}),
    )

    @admin.display(description=_("state"))
    def standing(self, rule: Rule) -> str:
        if not rule.is_on:
            return gettext("off")
        if rule.walls_from and rule.walls_from > timezone.now():
            day = timezone.localtime(rule.walls_from)
            return gettext("observed until %(day)s") % {"day": f"{day:%Y-%m-%d %H:%M}"}
        return gettext("in force")

    @admin.display(description=_("which articles"))
    def conditions(self, rule: Rule) -> str:
        return " · ".join(said(rule)) or gettext("all")

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        Meter.objects.get_or_create(pk=SITE_METER)
        return super().add_view(request, *args, **kwargs)


def choices(condition: str) -> list[tuple[str, str]]:
    """What a rule can name of this kind, of all models that are registered with the meter."""
    return list(chain.from_iterable(kind.choices(condition) for kind in set(Piece.registered.values())))


def said(rule: Rule) -> Iterable[str]:
    """A rule's conditions in words."""
    for name in NAMED:
        if key := getattr(rule, name):
            label = Rule._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            yield f"{label}: {dict(choices(name)).get(key) or gettext('not there any more')}"
    if rule.older_than is not None:
        yield _days(
            ngettext("at least %(days)d day old", "at least %(days)d days old", rule.older_than), rule.older_than
        )
    if rule.younger_than is not None:
        yield _days(
            ngettext("less than %(days)d day old", "less than %(days)d days old", rule.younger_than),
            rule.younger_than,
        )
    if rule.path:
        yield rule.path


def _days(text: str, days: int) -> str:
    return text % {"days": days}


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """The history of the policy; each version can be made to hold again."""

    change_form_template = "admin/metering/policyversion/change_form.html"
    list_display = ("at", "by", "summary", "note")
    list_display_links = ("at",)
    list_select_related = ("by",)
    date_hierarchy = "at"
    fields = ("at", "by", "note")

    @admin.display(description=_("what changed"))
    def summary(self, version: PolicyVersion) -> str:
        found = changes_of(version)
        told = " · ".join(
            f"{one.what}: {one.field} {one.before} → {one.after}".replace("  ", " ") for one in found[:3]
        )
        return told + (" …" if len(found) > 3 else "")

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        version = get_object_or_404(PolicyVersion, pk=object_id) if object_id.isdecimal() else None
        shown: dict[str, Any] = {}
        if version:
            shown = {
                "changes": changes_of(version),
                "since": governing.differences(governing.state(), version.state),
                "may_revert": request.user.has_perms(REVERTING),
            }
        return super().change_view(request, object_id, form_url, shown | (extra_context or {}))

    def get_urls(self) -> list[Any]:
        revert = path(
            "<int:pk>/revert/", self.admin_site.admin_view(self.revert), name="metering_policyversion_revert"
        )
        return [revert, *super().get_urls()]

    def revert(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: meters and rules say again what they said in this version."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perms(REVERTING):
            raise PermissionDenied
        version = get_object_or_404(PolicyVersion, pk=pk)
        governing.revert(version, by=request.user)
        self.message_user(request, _("What this version said holds again."), messages.SUCCESS)
        return redirect(reverse("admin:metering_policyversion_changelist"))


def changes_of(version: PolicyVersion) -> list[governing.Difference]:
    """What this version changed against the one before; nothing for the first."""
    before = PolicyVersion.objects.filter(pk__lt=version.pk).order_by("-pk").first()
    return governing.differences(before.state, version.state) if before else []
