"""The door for views of Django REST framework: a retrieved object holds no more text than its reader may see.

class StoryView(doors.Metered, RetrieveAPIView):
    queryset = Story.objects.all()
    serializer_class = StorySerializer
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from metering import doors, pieces, wall


class Metered(GenericAPIView):
    """Put before `RetrieveAPIView`, or before a view set that has `retrieve`.

    The serializer gets the object with `Piece.body_field` as this reader may see it, and the answer says
    under `access` whether that is the whole text (`outcome` `open`) or the teaser (`wall`). In lists
    every object holds its teaser, which spends nothing.
    """

    opened: doors.Opened | None = None

    def get_serializer(self, *args: Any, **kwargs: Any) -> BaseSerializer[Any]:
        if args and "data" not in kwargs:  # what somebody sends in is not shown to a reader
            found, *more = args
            args = (self._teased(found) if kwargs.get("many") else self._opened(found), *more)
        return super().get_serializer(*args, **kwargs)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if self.opened is None:
            return super().finalize_response(request, response, *args, **kwargs)
        if isinstance(response.data, dict):
            response.data = response.data | {"access": self.opened.access.as_dict()}
        return wall.never_cached(super().finalize_response(request, response, *args, **kwargs))

    def _opened(self, found: Model) -> Model:
        self.opened = doors.opened(self.request._request, _guarded(found))
        return self.opened.obj

    def _teased(self, found: Any) -> list[Model]:
        return [doors.teased(_guarded(one)) for one in found]


def _guarded(found: Model) -> Model:
    """The object, if its text can be kept from a serializer; raises `ImproperlyConfigured` else."""
    kind = type(pieces.of(found))
    if not kind.body_field:
        raise ImproperlyConfigured(f"{kind.__name__} must name the field of its text: body_field = '…'.")
    return found
