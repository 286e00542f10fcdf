"""Gift links: a subscriber gives an article to others, who open it without spending a read.

A link carries a token that is signed for one gift and one piece, so a token that is forged or meant
for another piece is known without asking the database. A browser that has opened a gift keeps a mark
of it in a cookie of its own: with it the piece stays open there, with the link or without, on every
surface, and is not counted again. A mark is signed for another purpose than the link, so nobody makes
one from the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core import signing
from django.db import IntegrityError, router, transaction
from django.db.models import BooleanField, Exists, F, OuterRef, Value
from django.utils import timezone

from metering import pieces
from metering.conf import conf
from metering.models import Gift, GiftOpening
from metering.pieces import Piece
from metering.readers import Reader

LINK, OPENED = "metering.gift", "metering.gift.opened"
LONGEST_TOKEN = 100
MARKS_KEPT = 5


class NoneLeftError(Exception):
    """All of a person's gifts of this month are made, or all openings of a gift are used."""


@dataclass(frozen=True)
class Offer:
    """A gift that opens a piece to a reader; `is_open`: it has been counted for this reader before."""

    gift: Gift
    is_open: bool


def may_give(reader: Reader) -> bool:
    """Who reads without limit by right of an account may give: subscribers and staff."""
    return bool(conf().gifts_per_month) and (reader.is_staff or reader.is_subscriber)


def give(person: Any, piece: Piece, *, now: datetime) -> tuple[Gift, bool]:
    """Makes a gift of the piece, or finds the person's own that still works; the second value: is it new?

    Raises `NoneLeftError` when the month's gifts are made; a revoked one is not given back.
    """
    database = router.db_for_write(Gift)
    with transaction.atomic(using=database):
        # Two tabs of one giver wait for each other, or both would count the same gifts and add one.
        get_user_model()._base_manager.using(database).select_for_update().get(pk=person.pk)
        if mine := Gift.objects.working(now).filter(giver=person, piece=piece.key).first():
            return mine, False
        if left(person, now=now) <= 0:
            raise NoneLeftError
        made = Gift.objects.create(
            piece=piece.key,
            giver=person,
            made_at=now,
            expires_at=now + timedelta(days=conf().gift_days),
            opens_allowed=conf().gift_opens,
        )
        return made, True


def left(person: Any, *, now: datetime) -> int:
    """How many gifts the person can still make in this calendar month of the site's time zone."""
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return conf().gifts_per_month - Gift.objects.filter(giver=person, made_at__gte=month).count()


def link(gift: Gift, piece: Piece) -> str:
    """The address to send, without the host."""
    return f"{piece.url}?{urlencode({'gift': _signer(LINK, gift.piece).sign(str(gift.pk))})}"


def revoke(gifts: Iterable[Gift], *, now: datetime) -> int:
    """Closes the links at once, also for those who have opened them; answers how many worked until now."""
    chosen = [gift.pk for gift in gifts]
    return Gift.objects.filter(pk__in=chosen, revoked_at=None).update(revoked_at=now)


def offered(reader: Reader, piece: Piece, *, now: datetime) -> Offer | None:
    """The gift by which this reader may open the piece; None for a token or mark that is worth nothing.

    Costs one query where a token or mark is signed for this very piece, else none.
    """
    brought = _signed_for(piece, LINK, [reader.gift_token])
    opened = _signed_for(piece, OPENED, reader.gift_marks)
    if not brought and not opened:
        return None
    mine = GiftOpening.objects.filter(gift=OuterRef("pk"), reader=reader.known.key if reader.known else "")
    known = Exists(mine) if reader.known else Value(False, output_field=BooleanField())
    found = list(Gift.objects.valid(now).filter(pk__in=brought | opened, piece=piece.key).annotate(known=known))
    for gift in found:
        if gift.pk in opened or gift.known:
            return Offer(gift, is_open=True)
    return next((Offer(gift, is_open=False) for gift in found if gift.opens_used < gift.opens_allowed), None)


def accept(reader: Reader, offer: Offer, *, now: datetime) -> bool:
    """Counts the opening, once per reader; False if somebody else had the last one in the meantime."""
    if offer.is_open:
        return True
    gift = offer.gift
    try:
        with transaction.atomic(using=router.db_for_write(Gift)):
            if reader.known:
                GiftOpening.objects.create(gift=gift, reader=reader.known.key, opened_at=now)
            unused = Gift.objects.working(now).filter(pk=gift.pk)
            if not unused.update(opens_used=F("opens_used") + 1):
                raise NoneLeftError
    except NoneLeftError:
        return False
    except IntegrityError:
        pass  # another tab of this reader was counted at the same moment
    mark = _signer(OPENED, gift.piece).sign(str(gift.pk))
    reader.keep_gifts([mark, *reader.gift_marks][:MARKS_KEPT], until=now + timedelta(days=conf().gift_days))
    return True


def titled(gifts: Iterable[Gift]) -> list[tuple[Gift, Piece | None]]:
    """Each gift with its piece, None where that is no longer public."""
    chosen = list(gifts)
    found = pieces.named({gift.piece for gift in chosen})
    return [(gift, found.get(gift.piece)) for gift in chosen]


def _signer(purpose: str, piece: str) -> signing.Signer:
    return signing.Signer(salt=f"{purpose}.{piece}")


def _signed_for(piece: Piece, purpose: str, tokens: Iterable[str]) -> set[int]:
    """The gifts that those of the tokens name which we have signed for this piece and purpose."""
    found: set[int] = set()
    for token in tokens:
        if token and len(token) <= LONGEST_TOKEN:
            try:
                found.add(int(_signer(purpose, piece.key).unsign(token)))
            except (signing.BadSignature, ValueError):
                continue
    return found
