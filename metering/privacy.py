"""What the meter holds of one reader: to be given out, and to be erased."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from metering import pieces, readers, support
from metering.ledger import Account, the_ledger
from metering.ledger.base import FORGOTTEN
from metering.models import Gift, GiftOpening, Read, Wall


def held(request: HttpRequest) -> dict[str, Any]:
    """All that is kept of the reader of this request, by the browser's cookie and by the account.

    `{"reads": [...], "walls": [...], "gifts_opened": [...], "gifts_made": [...]}`, times in ISO 8601.
    Costs six queries.
    """
    reader = readers.of(request)
    return _held(_with_trials(reader.keys), reader.user if reader.is_signed_in else None)


def held_of(person: Any) -> dict[str, Any]:
    """The same for an account, whatever browser it uses."""
    return _held(_with_trials([readers.account_key(person)]), person)


def erase(request: HttpRequest) -> None:
    """Erases what was opened, and the walls that were met; the browser loses the meter's cookie.

    An account keeps the bare number of its reads until the period ends: without names, and so that
    erasing is not a way to more free articles. Who has no account is a new reader afterwards, as after
    deleting the cookie.
    """
    reader = readers.of(request)
    if reader.is_signed_in:
        _erase(readers.account_key(reader.user), keep_count=True)
    if reader.known:
        _erase(reader.known.key, keep_count=False)
    reader.leave()


def erase_of(person: Any) -> None:
    """The same for an account, with the gift links that it has made."""
    _erase(readers.account_key(person), keep_count=True)
    Gift.objects.filter(giver=person).delete()


def _with_trials(keys: Sequence[str]) -> list[str]:
    return [*keys, *(readers.trial_key(key) for key in keys)]


def _erase(key: str, *, keep_count: bool) -> None:
    the_ledger().forget(readers.trial_key(key), keep_count=False)
    Read.objects.filter(reader=readers.trial_key(key)).delete()
    Wall.objects.filter(reader=readers.trial_key(key)).delete()
    the_ledger().forget(key, keep_count=keep_count)
    # What a ledger elsewhere has left here for the owner's numbers.
    Read.objects.filter(reader=key, slot=None).exclude(piece__startswith=FORGOTTEN).delete()
    support.erase(key)
    Wall.objects.filter(account=key).update(account="")
    GiftOpening.objects.filter(reader=key).delete()


def _held(keys: Sequence[str], person: Any | None) -> dict[str, Any]:
    account: Account = the_ledger().look(keys, now=timezone.now())
    rows = Read.objects.filter(reader__in=keys).values_list("piece", "read_at", "open_until")
    reads = {(one.piece, one.read_at): one.open_until for one in account.opened} | {
        (piece, read_at): open_until for piece, read_at, open_until in rows
    }
    walls = list(Wall.objects.filter(reader__in=keys).order_by("met_at"))
    opened = list(GiftOpening.objects.filter(reader__in=keys).select_related("gift"))
    made = list(Gift.objects.filter(giver=person)) if person else []
    titles = pieces.named(
        {piece for piece, _read_at in reads}
        | {wall.piece for wall in walls}
        | {gift.piece for gift in made}
        | {one.gift.piece for one in opened}
    )

    def told(piece: str) -> str:
        return titles[piece].title if piece in titles else piece

    return {
        "reads": [
            {"article": told(piece), "read_at": read_at.isoformat(), "open_until": open_until.isoformat()}
            for (piece, read_at), open_until in sorted(reads.items(), key=lambda item: item[0][1])
        ],
        "walls": [
            {"article": told(one.piece), "met_at": one.met_at.isoformat(), "code": one.code} for one in walls
        ],
        "gifts_opened": [
            {"article": told(one.gift.piece), "opened_at": one.opened_at.isoformat()} for one in opened
        ],
        "gifts_made": [{"article": told(one.piece), "made_at": one.made_at.isoformat()} for one in made],
    }
