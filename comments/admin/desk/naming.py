"""What tabs, filters and things done are called at the desk."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comments.screening.sentences import SENTENCES
from comments.states import Action
from comments.tallies import Tab

TABS = {
    Tab.PENDING: pgettext_lazy("tab of the desk", "Pending"),
    Tab.REPORTED: pgettext_lazy("tab of the desk", "Reported"),
    Tab.APPEALS: pgettext_lazy("tab of the desk", "Appeals"),
    Tab.SPAM: pgettext_lazy("tab of the desk", "Spam"),
    Tab.APPROVED: pgettext_lazy("tab of the desk", "Approved"),
    Tab.REJECTED: pgettext_lazy("tab of the desk", "Rejected"),
}

EMPTY = {
    Tab.PENDING: _("Nothing waits. Well done."),
    Tab.REPORTED: _("No comment is reported."),
    Tab.APPEALS: _("Nobody asks for a second look."),
    Tab.SPAM: _("There is no spam."),
    Tab.APPROVED: _("No comment has been approved yet."),
    Tab.REJECTED: _("No comment has been rejected."),
}

DONE = {
    Action.APPROVE: _("Approved."),
    Action.REJECT: _("Rejected."),
    Action.SPAM: _("Marked as spam."),
    Action.ABUSE: _("Rejected as abuse."),
    Action.HOLD: _("Held: it waits again."),
    Action.RESTORE: _("Restored: it waits again."),
    Action.KEEP: _("Kept as it is."),
    Action.REDACT: _("Redacted."),
}

KEYS = {
    Action.APPROVE: "a",
    Action.KEEP: "a",
    Action.REJECT: "r",
    Action.SPAM: "s",
    Action.ABUSE: "x",
}
"""The key of each action; where a comment can be kept, that comes before approving it anew."""

RULES = {
    "links": _("Links"),
    "link_share": _("Mostly links"),
    "only_link": _("Only a link"),
    "shortener": _("Shortened link"),
    "messenger_link": _("Link into a messenger"),
    "forum_markup": _("Forum markup"),
    "hidden_link": _("Hidden address"),
    "contact": _("Asks to be contacted"),
    "offer": _("Offers money or a job"),
    "money_call": _("Money and a call to act"),
    "money_handle": _("A name praised next to money"),
    "call_link": _("Calls to follow a link"),
    "promotion": _("Advertises a channel"),
    "goods": _("Advertises goods"),
    "mixed_scripts": _("Look-alike letters"),
    "invisible": _("Invisible signs"),
    "fancy_letters": _("Letters as special signs"),
    "shouting": _("Capitals"),
    "flattery": _("Flattery with a link"),
    "name_link": _("The name is an address"),
    "name_keyword": _("The name is an advertisement"),
    "disposable_email": _("Throw-away e-mail address"),
    "honeypot": _("The hidden field"),
    "too_fast": _("Filled in too fast"),
    "posting_rate": _("Many in a short time"),
    "near_duplicate": _("Posted elsewhere"),
    "plain_prose": _("Plain sentences"),
}


def rules() -> Iterable[tuple[str, Any]]:
    """Each rule of screening and its name, in the order of the alphabet; one without a name stands for itself."""
    named = ((rule, RULES.get(rule, rule.replace("_", " ").capitalize())) for rule in SENTENCES)
    return sorted(named, key=lambda one: str(one[1]))
