"""The address ranges of crawlers, read from the lists that their operators publish and the owner supplies."""

import json
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metering.known_crawlers import BY_NAME
from metering.models import CrawlerRanges
from metering.network_lists import one_network_a_line

LONGEST_FILE = 4 * 1024 * 1024


class UnreadableError(ValueError):
    """A file is not such a list; the message says in words what is wrong with it."""


def refresh(files: Mapping[str, str]) -> dict[str, int | UnreadableError]:
    """Reads the file of each crawler again; answers how many networks each has, or what is wrong.

    What cannot be read leaves the ranges that were read before. Crawlers that are no longer named
    lose theirs.
    """
    told: dict[str, int | UnreadableError] = {}
    with transaction.atomic():
        CrawlerRanges.objects.exclude(crawler__in=files).delete()
        for crawler, path in files.items():
            try:
                told[crawler] = _keep(crawler, read(crawler, path))
            except UnreadableError as error:
                told[crawler] = error
    return told


def read(crawler: str, path: str) -> list[str]:
    """The networks in a file of the shape `{"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}, ...]}`."""
    if crawler not in BY_NAME:
        raise UnreadableError(_("“%s” is no crawler that is known by this name.") % crawler)
    try:
        text = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableError(
            _("“%(path)s” cannot be read: %(error)s") % {"path": path, "error": error}
        ) from error
    try:
        if len(text) > LONGEST_FILE:
            raise ValueError
        entries = json.loads(text)["prefixes"]
        found = [entry.get("ipv4Prefix") or entry["ipv6Prefix"] for entry in entries]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(_("“%s” is not a list of prefixes as search engines publish it.") % path) from error
    if not found or not all(isinstance(network, str) for network in found):
        raise UnreadableError(_("“%s” has no networks in it.") % path)
    try:
        one_network_a_line("\n".join(found))
    except ValidationError as error:
        raise UnreadableError(f"“{path}”: {error.messages[0]}") from error
    return found


def _keep(crawler: str, networks: list[str]) -> int:
    kept = {"networks": "\n".join(networks), "read_at": timezone.now()}
    CrawlerRanges.objects.update_or_create(crawler=crawler, defaults=kept)
    return len(networks)
