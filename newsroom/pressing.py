"""Prints a page once per edition, and stamps into each copy what is one reader's own.

Nearly every reader of an article sees the same bytes: what differs is a token in the form and a
number or two. So the page is rendered with marks in those places, kept, and each copy is the kept
pieces with the reader's stamps between them.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

KEPT_SECONDS = 60
"""A new edition replaces the old one at once; a renamed tag, section or author shows after this."""


def copy(
    edition: tuple[object, ...],
    stamps: Mapping[str, str],
    render: Callable[[Mapping[str, SafeString]], str],
) -> str:
    """A copy of the page with these stamps in it.

    `edition` is all that the page depends on besides the stamps; a page that depends on anything
    else must not come here. `render` is called once per edition, with a mark for each stamp to
    put where the stamp belongs. Stamps are inserted as they are: they must be safe HTML.
    """
    key = "press." + hashlib.sha256(repr(edition).encode()).hexdigest()
    plate = cache.get(key)
    if plate is None:
        plate = _engrave(stamps, render)
        cache.set(key, plate, KEPT_SECONDS)
    # The plate is text, name, text, name ... text.
    return "".join(stamps[part] if number % 2 else part for number, part in enumerate(plate))


def _engrave(stamps: Mapping[str, str], render: Callable[[Mapping[str, SafeString]], str]) -> list[str]:
    # Nobody can write a mark into a comment: it is drawn anew for each plate.
    seal = secrets.token_hex(12)
    marks = {name: mark_safe(f"{seal}{name}{seal}") for name in stamps}  # noqa: S308  hexadecimal and a name
    page = render(marks)
    return re.split(f"{seal}({'|'.join(map(re.escape, stamps))}){seal}", page)
