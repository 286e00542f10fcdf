"""Shells: what everybody may have of a piece, whoever asks, so that caches which many readers share may keep it.

shell = shells.of(article)
return wall.shared(render(request, "shell.html", {"article": shell.obj, "body": shell.body}))

The rest comes from a second, metered address, which no cache keeps.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.safestring import SafeString

from metering import doors, gate, pieces, wall
from metering.conf import SHELL, conf
from metering.pieces import Piece
from metering.policy import Access, Reason
from metering.readers import Reader

OPEN_TO_EVERYBODY = (Reason.FREE, Reason.UNMETERED)
"""The only reasons for which a shell holds a whole text. Whatever else opens a piece, opens it to somebody."""


@dataclass(frozen=True)
class Shell:
    """A piece as it is shown to everybody. `access` is what a stranger is told; its counts are nobody's."""

    piece: Piece
    access: Access

    @cached_property
    def is_whole(self) -> bool:
        """Does everybody get the whole text? Not while a rule is tried: its readers are to be counted."""
        return self.access.reason in OPEN_TO_EVERYBODY and gate.terms_of(self.piece.obj).observed is None

    @cached_property
    def body(self) -> SafeString:
        """The whole text if that is free, else the teaser; cut only where a page is really printed."""
        body = self.piece.body
        return wall.whole(body) if self.is_whole else wall.teaser(body, self.access.policy)

    @cached_property
    def obj(self) -> Any:
        """A copy of the object that holds no more text than `body`, as `metering.doors` makes them."""
        return doors.holding(self.piece, self.body)


def are_in_force() -> bool:
    """Does this site give everybody the same page, and the rest at a second address?"""
    return conf().mode == SHELL


def of(obj: Model) -> Shell:
    """The shell of an object. Spends nothing, looks at no request; one query."""
    return Shell(pieces.of(obj), gate.ask(_anybody(), obj))


def _anybody() -> HttpRequest:
    """A request without cookie, account, address, name or gift: what it is told, everybody may be told."""
    request = HttpRequest()
    request.reader = Reader(request)  # type: ignore[attr-defined]
    return request
