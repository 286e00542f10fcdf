"""Every setting of the comments app, its default and what it means, read in one place.

A host writes `COMMENTS = {"MAX_LENGTH": 2000}` in its settings; `conf().max_length` reads it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from comments.reasons import REASONS


@dataclass(frozen=True, kw_only=True)
class Conf:
    """The settings of the comments app; lengths in graphemes (what a reader counts as one sign)."""

    max_length: int = 3000
    """Longest comment that is accepted, in graphemes."""

    max_bytes: int = 64 * 1024
    """Longest comment that is read at all, in bytes of UTF-8; longer ones are refused unread."""

    max_name_length: int = 80
    """Longest name, in graphemes."""

    calendar: str = "gregorian"
    """`gregorian` or `jalali`: how the dates of comments are printed."""

    hold_above: float = 0.35
    """A comment whose score is at least this waits for a person."""

    spam_above: float = 0.90
    """A comment whose score is at least this goes to the spam tab by itself."""

    trusted_after_decisions: int = 200
    """Until people have decided so often, nothing is called spam by itself: it is held instead."""

    close_after_days: int | None = None
    """Threads close so many days after publication; None: never by themselves."""

    page_size: int = 50
    """Comments on one page of a thread, replies included."""

    replies_shown: int = 5
    """Replies shown under one comment before "more replies"."""

    depth_drawn: int = 4
    """Replies are indented to this depth; deeper ones stand flat with "in reply to"."""

    client_address: str = "comments.authors.remote_address"
    """Dotted path of a function `(request) -> str`: whose request it is; behind proxies a host knows better."""

    confirmed_address: str = "comments.authors.no_confirmed_address"
    """Dotted path of a function `(user) -> str`: the e-mail address that an account has confirmed, or nothing."""

    address_days: int = 30
    """Days after which the keyed hash of a commenter's network address is forgotten."""

    sweep_after_seconds: int = 60
    """A comment that nobody has screened for so long is screened by the sweep."""

    reasons: Mapping[str, str | Promise] = field(default_factory=lambda: REASONS)
    """The reasons that a moderator can give: what stands in the log, and its name. `abuse` is one of them."""

    appeal_days: int = 60
    """Days within which an author may ask for a second look at a decision; 0: never."""

    reports_per_hour: int = 20
    """Reports that one reader may send within an hour; three times as many from one network address."""

    site_url: str = ""
    """Beginning of the addresses in mails, such as `https://news.example`."""

    @property
    def address_of(self) -> Callable[[Any], str]:
        return import_string(self.client_address)

    @property
    def confirmed_address_of(self) -> Callable[[Any], str]:
        return import_string(self.confirmed_address)


@cache
def conf() -> Conf:
    """The settings in force. Unknown keys are left to `manage.py check`, which names them."""
    known = {one.name for one in fields(Conf)}
    return Conf(**{key.lower(): value for key, value in host_settings().items() if key.lower() in known})


def host_settings() -> dict[str, Any]:
    """What the host wrote under `COMMENTS`, as it stands."""
    return getattr(settings, "COMMENTS", {})


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "COMMENTS":
        conf.cache_clear()


setting_changed.connect(_forget)
