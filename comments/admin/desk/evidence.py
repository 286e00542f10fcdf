"""A comment's text with what screening found in it marked, as its reader would see it. Pure."""

import re
from collections.abc import Iterable
from html import escape, unescape

from django.utils.safestring import SafeString, mark_safe

from comments.screening import Reason

PIECE = re.compile(r"(<[^>]*>)")
LONGEST = 200
"""In characters; what is longer is not a piece of evidence but the text."""


def marked(html: str, source: str, reasons: Iterable[Reason]) -> SafeString:
    """The safe HTML with the evidence of what speaks for spam in `<mark>`; looked for in text, never in tags."""
    found = _evidence(source, reasons)
    if not found:
        return mark_safe(html)  # noqa: S308  cleaned when it was saved
    pattern = re.compile("|".join(re.escape(one) for one in sorted(found, key=len, reverse=True)))
    pieces = (piece if piece.startswith("<") else _marked(piece, pattern) for piece in PIECE.split(html))
    return mark_safe("".join(pieces))  # noqa: S308  tags as they were, all text escaped


def _evidence(source: str, reasons: Iterable[Reason]) -> set[str]:
    spans = (span for reason in reasons if reason.weight > 0 for span in reason.spans)
    lines = (line.strip() for start, end in spans for line in source[start:end].splitlines())
    return {line for line in lines if 2 < len(line) <= LONGEST}


def _marked(piece: str, pattern: re.Pattern[str]) -> str:
    text = unescape(piece)
    written, place = [], 0
    for match in pattern.finditer(text):
        written += [escape(text[place : match.start()]), f"<mark>{escape(match[0])}</mark>"]
        place = match.end()
    return "".join([*written, escape(text[place:])])
