"""What can be asked at the desk, read from an address or a form; whatever cannot be read is told in words."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from comments.admin.desk import naming
from comments.admin.desk.queue import LARGEST_KEY, Order, Place, Question
from comments.conf import conf
from comments.tallies import Tab

LONGEST_SEARCH = 200
"""In characters."""


class FilterForm(forms.Form):
    """The filters of the queue; `thread` and `by` are reached by links in the rows."""

    q = forms.CharField(label=_("Words in the text"), max_length=LONGEST_SEARCH, required=False)
    who = forms.CharField(label=_("Name or e-mail"), max_length=LONGEST_SEARCH, required=False)
    section = forms.ChoiceField(label=_("Section"), required=False)
    rule = forms.ChoiceField(label=_("Found by screening"), required=False)
    reported = forms.ChoiceField(label=_("Reported as"), required=False)
    reason = forms.ChoiceField(label=_("Reason given"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    least = forms.FloatField(label=_("Score from"), min_value=0, max_value=1, required=False)
    most = forms.FloatField(label=_("Score to"), min_value=0, max_value=1, required=False)
    thread = forms.IntegerField(label=_("Article"), min_value=1, max_value=LARGEST_KEY, required=False)
    by = forms.IntegerField(label=_("Author"), min_value=1, max_value=LARGEST_KEY, required=False)

    def __init__(self, asked: Any, *, sections: Iterable[str]) -> None:
        super().__init__(asked)
        chosen = asked.get("section", "")
        known = sorted({*sections, *([chosen] if _is_a_section(chosen) else [])} - {""})
        reasons = list(conf().reasons.items())
        self._offer("section", [(one, one) for one in known], _("all"))
        self._offer("rule", naming.rules(), _("anything"))
        self._offer("reported", reasons, _("anything"))
        self._offer("reason", reasons, _("any"))
        self._offer("language", settings.LANGUAGES, _("all"))
        for name in ("least", "most"):
            self.fields[name].widget.attrs |= {"step": "0.05", "inputmode": "decimal"}
        self.fields["q"].widget.input_type = "search"

    def _offer(self, name: str, choices: Iterable[tuple[Any, Any]], nothing: Any) -> None:
        self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        least, most = given.get("least"), given.get("most")
        if least is not None and most is not None and least > most:
            self.add_error("least", gettext("The lowest score is above the highest."))
        return given

    @property
    def filters(self) -> dict[str, Any]:
        """Those that are set, cleaned."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


def _is_a_section(name: str) -> bool:
    return 0 < len(name) <= 100 and "\0" not in name


def question(
    asked: Any, *, sections: Collection[str] | None, known_sections: Iterable[str]
) -> tuple[Question, FilterForm, list[str]]:
    """What an address asks; the form that shows it; and in words what of it could not be read."""
    form = FilterForm(asked, sections=known_sections)
    faults: list[str] = []
    tab = _one_of(Tab, asked.get("tab") or Tab.PENDING, faults, gettext("There is no such tab: “%s”."))
    order = _one_of(Order, asked.get("order") or Order.URGENCY, faults, gettext("There is no such order: “%s”."))
    after = Place.read(asked["after"]) if asked.get("after") else None
    if asked.get("after") and after is None:
        faults.append(gettext("The place in the list could not be read; this is its beginning."))
    is_valid = form.is_valid()
    for name, said in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        faults += [f"{label}: {one}" for one in said]
    return (
        Question(tab=tab, order=order, filters=form.filters, after=after, sections=sections),
        form,
        faults if is_valid else [*faults, gettext("Nothing is listed until this is put right.")],
    )


def _one_of(kinds: Any, asked: str, faults: list[str], told: str) -> Any:
    try:
        return kinds(asked)
    except ValueError:
        faults.append(told % asked[:40])
        return next(iter(kinds))
