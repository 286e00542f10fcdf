"""Who is reading: the meter's own small session, kept in a signed cookie."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

from metering import addresses
from metering.addresses import Address
from metering.conf import conf

SALT = "metering.reader"
SALT_OF_ACCOUNTS = "metering.account"
SALT_OF_TRIALS = "metering.trial"
LONGEST_COOKIE = 200
LONGEST_GIFTS = 600


@dataclass(frozen=True)
class Pass:
    """What the cookie holds: an opaque random number, and when its first read was, in whole seconds."""

    number: str
    since: datetime

    @cached_property
    def key(self) -> str:
        """What the database knows of the reader: 64 hexadecimal digits, from which no cookie can be made."""
        return salted_hmac(SALT, self.number, algorithm="sha256").hexdigest()

    def signed(self) -> str:
        return signing.Signer(salt=SALT).sign(f"{self.number}.{int(self.since.timestamp())}")

    @classmethod
    def issue(cls, now: datetime) -> "Pass":
        return cls(secrets.token_urlsafe(18), now.replace(microsecond=0))

    @classmethod
    def read(cls, cookie: str | None) -> "Pass | None":
        """The pass in a cookie; None for one that is forged, altered, foreign, oversized or missing."""
        if not cookie or len(cookie) > LONGEST_COOKIE:
            return None
        try:
            number, since = signing.Signer(salt=SALT).unsign(cookie).rsplit(".", 1)
            return cls(number, datetime.fromtimestamp(int(since), UTC))
        except (signing.BadSignature, ValueError, OverflowError, OSError):
            return None


class Reader:
    """The reader of one request. Nothing is read or written before somebody asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._issued_until: datetime | None = None
        self._gifts: tuple[str, datetime] | None = None
        self._leaves = False
        self._named: Any = None
        self._user: Any = None
        self.gift: Any = None
        """The gift by which this request may open its piece, once the gate has found one."""
        self.account: Any = None
        """What the ledger has said of this reader, once the gate has asked it."""
        self.is_unanswered = False
        """Has the ledger left this request without an answer? Then it is not asked again."""
        self.claim: tuple[str, str] | None = None
        """The crawler that this request says to come from, and the verdict, once the gate has looked."""

    @cached_property
    def known(self) -> Pass | None:
        """The pass that the browser brought, if it is ours."""
        return Pass.read(self._request.COOKIES.get(conf().cookie_name))

    @cached_property
    def pass_(self) -> Pass:
        """The pass to spend from: the browser's own, or a new one."""
        return self.known or Pass.issue(timezone.now())

    @property
    def is_known(self) -> bool:
        """Has this reader been here before, as far as anybody can tell?"""
        return self.known is not None or self.is_signed_in

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What the ledger knows of the reader by: the account's key, if one is signed in, then the device's."""
        device = (self.known.key,) if self.known else ()
        return (account_key(self.user), *device) if self.is_signed_in else device

    @cached_property
    def keys_to_spend(self) -> tuple[str, ...]:
        """The same with the device's key in any case: the next read gives it a pass."""
        return (account_key(self.user), self.pass_.key) if self.is_signed_in else (self.pass_.key,)

    @cached_property
    def address(self) -> Address | None:
        """Where the request comes from, behind the proxies that the host trusts; kept nowhere."""
        meta = self._request.META
        return addresses.visitor(
            meta.get("REMOTE_ADDR") or "", meta.get("HTTP_X_FORWARDED_FOR") or "", conf().proxies
        )

    @property
    def user(self) -> Any:
        """Whoever is signed in, None for a stranger; asked of the request again only when it names another."""
        named = getattr(self._request, "user", None)
        if named is not self._named:
            self._named = named
            self._user = named if named is not None and named.is_authenticated else None
        return self._user

    @property
    def is_staff(self) -> bool:
        return self.user is not None and self.user.is_active and self.user.is_staff

    @property
    def is_subscriber(self) -> bool:
        return self.is_signed_in and conf().is_subscriber(self.user)

    @property
    def is_signed_in(self) -> bool:
        return self.user is not None

    @cached_property
    def is_registered(self) -> bool:
        """Does the registered readers' limit hold: is there an account, and does the host count it?"""
        return self.is_signed_in and conf().is_registered(self.user)

    @property
    def user_agent(self) -> str:
        return self._request.META.get("HTTP_USER_AGENT") or ""

    @property
    def gift_token(self) -> str:
        """What the address brings as `?gift=`; nearly all bring nothing, and are not taken apart for it."""
        asked = self._request.META.get("QUERY_STRING")
        return self._request.GET.get("gift", "") if asked else ""

    @property
    def gift_marks(self) -> list[str]:
        """What the browser brings of gifts that it has opened."""
        cookie = self._request.COOKIES.get(_gifts_cookie(), "")
        return cookie.split("~") if 0 < len(cookie) <= LONGEST_GIFTS else []

    def keep_gifts(self, marks: Iterable[str], *, until: datetime) -> None:
        """The browser is to keep these marks of opened gifts."""
        self._gifts = "~".join(marks), until

    def keep(self, *, until: datetime) -> None:
        """The browser is to keep the pass until then: called when a read was spent, and only then."""
        self._issued_until = until

    def leave(self) -> None:
        """The browser is to forget the meter."""
        self._leaves = True

    def set_cookie(self, response: HttpResponse) -> None:
        """Writes the cookies onto the answer: the pass if a read was spent, the marks if a gift was opened."""
        if self._leaves:
            for name in (conf().cookie_name, _gifts_cookie()):
                response.delete_cookie(name, samesite="Lax")
        if self._issued_until is not None:
            self._write(response, conf().cookie_name, self.pass_.signed(), self._issued_until)
        if self._gifts is not None:
            self._write(response, _gifts_cookie(), *self._gifts)

    def _write(self, response: HttpResponse, name: str, value: str, until: datetime) -> None:
        response.set_cookie(
            name,
            value,
            max_age=until - timezone.now(),
            secure=self._request.is_secure(),
            httponly=True,
            samesite="Lax",
        )


def _gifts_cookie() -> str:
    return f"{conf().cookie_name}_gifts"


def of(request: HttpRequest) -> Reader:
    """The reader of a request, as the middleware has put it there."""
    return request.reader  # type: ignore[attr-defined]


def account_key(user: Any) -> str:
    """What the database knows of an account's reads: 64 hexadecimal digits, another for each account."""
    return salted_hmac(SALT_OF_ACCOUNTS, str(user.pk), algorithm="sha256").hexdigest()


def trial_key(key: str) -> str:
    """What the ledger knows the same reader by while a rule is tried: nothing of it is to be seen in earnest."""
    return salted_hmac(SALT_OF_TRIALS, key, algorithm="sha256").hexdigest()


def nobody(user: Any) -> bool:
    """For hosts without subscribers."""
    return False


def anybody(user: Any) -> bool:
    """For hosts to whom whoever has an account is a registered reader."""
    return True
