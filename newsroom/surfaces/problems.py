"""Errors of the API as problem documents (RFC 9457), whatever went wrong and wherever."""

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

CONTENT_TYPE = "application/problem+json"


def document(status: int, detail: str = "", **more: Any) -> dict[str, Any]:
    """`{type, title, status, detail}`, and `errors` by field where there are any."""
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, **more}
    return problem | {"detail": detail} if detail else problem


def response(status: int, detail: str = "") -> JsonResponse:
    """A problem document outside of the API's own views: unknown addresses, oversized bodies."""
    return JsonResponse(document(status, detail), status=status, content_type=CONTENT_TYPE)


def as_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler; None leaves a fault of ours to be a 500."""
    if isinstance(error, RecursionError):  # JSON nested a hundred thousand deep
        error = ParseError()
    answer = exception_handler(error, context)
    if answer is None:
        return None
    errors = _by_field(error)
    detail = "" if errors and isinstance(error, ValidationError) else _words(answer.data)
    answer.data = document(answer.status_code, detail, **({"errors": errors} if errors else {}))
    answer.content_type = CONTENT_TYPE
    return answer


def _by_field(error: Exception) -> dict[str, list[str]]:
    if isinstance(error, ValidationError) and isinstance(error.detail, dict):
        return {field: [_writable(str(one)) for one in faults] for field, faults in error.detail.items()}
    told: dict[str, str] = getattr(error, "errors", {}) if isinstance(error, APIException) else {}
    return {field: [fault] for field, fault in told.items()}


def _writable(words: str) -> str:
    """What was sent may be repeated in the words, and JSON can say what no encoding can."""
    return words.encode("utf-8", "replace").decode("utf-8")


def _words(data: Any) -> str:
    if isinstance(data, dict):
        return str(data.get("detail", ""))
    return " ".join(str(one) for one in data) if isinstance(data, list) else str(data)
