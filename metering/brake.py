"""A coarse brake for readers who come anew with each article, for owners who switch it on."""

from datetime import datetime
from functools import partial
from ipaddress import IPv4Address, ip_network

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from metering.addresses import Address
from metering.models import NewReaders
from metering.policy import Policy
from metering.readers import Reader

SALT = "metering.brake"
FAMILIES = ("Firefox", "Edg", "OPR", "SamsungBrowser", "Chrome", "Safari")
"""In the order in which they are looked for: most browsers also name those that came before them."""


def lets_in(reader: Reader, policy: Policy, *, now: datetime) -> bool:
    """May one more reader of this neighbourhood start today? Counts it if so.

    Costs one statement, four for the first of a day and where there is no more room; nothing where there
    is no brake, and for whoever is known already.
    """
    if policy.brake is None or reader.is_known or reader.address is None:
        return True
    day = timezone.localdate(now)
    neighbourhood = _neighbourhood(reader.address, reader.user_agent, day.isoformat())
    rows = NewReaders.objects.filter(day=day, neighbourhood=neighbourhood)
    one_more = partial(rows.filter(count__lt=policy.brake).update, count=F("count") + 1)
    if one_more():
        return True
    _row, is_first = NewReaders.objects.get_or_create(day=day, neighbourhood=neighbourhood, defaults={"count": 1})
    return is_first or bool(one_more())  # of two who are first at once, the second is counted now


def _neighbourhood(address: Address, user_agent: str, day: str) -> str:
    """A hash that is another one tomorrow, of an address without its end and the browser's family."""
    kept_bits = 24 if isinstance(address, IPv4Address) else 56
    network = ip_network((address, kept_bits), strict=False)
    family = next((name for name in FAMILIES if name in user_agent), "")
    return salted_hmac(SALT, f"{day} {network} {family}", algorithm="sha256").hexdigest()
