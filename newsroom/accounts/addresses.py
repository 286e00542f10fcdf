"""A person's e-mail address, and whether a mail to it has been answered."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """`confirmed` is the address in use, `waiting` one that awaits the click on its link; empty: there is none."""

    confirmed: str = ""
    waiting: str = ""


def addresses_of(person: Any) -> Addresses:
    """Costs one query. An address that an editor has entered waits like any other."""
    found = list(EmailAddress.objects.filter(user_id=person.pk).order_by("primary", "pk"))
    confirmed = [one.email for one in found if one.verified]
    waiting = [one.email for one in found if not one.verified]
    if not found and person.email:
        waiting = [person.email]
    return Addresses(confirmed=confirmed[-1] if confirmed else "", waiting=waiting[-1] if waiting else "")


def confirmed_address(person: Any) -> str:
    """The address to which a mail has been answered; empty if there is none. Costs one query."""
    return addresses_of(person).confirmed


def has_verified_address(user: Any) -> bool:
    """True once the person has answered a mail to an address of theirs; asked once per request, then remembered.

    Costs one query for a signed-in reader, none for a stranger.
    """
    if not user.is_authenticated:
        return False
    if not hasattr(user, "_has_verified_address"):
        user._has_verified_address = EmailAddress.objects.filter(user_id=user.pk, verified=True).exists()
    return user._has_verified_address


def mark_as_verified(person: Any) -> bool:
    """Takes the person's address for confirmed without a mail; False if there is none, or it is another's.

    For superusers who know better: in person, by telephone.
    """
    if not person.email:
        return False
    address, _ = EmailAddress.objects.get_or_create(user=person, email=person.email.lower())
    if not address.set_verified():
        return False
    address.set_as_primary()
    return True
