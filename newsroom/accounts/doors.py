"""What an account does only for who has typed its password within the last minutes."""

from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse


def with_password_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Asks a signed-in reader for the password, unless it was typed just now. Strangers have none."""
    return reauthentication_required(view, enabled=_is_signed_in)


def _is_signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated
