"""Doors for a host's own views: behind one, a view has what this reader may see, and no cache keeps its answer.

def the_story(request, pk):
    return get_object_or_404(Story, pk=pk)

@doors.metered(the_story)
def story(request, opened):
    return render(request, "story.html", {"story": opened.obj, "body": opened.body, "access": opened.access})

class StoryPage(doors.Metered, DetailView):
    model = Story
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import SafeString
from django.views import View
from django.views.decorators.http import require_safe
from django.views.generic.detail import SingleObjectMixin

from metering import gate, pieces, wall
from metering.pieces import Piece
from metering.policy import Access


@dataclass(frozen=True)
class Opened:
    """An object as one reader may see it; `body` is the whole text where `access` is open, else the teaser.

    `obj` is a copy whose `Piece.body_field` holds `body`, so that whatever a template or a serializer
    takes from it has come through the door. It is for showing: it cannot be saved.
    """

    obj: Any
    access: Access
    body: SafeString


def opened(request: HttpRequest, obj: Model) -> Opened:
    """Opens an object for the reader of this request through `gate.admit`, whose costs and refusal these are."""
    piece, access = pieces.of(obj), gate.admit(request, obj)
    body = wall.shown(piece, access)
    return Opened(holding(piece, body), access, body)


def teased(obj: Model) -> Any:
    """A copy of the object with no more text than its teaser: for lists, which are the same for everybody."""
    piece = pieces.of(obj)
    return holding(piece, wall.teaser(piece.body, gate.terms_of(obj).policy))


def holding(piece: Piece, body: SafeString) -> Any:
    """A copy of the object of a piece, with this text in place of its own; without `body_field` as it is."""
    held = copy.copy(piece.obj)
    if piece.body_field:
        setattr(held, piece.body_field, body)
        held.save = _refuse_to_save  # a teaser written over the text of an article would be the end of it
    return held


def metered(find: Callable[..., Model]) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., Any]]:
    """A decorator for a function view, which is then called as `view(request, opened)`.

    `find` gets the request and what the address names; it answers the object or raises `Http404`.
    Other methods than GET and HEAD are answered with 405: a body in the answer to them would be a way around.
    """

    def before(view: Callable[..., HttpResponseBase]) -> Callable[..., Any]:
        @require_safe
        @wraps(view)
        def behind(request: HttpRequest, *args: Any, **where: Any) -> HttpResponseBase:
            return wall.never_cached(view(request, opened(request, find(request, *args, **where))))

        return behind

    return before


class Metered(SingleObjectMixin, View):
    """Put before a class-based view of one object, such as Django's `DetailView`.

    What the view calls `self.object` has come through the door, however it was found; templates get
    `access` and `body` as well. A view that answers without its object is a fault, and said to be one.
    """

    opened: Opened | None = None

    @property
    def object(self) -> Any:
        if self.opened is None:
            raise AttributeError("object")  # as Django's views, which ask `hasattr`
        return self.opened.obj

    @object.setter
    def object(self, found: Model) -> None:
        self.opened = opened(self.request, found)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if self.opened is None and request.method in ("GET", "HEAD") and response.status_code == 200:
            raise ImproperlyConfigured(
                f"{type(self).__name__} answered past the meter: it must set self.object to what it shows."
            )
        return wall.never_cached(response)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"access": self.opened.access, "body": self.opened.body} if self.opened else {}
        return super().get_context_data(**(told | kwargs))


def _refuse_to_save(*args: object, **kwargs: object) -> NoReturn:
    raise TypeError(
        "This object came through the meter's door and may hold a teaser in place of its text. It is for showing; "
        "to change what is stored, update() a queryset or get the object anew."
    )
