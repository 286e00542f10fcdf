"""The one door by which one moderator asks another to look after a thread."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from comments import permissions
from comments.models import HandOver, Thread
from comments.moderation import NotAllowedError, NotPermittedError, kept_note, not_permitted


def hand_over(thread: Thread, *, by: Any, to: Any, note: str = "") -> HandOver:
    """Makes `to` the one who looks after the thread, and writes down who asked and why; None takes it back.

    Raises `NotPermittedError` where `by` is no moderator of the section, `NotAllowedError` where `to` is none.
    """
    if not permissions.may_decide_in(by, thread.section):
        raise NotPermittedError(not_permitted())
    if to is not None and not (to.is_active and to.is_staff and permissions.may_decide_in(to, thread.section)):
        raise NotAllowedError(_("%(name)s does not moderate this section.") % {"name": to})
    note = kept_note(note).strip()
    with transaction.atomic():
        locked = Thread.objects.select_for_update().get(pk=thread.pk)
        if locked.keeper == to:
            raise NotAllowedError(
                _("%(name)s looks after this thread already.") % {"name": to}
                if to
                else _("Nobody looks after this thread.")
            )
        Thread.objects.filter(pk=thread.pk).update(keeper=to)
        thread.keeper = to
        return HandOver.objects.create(thread=thread, by=by, to=to, note=note)


def handed_to(person: Any) -> QuerySet[Thread]:
    """The threads that this person looks after, in the sections where they still decide."""
    sections = permissions.sections_of(person)
    kept = Thread.objects.filter(keeper=person.pk).order_by("-pk")
    return kept if sections is None else kept.filter(section__in=sections)


def last(thread: Thread) -> HandOver | None:
    return thread.hand_overs.select_related("by", "to").first()


def who_could(thread: Thread) -> list[Any]:
    """The people to whom a thread can be handed: those who work here and moderate its section. 2 queries."""
    known = ModelBackend()
    everywhere = known.with_perm(permissions.EVERYWHERE)
    here = known.with_perm(permissions.IN_SECTIONS).filter(comment_sections__section=thread.section)
    found = {one.pk: one for people in (everywhere, here) for one in people.filter(is_staff=True)}
    return [found[pk] for pk in sorted(found)]
