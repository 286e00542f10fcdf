"""The comments for programs: a thread to read and write, and the moderators' list.

A host subclasses `ThreadView` and says which object an address means.
"""

from typing import Any

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from comments import authors, moderation, permissions, posting, refusals, reporting, targets, threads
from comments.api.shapes import (
    DecisionIn,
    DecisionOut,
    DraftIn,
    ModeratedPage,
    OwnComment,
    ReportIn,
    ReportOut,
    ThreadPage,
    as_decision,
    as_moderated,
    as_own,
    as_read,
)
from comments.models import Comment
from comments.readers import reader_of
from comments.states import State

PAGE = 50


class Refusal(APIException):
    """What `posting` refused, as the API says it."""

    def __init__(self, refused: posting.Refused) -> None:
        super().__init__(str(refused), code="refused")
        self.status_code = refused.status
        self.errors = refused.errors
        if isinstance(refused, refusals.TooManyError):
            self.wait = refused.retry_after  # Django REST framework makes `Retry-After` of it


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


class ThreadView(APIView):
    """A thread: GET a page of it, POST a comment to it."""

    def get_object(self, **where: Any) -> Model:
        """The host's object at this address; raises `Http404`."""
        raise NotImplementedError("a host says which object is commented on")

    @extend_schema(
        parameters=[
            OpenApiParameter("after", str, description="the key in `next` of the page before"),
            OpenApiParameter("under", int, description="a comment: everything below it, oldest first"),
        ],
        responses={200: ThreadPage},
    )
    def get(self, request: Request, **where: Any) -> Response:
        target = targets.of(self.get_object(**where))
        thread = threads.thread_of(target)
        may_read = target.may_read(request._request)
        after, under = request.query_params.get("after", ""), request.query_params.get("under", "")
        page = threads.asked_for(thread, after=after, under=under)[0] if may_read else threads.Page()
        badges = target.badges_of(page.authors())
        key = f"under={under}&after={page.next}" if under else f"after={page.next}"
        return Response(
            {
                "count": thread.approved if thread else 0,
                "mode": threads.mode_of(target, thread),
                "may_read": may_read,
                "results": [as_read(one, badges) for one in page.shown],
                "next": (page.next and request.build_absolute_uri(f"?{key}")) or None,
            }
        )

    @extend_schema(request=DraftIn, responses={201: OwnComment})
    def post(self, request: Request, **where: Any) -> Response:
        target = targets.of(self.get_object(**where))
        draft = DraftIn(data=request.data)
        draft.is_valid(raise_exception=True)
        author = authors.known_or_new(request._request)
        try:
            comment = posting.post(
                target,
                posting.Draft(
                    **draft.validated_data,
                    user=request.user,
                    author_key=author.key,
                    address_hash=authors.address_hash(request._request),
                ),
                may_read=target.may_read(request._request),
            )
        except posting.Refused as refused:
            raise Refusal(refused) from refused
        response = Response(as_own(comment, target), status=status.HTTP_201_CREATED)
        author.remember(request._request, response)
        return response


class ReportView(APIView):
    """A reader's report of one comment, by the same rules as on its page."""

    @extend_schema(request=ReportIn, responses={201: ReportOut})
    def post(self, request: Request, pk: int) -> Response:
        comment, target = reporting.reportable(pk)
        said = ReportIn(data=request.data)
        said.is_valid(raise_exception=True)
        author = authors.known_or_new(request._request)
        reader, may_read = reader_of(request._request, author), target.may_read(request._request)
        try:
            reporting.report(comment, reader=reader, may_read=may_read, **said.validated_data)
        except posting.Refused as refused:
            raise Refusal(refused) from refused
        out = {"comment": comment.pk, "reason": said.validated_data["reason"]}
        response = Response(out, status=status.HTTP_201_CREATED)
        author.remember(request._request, response)
        return response


class IsModerator(BasePermission):
    """People who may decide about comments."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        return bool(user and user.is_active and user.is_staff and permissions.may_decide(user))


class ModerationList(APIView):
    """The comments in one state, those that wait longest first."""

    permission_classes = [IsModerator]

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=State.values, description="`pending` unless told"),
            OpenApiParameter("after", int, description="`next` of the page before"),
        ],
        responses={200: ModeratedPage},
    )
    def get(self, request: Request) -> Response:
        state = request.query_params.get("state", State.PENDING)
        after = request.query_params.get("after", "0")
        if state not in State.values:
            raise ValidationError({"state": [_("One of: %(states)s.") % {"states": ", ".join(State.values)}]})
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            raise ValidationError({"after": [_("The number that `next` of the page before gave.")]})
        mine = Comment.objects.in_sections(permissions.sections_of(request.user))
        rows = mine.filter(state=state, pk__gt=int(after)).select_related("thread", "author")
        found = list(rows.order_by("pk")[: PAGE + 1])
        following = found[PAGE - 1].pk if len(found) > PAGE else None
        return Response({"results": [as_moderated(comment) for comment in found[:PAGE]], "next": following})


class DecideView(APIView):
    """One decision about one comment, as the caller saw it: `version` is that of the list."""

    permission_classes = [IsModerator]

    @extend_schema(request=DecisionIn, responses={200: DecisionOut})
    def post(self, request: Request, pk: int) -> Response:
        wanted = DecisionIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        comment = Comment.objects.filter(pk=pk).first()
        if comment is None:
            raise Http404(_("There is no such comment."))
        seen = dict(wanted.validated_data)
        comment.version = seen.pop("version")
        try:
            return Response(as_decision(moderation.decide(comment, by=request.user, **seen), comment))
        except moderation.NotPermittedError as refused:
            raise PermissionDenied(str(refused)) from refused
        except moderation.DecisionError as refused:
            raise Conflict(str(refused)) from refused
