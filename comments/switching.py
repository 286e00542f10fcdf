"""The one door by which a moderator opens a thread, closes it, or has each of its comments wait."""

from typing import Any

from django.utils.translation import gettext as _

from comments import permissions
from comments.models import Thread
from comments.moderation import NotAllowedError, NotPermittedError, not_permitted

AS_THE_ARTICLE_SAYS = ""


def switch(thread: Thread, mode: str, *, by: Any) -> bool:
    """Sets what holds in this thread against whatever the article says; False where it held already.

    Raises `NotPermittedError` where `by` is no moderator of the section.
    """
    if not permissions.may_decide_in(by, thread.section):
        raise NotPermittedError(not_permitted())
    if mode not in {AS_THE_ARTICLE_SAYS, *Thread.Mode.values}:
        raise NotAllowedError(_("Please choose what is to hold for this thread."))
    changed = Thread.objects.filter(pk=thread.pk).exclude(mode=mode).update(mode=mode)
    thread.mode = mode
    return bool(changed)
