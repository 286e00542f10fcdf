"""What the owner settles: the rules of the house, lists of words, breaking news; each with a preview."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, ProhibitNullCharactersValidator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from comments import domains, house, previewing, wordlists
from comments.admin.previews import PreviewedAdmin, PreviewedForm
from comments.models import BreakingNews, House, Thread, WordList
from comments.previewing import Preview
from comments.screening import words

FAULTS_SHOWN = 10
LONGEST_DOMAINS = 100_000
"""In characters."""

Faults = list[tuple[int, str]]


def lines_as_typed(field: forms.Field) -> None:
    """Lines keep their numbers, and a line that cannot be stored is named with its own."""
    if isinstance(field, forms.CharField):
        field.strip = False
        field.validators = [
            one for one in field.validators if not isinstance(one, ProhibitNullCharactersValidator)
        ]


def refuse(faults: Faults) -> None:
    """Raises what is wrong with the first lines, one sentence for each."""
    said = [
        gettext("Line %(line)d: %(fault)s") % {"line": line, "fault": fault} if line else fault
        for line, fault in faults[:FAULTS_SHOWN]
    ]
    more = max(len(faults) - FAULTS_SHOWN, 0)
    if more:
        told = ngettext("%(count)d more line like these.", "%(count)d more lines like these.", more)
        said.append(told % {"count": more})
    if said:
        raise ValidationError(said)


# --- the rules of the house -------------------------------------------------------------------------------


class HouseForm(PreviewedForm):
    class Meta:
        model = House
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mode = self.fields.get("mode")
        if isinstance(mode, forms.ChoiceField):
            # Open is what each article is unless it says otherwise, and nothing here opens what an article closes.
            mode.choices = [("", _("As each article says")), *Thread.Mode.choices[1:]]
        if share := self.fields.get("history_percent"):
            share.validators.append(MaxValueValidator(100))
        if days := self.fields.get("history_days"):
            days.validators.append(MinValueValidator(1))
        if typed := self.fields.get("email_domains"):
            lines_as_typed(typed)

    def clean_email_domains(self) -> str:
        typed = self.cleaned_data["email_domains"]
        if len(typed) > LONGEST_DOMAINS:
            raise ValidationError(
                gettext("These are %(length)d characters; at most %(limit)d are kept.")
                % {"length": len(typed), "limit": LONGEST_DOMAINS}
            )
        _found, faults = domains.read(typed)
        said = gettext("“%(typed)s” is no domain; write it like example.org.")
        refuse([(line, said % {"typed": text.replace("\0", "�")}) for line, text in faults])
        return typed


@admin.register(House)
class HouseAdmin(PreviewedAdmin):
    """One row: its list leads straight to its form, and it can be neither added nor deleted."""

    form = HouseForm
    radio_fields = {"guests": admin.VERTICAL}
    fieldsets = (
        (_("Open, held, closed"), {
            "fields": ("mode", "hold_after_days", "close_after_days"),
            "description": _(
                "The strictest holds: of this, of what an article says, and of breaking news. What moderators say "
                "about one thread stands above all of it."
            ),
        }),
        (_("Who waits"), {
            "fields": ("guests", "newcomer_approvals", "history_percent", "history_days"),
            "description": _("Staff never wait. What readers type as their name or address counts for nothing."),
        }),
        (_("What waits"), {"fields": ("most_links", "hold_disposable", "email_domains")}),
        (_("At the desk"), {"fields": ("undo_seconds", "tell_authors", "alarm_hours")}),
        (_("What is kept"), {"fields": ("keep_rejected_days", "keep_spam_days")}),
    )  # fmt: skip

    def previewed(self, unsaved: House) -> Preview:
        return previewing.of_house(unsaved)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        House.objects.get_or_create(pk=1)
        return redirect(reverse("admin:comments_house_change", args=[1]))

    def save_model(self, request: HttpRequest, obj: House, form: forms.ModelForm, change: bool) -> None:
        """Writes what the form shows: what tasks note in the row meanwhile is not taken back."""
        obj.save(update_fields=list(form.cleaned_data))
        house.forget()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: House | None = None) -> bool:
        return False


# --- lists of words ---------------------------------------------------------------------------------------


class WordListForm(PreviewedForm):
    class Meta:
        model = WordList
        fields = ("name", "entries", "holds", "masks", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if entries := self.fields.get("entries"):
            lines_as_typed(entries)

    def clean_entries(self) -> str:
        typed = self.cleaned_data["entries"]
        entries, faults = words.read(typed)
        refuse([(fault.line, fault.said) for fault in faults])
        if not entries:
            raise ValidationError(gettext("Write at least one word."))
        return typed


@admin.register(WordList)
class WordListAdmin(PreviewedAdmin):
    """Words to look out for; a list with an end is a watch list."""

    form = WordListForm
    list_display = ("name", "standing", "holds", "masks", "until", "changed_at")
    list_filter = ("holds", "masks")
    search_fields = ("name", "entries")

    def previewed(self, unsaved: WordList) -> Preview:
        return previewing.of_list(unsaved)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WordList]:
        return super().get_queryset(request).defer("entries")  # up to a megabyte each

    @admin.display(description=_("state"))
    def standing(self, one: WordList) -> str:
        is_over = one.until is not None and one.until <= timezone.now()
        return gettext("ended") if is_over else gettext("in force")

    def save_model(self, request: HttpRequest, obj: WordList, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        wordlists.forget()

    def delete_model(self, request: HttpRequest, obj: WordList) -> None:
        super().delete_model(request, obj)
        wordlists.forget()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[WordList]) -> None:
        super().delete_queryset(request, queryset)
        wordlists.forget()


# --- breaking news ----------------------------------------------------------------------------------------

LASTING = {"1": _("in 1 hour"), "6": _("in 6 hours"), "24": _("in 24 hours"), "72": _("in 3 days")}
"""By hours."""


class BreakingNewsForm(PreviewedForm):
    lasts = forms.ChoiceField(
        label=_("Ends"),
        choices=[*LASTING.items(), ("", _("at the moment below"))],
        widget=forms.RadioSelect,
        required=False,
    )

    class Meta:
        model = BreakingNews
        fields = ("section", "mode", "why", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if until := self.fields.get("until"):
            until.required = False
            until.label = _("At this moment")
        if section := self.fields.get("section"):
            self.fields["section"] = forms.ChoiceField(
                choices=[("", _("All sections")), *((one, one) for one in self._sections())],
                label=section.label,
                required=False,
                error_messages={"invalid_choice": _("No comments have been written in such a section.")},
            )

    def _sections(self) -> Iterable[str]:
        known = set(Thread.objects.order_by().values_list("section", flat=True).distinct())
        return sorted((known | {self.instance.section}) - {""})

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if hours := values.get("lasts"):
            values["until"] = timezone.now() + timedelta(hours=int(hours))
            self.errors.pop("until", None)
        elif "until" in values and not values["until"]:
            self.add_error("until", gettext("Choose how long it lasts, or when it ends."))
        elif "until" in values and values["until"] <= timezone.now():
            self.add_error("until", gettext("This moment is over. Choose a later one."))
        return values


@admin.register(BreakingNews)
class BreakingNewsAdmin(PreviewedAdmin):
    """Comments wait, or are closed, until a moment that has to be named."""

    form = BreakingNewsForm
    change_form_template = "admin/comments/breakingnews/change_form.html"
    list_display = ("__str__", "standing", "section", "mode", "until", "by")
    list_select_related = ("by",)
    radio_fields = {"mode": admin.VERTICAL}
    fields = ("why", "section", "mode", "lasts", "until")

    def previewed(self, unsaved: BreakingNews) -> Preview:
        return previewing.of_breaking_news(unsaved)

    @admin.display(description=_("state"))
    def standing(self, news: BreakingNews) -> str:
        return gettext("running") if news.until > timezone.now() else gettext("ended")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"lasts": "6", **super().get_changeform_initial_data(request)}

    def get_urls(self) -> list:
        end = path("<int:number>/end/", self.admin_site.admin_view(self.end), name="comments_breakingnews_end")
        return [end, *super().get_urls()]

    def end(self, request: HttpRequest, number: int) -> HttpResponse:
        """Ends it now; back to where the button was. POST only."""
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            back = reverse("admin:comments_breakingnews_changelist")
        if request.method != "POST":
            return HttpResponseRedirect(back)
        if number >= 2**63:
            number = 0
        news = get_object_or_404(BreakingNews, pk=number)
        if not self.has_change_permission(request, news):
            raise PermissionDenied
        if house.end(news):
            self.log_change(request, news, gettext("Ended."))
            self.message_user(
                request, gettext("Breaking news has ended: comments are as before."), messages.SUCCESS
            )
        else:
            self.message_user(request, gettext("It had ended already."), messages.INFO)
        return HttpResponseRedirect(back)

    def save_model(self, request: HttpRequest, obj: BreakingNews, form: forms.ModelForm, change: bool) -> None:
        if not change:
            obj.by = request.user if request.user.is_authenticated else None
        super().save_model(request, obj, form, change)
        house.forget()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        house.forget()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        house.forget()
