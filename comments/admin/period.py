"""Any period, by two days that one types: the fields of a form, and a filter of a list."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comments.periods import Period

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
    until = day(_("To"))

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
