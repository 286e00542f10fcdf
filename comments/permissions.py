"""Who may decide about which comments: about all of them, or about those of the sections assigned."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from comments.models import SectionModerator

EVERYWHERE = "comments.moderate_comment"
IN_SECTIONS = "comments.moderate_section"


def sections_of(person: Any) -> Collection[str] | None:
    """The sections in which this person decides; None: in all of them; empty: nowhere.

    At most 3 queries, remembered by the object that is handed in: for the length of a request.
    """
    if person.has_perm(EVERYWHERE):
        return None
    if not person.has_perm(IN_SECTIONS):
        return frozenset()
    if not hasattr(person, "_comment_sections"):
        assigned = SectionModerator.objects.filter(user_id=person.pk)
        person._comment_sections = frozenset(assigned.values_list("section", flat=True))
    return person._comment_sections


def may_decide(person: Any) -> bool:
    """Whether this person is a moderator now, of anything."""
    sections = sections_of(person)
    return sections is None or bool(sections)


def moderators() -> QuerySet[Any]:
    """Active people with a permission to decide; where, `may_decide_in` tells of each. One query."""
    given = Permission.objects.filter(
        content_type__app_label="comments", codename__in=[name.split(".")[1] for name in (EVERYWHERE, IN_SECTIONS)]
    )
    people = get_user_model()._default_manager.filter(is_active=True)
    holding = Q(is_superuser=True) | Q(user_permissions__in=given) | Q(groups__permissions__in=given)
    return people.filter(pk__in=people.filter(holding).values("pk")).order_by("pk")


def may_decide_in(person: Any, section: str) -> bool:
    """Whether this person decides about comments in this section."""
    sections = sections_of(person)
    return sections is None or section in sections


def sections_seen_by(person: Any) -> Collection[str] | None:
    """The sections whose comments are shown to this person in the admin; None: all of them.

    Who moderates nothing, and may look all the same, sees everything.
    """
    sections = sections_of(person)
    return None if sections is not None and not person.has_perm(IN_SECTIONS) else sections
