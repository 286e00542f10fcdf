"""Fifteen lines: a story is metered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from metering import gate, pieces, wall
from tests.hosts.stories.models import Story


@pieces.register(Story)
class StoryPiece(pieces.Piece):
    @property
    def body(self) -> str:
        return self.obj.html

    @property
    def policy(self) -> str:
        return "free" if self.obj.is_free else "metered"


def story(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Story, pk=pk)
    access = gate.admit(request, found)
    body = wall.shown(pieces.of(found), access)
    return wall.never_cached(
        render(request, "metered_story.html", {"story": found, "body": body, "access": access})
    )
