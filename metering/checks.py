"""What can be wrong with a host's settings of the meter, said by `manage.py check` with the line to add."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from metering.conf import Conf, conf, host_settings
from metering.ledger import BUILT_IN

MIDDLEWARE = "metering.middleware.MeterMiddleware"


@register(Tags.security)
def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [*_unknown_keys(), *_unreadable_paths(), *_missing_middleware()]


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
