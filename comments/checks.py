"""What can be wrong with a host's settings of the comments, said by `manage.py check` with the line to add."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from comments.conf import Conf, conf, host_settings
from comments.reasons import ABUSE, LONGEST_CODE

CALENDARS = ("gregorian", "jalali")

LEAST = {"appeal_days": 0, "reports_per_hour": 1}
"""Settings that count something, and the least that makes sense."""


@register(Tags.compatibility)
def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [*_unknown_keys(), *_calendar(), *_thresholds(), *_paths(), *_reasons(), *_numbers()]


@register(Tags.urls)
def check_addresses(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        reverse("comments:post")
    except NoReverseMatch:
        return [
            Error(
                "The comments have no address to post to.",
                hint='Add path("comments/", include("comments.urls")) to your urlpatterns.',
                id="comments.E004",
            )
        ]
    return []


@register(Tags.compatibility)
def check_the_desk(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if apps.is_installed("django_htmx") or not apps.is_installed("django.contrib.admin"):
        return []
    return [
        Warning(
            "The moderators' desk loads a page for each decision: django_htmx is not installed.",
            hint='Install django-htmx and add "django_htmx" to INSTALLED_APPS.',
            id="comments.W001",
        )
    ]


def _unknown_keys() -> list[CheckMessage]:
    known = {field.name.upper() for field in fields(Conf)}
    return [
        Error(
            f"COMMENTS has no setting {key!r}.",
            hint=f"It knows {', '.join(sorted(known))}.",
            id="comments.E001",
        )
        for key in host_settings()
        if key not in known
    ]


def _calendar() -> list[CheckMessage]:
    if conf().calendar in CALENDARS:
        return []
    return [
        Error(f"COMMENTS['CALENDAR'] is {conf().calendar!r}.", hint="gregorian or jalali.", id="comments.E002")
    ]


def _paths() -> Iterator[CheckMessage]:
    for key in ("client_address", "confirmed_address"):
        path = getattr(conf(), key)
        try:
            import_string(path)
        except ImportError:
            told = f"COMMENTS[{key.upper()!r}] is {path!r}, which cannot be imported."
            yield Error(told, id="comments.E005")


def _thresholds() -> list[CheckMessage]:
    if 0 <= conf().hold_above <= conf().spam_above <= 1:
        return []
    return [
        Error(
            "COMMENTS: HOLD_ABOVE and SPAM_ABOVE do not fit together.",
            hint="0 ≤ HOLD_ABOVE ≤ SPAM_ABOVE ≤ 1, such as 0.35 and 0.90.",
            id="comments.E003",
        )
    ]


def _reasons() -> list[CheckMessage]:
    codes = conf().reasons
    if ABUSE in codes and all(code and len(code) <= LONGEST_CODE for code in codes):
        return []
    return [
        Error(
            f"COMMENTS['REASONS'] lacks {ABUSE!r}, or has a code that the log cannot keep.",
            hint=f"Codes have 1 to {LONGEST_CODE} characters; {ABUSE!r} is what the action of that name gives.",
            id="comments.E006",
        )
    ]


def _numbers() -> list[CheckMessage]:
    wrong = [
        f"COMMENTS[{name.upper()!r}] is {getattr(conf(), name)!r}, which is no number from {least} on."
        for name, least in LEAST.items()
        if type(getattr(conf(), name)) is not int or getattr(conf(), name) < least
    ]
    return [Error(words, hint="A whole number, such as 20.", id="comments.E011") for words in wrong]
