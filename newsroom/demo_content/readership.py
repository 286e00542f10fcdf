"""Five weeks of invented readers, so that an owner who tries the demo sees charts and can simulate."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from metering import daily, periods
from metering.models import DayNumbers, Meter, Read, Wall
from metering.policy import Reason
from metering.support import SIGNS
from newsroom.articles.models import Article

WEEKS = timedelta(weeks=5)
READERS = 900
SEED = 2026
BUSY = (0.9, 0.95, 1.0, 1.0, 0.85, 0.5, 0.6)
"""How many of those who might come on a weekday do, from Monday on."""


@dataclass(frozen=True)
class Reader:
    """Somebody invented: a key that no cookie has, and what was asked for, in order of time."""

    key: str
    is_registered: bool
    asked: list[tuple[datetime, str]]


def invent(*, now: datetime) -> None:
    """Writes reads and walls as the meter's defaults would have made them, and counts their days.

    Does nothing where invented readers are there already. Some reads are older than the articles, which
    nobody is shown.
    """
    articles = list(Article.objects.published().filter(policy=Article.Policy.METERED).values_list("pk", flat=True))
    if Read.objects.filter(reader__in=[_key(n) for n in range(READERS)]).exists() or not articles:
        return
    Meter.objects.get_or_create(pk=1)
    chance = random.Random(SEED)  # noqa: S311  the same charts each time
    reads: list[Read] = []
    walls: list[Wall] = []
    for reader in _readers(chance, [f"articles.article:{pk}" for pk in articles], now):
        _live_through(reader, reads, walls, chance, now)
    Read.objects.bulk_create(reads)
    Wall.objects.bulk_create(walls)
    # As if beat had stood still since then: it counts all these days.
    first = timezone.localdate(now - WEEKS)
    DayNumbers.objects.get_or_create(day=first, defaults={"counted_at": now - WEEKS})
    daily.count(now=now)


def _readers(chance: random.Random, pieces: list[str], now: datetime) -> Iterator[Reader]:
    """They come on any day, come back every other day or so, and most do not stay for long."""
    for number in range(READERS):
        moments = [now - WEEKS * chance.random()]
        for _ in range(min(int(chance.paretovariate(1.1)), len(pieces)) - 1):
            moments.append(moments[-1] + timedelta(hours=30) * chance.expovariate(1))
        kept = [at for at in moments if at < min(now, moments[0] + timedelta(days=29)) and _comes(at, chance)]
        chosen = chance.sample(pieces, len(kept))
        yield Reader(_key(number), chance.random() < 0.1, list(zip(kept, chosen, strict=True)))


def _comes(at: datetime, chance: random.Random) -> bool:
    return chance.random() < BUSY[at.weekday()]


def _live_through(
    reader: Reader, reads: list[Read], walls: list[Wall], chance: random.Random, now: datetime
) -> None:
    defaults, zone = Meter(), timezone.get_default_timezone()
    limit = defaults.registered_limit if reader.is_registered else defaults.limit
    if not reader.asked:
        return
    since = reader.asked[0][0]
    ends = periods.days_later(since, defaults.days, zone)
    for number, (at, piece) in enumerate(reader.asked, start=1):
        if number <= (limit or 0):
            reads.append(
                Read(
                    meter_id=1,
                    reader=reader.key,
                    piece=piece,
                    slot=number,
                    period_start=since,
                    period_end=ends,
                    read_at=at,
                    open_until=max(ends, at + periods.GRACE),
                    is_registered=reader.is_registered,
                )
            )
            continue
        walls.append(
            Wall(
                code=_code(chance),
                meter_id=1,
                reader=reader.key,
                piece=piece,
                reason=Reason.PAYWALL if reader.is_registered else Reason.REGISTRATION_WALL,
                used=limit,
                limit=limit,
                resets_at=ends,
                met_at=at,
                is_registered=reader.is_registered,
                facts={"piece_policy": "metered", "is_signed_in": reader.is_registered, "has_cookie": True},
                forget_at=ends + timedelta(days=defaults.days),
            )
        )
        _go_on(walls[-1], chance, now)


def _go_on(wall: Wall, chance: random.Random, now: datetime) -> None:
    """Some register after a wall, fewer subscribe."""
    later = min(wall.met_at + timedelta(hours=20) * chance.random(), now)
    if not wall.is_registered and chance.random() < 0.12:
        wall.registered_at, wall.account = later, hashlib.sha256(f"account of {wall.reader}".encode()).hexdigest()
    if chance.random() < 0.04:
        wall.subscribed_at = later


def _key(number: int) -> str:
    return hashlib.sha256(f"invented reader {number}".encode()).hexdigest()


def _code(chance: random.Random) -> str:
    signs = "".join(map(chr, SIGNS.values()))
    return "-".join("".join(chance.choices(signs, k=5)) for _ in range(2))
