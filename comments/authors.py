"""Who wrote it: the commenter's own signed cookie, apart from every other cookie of the site."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from comments.conf import conf
from comments.textual import fold

COOKIE = "comment_author"
SALT = "comments.author"
LIFETIME_SECONDS = 180 * 24 * 3600
LONGEST_COOKIE = 200


@dataclass(frozen=True)
class Author:
    """A browser that has commented, or is about to."""

    number: str

    @property
    def key(self) -> str:
        """What is stored with the comments: 64 hexadecimal digits, from which no cookie can be made."""
        return salted_hmac(SALT, self.number, algorithm="sha256").hexdigest()

    def remember(self, request: HttpRequest, response: HttpResponse) -> None:
        """Lets the browser show later that it wrote this."""
        response.set_cookie(
            COOKIE,
            signing.Signer(salt=SALT).sign(self.number),
            max_age=LIFETIME_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )


def known(request: HttpRequest) -> Author | None:
    """The author whose cookie this browser brings; None for a missing, forged or foreign one."""
    cookie = request.COOKIES.get(COOKIE, "")
    if not cookie or len(cookie) > LONGEST_COOKIE:
        return None
    try:
        return Author(signing.Signer(salt=SALT).unsign(cookie))
    except signing.BadSignature:
        return None


def known_or_new(request: HttpRequest) -> Author:
    return known(request) or Author(secrets.token_urlsafe(18))


def remote_address(request: HttpRequest) -> str:
    """The address of the connection: right where no proxy stands before the site."""
    return request.META.get("REMOTE_ADDR", "")


def address_hash(request: HttpRequest) -> str:
    """The keyed hash of the network address: enough to see that two are the same, not which one it is."""
    address = conf().address_of(request)
    return salted_hmac("comments.address", address, algorithm="sha256").hexdigest() if address else ""


def no_confirmed_address(user: Any) -> str:
    """What holds unless the host knows better: nobody has shown that an e-mail address is theirs."""
    return ""


ERASED = "@erased.invalid"
"""The domain, which nobody can have, of addresses that were made unreadable."""


def unreadable(email: str) -> str:
    """The keyed hash of an e-mail address, in the form of an address; of an empty one nothing.

    Enough to know it again, not to read it. Of what is unreadable already the same comes out.
    """
    if not email or email.endswith(ERASED):
        return email
    return salted_hmac("comments.email", fold(email).strip(), algorithm="sha256").hexdigest() + ERASED
