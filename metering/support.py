"""The record of each wall: what an editor finds by the code that a reader reads out, without knowing who it is."""

import base64
import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, router
from django.utils import timezone
from django.utils.crypto import salted_hmac

from metering.ledger.base import LedgerUnavailable, Sheet
from metering.ledger.reaching_sql import own_writes, question
from metering.models import Wall
from metering.periods import WITHOUT_BEGINNING
from metering.policy import Access, Facts
from metering.readers import Reader

SALT = "metering.support"
KNOWN_SECONDS = 3600
AGAIN_AFTER_SECONDS = 10
"""So long nobody waits again for a wall that could not be written down."""

SIGNS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "ABCDEFGHJKMNPQRSTVWXYZ0123456789")
"""From the letters of base 32 to those that nobody takes for one another when they are read out."""

LOOK_ALIKES = str.maketrans("ILO", "110")

logger = logging.getLogger(__name__)


def record(
    reader: Reader,
    access: Access,
    facts: Facts,
    *,
    piece: str,
    sheet: Sheet,
    now: datetime,
    is_observed: bool = False,
) -> str:
    """Writes the wall down, once per reader, piece and period, and answers its code, such as `7KQ2M-XA9RT`.

    The code follows from those three, the period by the day of its end. So a wall that is shown again
    costs no query as long as this process remembers it. A wall that cannot be written is shown all the same.
    """
    who = sheet.key if reader.is_known else ""
    # Not every period has a beginning that its walls could be told apart by, but each of them has an end.
    ends = access.resets_at or sheet.period.end
    filed = timezone.localdate(ends if who else now)
    code = _code(access.meter, who, piece, filed.isoformat(), is_observed)
    if cache.add(_kept_as(code), 1, KNOWN_SECONDS):
        row = Wall(
            code=code,
            meter_id=access.meter,
            rule=access.rule,
            reader=who,
            piece=piece,
            reason=access.reason.value,
            used=access.used,
            limit=access.limit,
            resets_at=access.resets_at,
            met_at=now,
            is_observed=is_observed,
            is_registered=facts.is_registered,
            facts=_facts(reader, facts),
            forget_at=_forget_at(sheet, access, now),
        )
        try:
            _file(row)
        except (DatabaseError, LedgerUnavailable):
            cache.set(_kept_as(code), 1, AGAIN_AFTER_SECONDS)  # then the next request tries
            logger.exception("The wall %s could not be written down.", code)
    return code


@question
def _file(row: Wall) -> None:
    with own_writes(router.db_for_write(Wall)):
        Wall.objects.bulk_create([row], ignore_conflicts=True)


def erase(reader: str) -> None:
    """Deletes the walls that were met under this key; one that is met again is written down again."""
    walls = Wall.objects.filter(reader=reader)
    cache.delete_many([_kept_as(code) for code in walls.values_list("code", flat=True)])
    walls.delete()


def find(typed: str) -> Wall | None:
    """The wall with this code as somebody has typed it: small letters, blanks, an O for a zero."""
    code = "".join(sign for sign in typed.upper().translate(LOOK_ALIKES) if sign.isalnum())
    return Wall.objects.select_related("meter").filter(code=f"{code[:5]}-{code[5:]}").first()


def _kept_as(code: str) -> str:
    return f"metering.wall.{code}"


def _code(*parts: object) -> str:
    digest = salted_hmac(SALT, "|".join(map(str, parts)), algorithm="sha256").digest()
    letters = base64.b32encode(digest).decode()[:10].translate(SIGNS)
    return f"{letters[:5]}-{letters[5:]}"


def _facts(reader: Reader, facts: Facts) -> dict[str, Any]:
    """What the decision rested on; nothing that tells who the reader is."""
    return {
        "piece_policy": facts.piece_policy,
        "is_signed_in": reader.is_signed_in,
        "is_registered": facts.is_registered,
        "has_cookie": reader.known is not None,
        "came_with_gift": bool(reader.gift_token),
        "crawler": facts.crawler.name if facts.crawler else "",
    }


def _forget_at(sheet: Sheet, access: Access, now: datetime) -> datetime:
    """One period after it ended; how long one lasts without a beginning, the policy says."""
    period, ends = sheet.period, sheet.period.counts_until(now)
    has_beginning = period.filed_under > WITHOUT_BEGINNING
    return ends + (ends - period.start if has_beginning else timedelta(days=access.policy.days))
