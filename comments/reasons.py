"""Why a moderator turned a comment down: a code for the log and its name, for moderators and for the author."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ABUSE = "abuse"
"""The reason that the action of the same name gives by itself; every list of reasons has it."""

LONGEST_CODE = 40
"""In characters: the width of the column in the log."""

REASONS: Mapping[str, str | Promise] = {
    "off-topic": _("Not about the article"),
    ABUSE: _("Insults or threatens others"),
    "hatred": _("Hatred against a group of people"),
    "advertising": _("Advertising"),
    "personal-data": _("Tells what is private about others"),
    "unlawful": _("Against the law"),
    "false": _("States as a fact what is false"),
    "repeated": _("Said already"),
    "unreadable": _("Cannot be read"),
}
"""What holds unless the host has a list of its own."""
