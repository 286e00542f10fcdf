"""The life of a comment as a table that one can print. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SPAM = "spam", _("Spam")
    REMOVED = "removed", _("Removed")


class Action(TextChoices):
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")
    SPAM = "spam", _("Spam")
    ABUSE = "abuse", _("Abuse")
    HOLD = "hold", _("Hold")
    RESTORE = "restore", _("Restore")
    KEEP = "keep", _("Keep")
    REDACT = "redact", _("Redact")
    UNDO = "undo", _("Undo")
    REMOVE = "remove", _("Remove")


# What may be done from where, and where it leads. Removal is the author's own act, and final. Keeping answers
# readers' reports or the author's appeal and leaves the state as it is; so does blacking out a part of the text.
# Undoing leads wherever the comment came from, so that no table can say where.
TABLE: dict[Action, dict[State, State]] = {
    Action.APPROVE: dict.fromkeys((State.PENDING, State.REJECTED, State.SPAM), State.APPROVED),
    Action.REJECT: dict.fromkeys((State.PENDING, State.APPROVED, State.SPAM), State.REJECTED),
    Action.SPAM: dict.fromkeys((State.PENDING, State.APPROVED, State.REJECTED), State.SPAM),
    Action.ABUSE: dict.fromkeys((State.PENDING, State.APPROVED, State.SPAM), State.REJECTED),
    Action.HOLD: dict.fromkeys((State.APPROVED,), State.PENDING),
    Action.RESTORE: dict.fromkeys((State.REJECTED, State.SPAM), State.PENDING),
    Action.KEEP: {state: state for state in (State.APPROVED, State.REJECTED, State.SPAM)},
    Action.REDACT: {state: state for state in (State.PENDING, State.APPROVED, State.REJECTED, State.SPAM)},
    Action.UNDO: {},
    Action.REMOVE: dict.fromkeys((State.PENDING, State.APPROVED, State.REJECTED, State.SPAM), State.REMOVED),
}

BY_MODERATORS = tuple(action for action in Action if action is not Action.REMOVE)

ON_THE_MENU = tuple(action for action in BY_MODERATORS if action not in (Action.KEEP, Action.REDACT, Action.UNDO))
"""What can be done with any comment in the right state, and with many at once."""


def after(action: Action, state: State) -> State | None:
    """The state that this action leads to; None where it is not allowed."""
    return TABLE[action].get(state)


def allowed(state: State) -> list[Action]:
    """What a moderator can do with any comment in this state."""
    return [action for action in ON_THE_MENU if state in TABLE[action]]
