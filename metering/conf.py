"""Every setting of the metering app, its default and what it means, read in one place.

A host writes `METERING = {"COOKIE_NAME": "reader"}` in its settings; `conf().cookie_name` reads it.
What an owner changes from day to day (limit, period, teaser) is not here but in
the admin, in `metering.models.Meter`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from metering import addresses
from metering.addresses import Networks
from metering.resolving import Resolver

PAGE, SHELL = "page", "shell"
MODES = (PAGE, SHELL)


@dataclass(frozen=True, kw_only=True)
class Conf:
    """The settings of the metering app."""

    mode: str = PAGE
    """`page`: each page is made for its reader. `shell`: everybody gets the same, and the rest separately."""

    ledger: str = "sql"
    """Where reads are written down: `sql`, `redis`, or the dotted path of a class that keeps their promise."""

    redis_url: str = ""
    """The Redis of the `redis` ledger, like `redis://127.0.0.1:6379/0`."""

    redis_prefix: str = "metering:"
    """What all keys of the `redis` ledger begin with, so that several sites can share one Redis."""

    ledger_seconds: float = 2.0
    """How long a page waits for each answer of the ledger, all in all; then it is decided without one."""

    cookie_name: str = "reader"
    """The name of the reader's cookie."""

    subscriber: str = "metering.readers.nobody"
    """Dotted path of a function `(user) -> bool`: does this person read without limit?"""

    registered: str = "metering.readers.anybody"
    """Dotted path of a function `(user) -> bool`: may this person have what registered readers have?

    A host that confirms e-mail addresses asks here whether that has been done.
    """

    trusted_proxies: Sequence[str] = ()
    """Addresses and networks of our own proxies; only from these is `X-Forwarded-For` believed."""

    gifts_per_month: int = 10
    """How many gift links a subscriber can make in a calendar month; 0: there are none."""

    gift_days: int = 30
    """How long a gift link works."""

    gift_opens: int = 20
    """How many readers can open one gift link."""

    crawler_ranges: Mapping[str, str] = field(default_factory=dict)
    """Files with the address ranges of crawlers, such as `{"googlebot": "/etc/newsroom/googlebot.json"}`."""

    crawler_resolver: str = "metering.resolving.SystemResolver"
    """Dotted path of a class like this one, which asks the DNS for names and addresses."""

    crawler_seconds: float = 0.5
    """How long a request that says to come from a crawler waits for the DNS."""

    @property
    def resolver(self) -> Resolver:
        return import_string(self.crawler_resolver)()

    @property
    def is_subscriber(self) -> Callable[[Any], bool]:
        return import_string(self.subscriber)

    @property
    def is_registered(self) -> Callable[[Any], bool]:
        return import_string(self.registered)

    @property
    def proxies(self) -> Networks:
        return addresses.networks(tuple(self.trusted_proxies))


@cache
def conf() -> Conf:
    """The settings in force. Unknown keys are left to `manage.py check`, which names them."""
    known = {field.name for field in fields(Conf)}
    return Conf(**{key.lower(): value for key, value in host_settings().items() if key.lower() in known})


def host_settings() -> dict[str, Any]:
    """What the host wrote under `METERING`, as it stands."""
    return getattr(settings, "METERING", {})


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "METERING":
        conf.cache_clear()


setting_changed.connect(_forget)
