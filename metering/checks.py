"""What can be wrong with a host's settings of the meter, said by `manage.py check` with the line to add."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from metering import addresses
from metering.conf import Conf, conf, host_settings
from metering.ledger import BUILT_IN

MIDDLEWARE = "metering.middleware.MeterMiddleware"


@register(Tags.security)
def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [*_unknown_keys(), *_unreadable_paths(), *_missing_middleware(), *_proxies()]


def _unknown_keys() -> list[CheckMessage]:
    known = {field.name.upper() for field in fields(Conf)}
    return [
        Error(
            f"METERING has no setting {key!r}.",
            hint=f"It knows {', '.join(sorted(known))}.",
            id="metering.E001",
        )
        for key in host_settings()
        if key not in known
    ]


def _unreadable_paths() -> list[CheckMessage]:
    named = {"LEDGER": BUILT_IN.get(conf().ledger, conf().ledger), "SUBSCRIBER": conf().subscriber}
    return [
        Error(f"METERING[{key!r}] is {path!r}, which cannot be imported.", id="metering.E002")
        for key, path in named.items()
        if not _imports(path)
    ]


def _imports(path: str) -> bool:
    try:
        import_string(path)
    except ImportError:
        return False
    return True


def _missing_middleware() -> list[CheckMessage]:
    if MIDDLEWARE in settings.MIDDLEWARE:
        return []
    return [
        Error(
            "The meter cannot recognise readers: its middleware is not installed.",
            hint=f"Add {MIDDLEWARE!r} to MIDDLEWARE, after AuthenticationMiddleware.",
            id="metering.E003",
        )
    ]


def _proxies() -> list[CheckMessage]:
    named = conf().trusted_proxies
    if isinstance(named, str):
        return [_unreadable_proxy(named, "It is a list, such as ['10.0.0.0/8'].")]
    return [
        _unreadable_proxy(name, "Addresses like '192.0.2.1' and networks like '10.0.0.0/8' or '2001:db8::/48'.")
        for name in named
        if not _is_proxy(name)
    ]


def _unreadable_proxy(name: str, hint: str) -> CheckMessage:
    return Error(
        f"METERING['TRUSTED_PROXIES'] names {name!r}, which is not the network of a proxy.",
        hint=hint,
        id="metering.E004",
    )


def _is_proxy(name: str) -> bool:
    """The network of everybody is not one: whoever trusts it lets each reader name an address."""
    try:
        return addresses.network(name).prefixlen > 0
    except ValueError:
        return False
