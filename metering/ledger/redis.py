"""The ledger in Redis: one round trip to look, one atomic script to spend.

Three kinds of keys, all under the host's prefix:

    policy        the owner's policy as JSON, or the word that it has changed
    reads:<key>   what is open under one key of a reader, as JSON: [[piece, read at, open until,
                  counts until, meter, copy], ...], times in microseconds since 1970; it expires by itself
                  when the last piece closes
    journal       the reads that were granted, until they are written into the database for the owner's
                  numbers: [key, piece, read at, open until, counts until, meter, by a registered
                  reader, filed under]

The policy's home is the database. Its copy here saves the query; whoever finds none asks the
database and leaves a copy for the others.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import cast
from uuid import uuid4

from metering.conf import conf
from metering.ledger.base import FORGOTTEN, Account, Opened, Sheet, Wish
from metering.ledger.reaching_redis import client, question
from metering.ledger.sql import policy_in_the_database
from metering.models import Meter, Read
from metering.periods import WITHOUT_BEGINNING
from metering.policy import Policy

TRUSTED_SECONDS = 60
"""So long a copy of the policy is believed where nobody could tell that it has changed.

A change by `save()`, `update()` or `delete()` of a meter is told at once. What goes past them (SQL
by hand, Redis away in that moment) is seen when the copy expires.
"""

LONGEST_JOURNAL = 1_000_000
"""So many reads wait at most to be written down; then the oldest are let go."""

WRITTEN_AT_ONCE = 500

KNOWN = {field.name for field in fields(Policy)} - {"meter"}
logger = logging.getLogger(__name__)

MICROSECOND = timedelta(microseconds=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

# A reader's reads are a handful, so the script goes through all of them; what has closed is dropped
# on the way. Times are text: cjson keeps only 14 digits of a number. A read that the caller has not
# seen was made since, and counts. `limit` is empty where nothing is to be refused.
SPEND = """
local now, limit, meter = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local asked, uncounted, note = cjson.decode(ARGV[4]), cjson.decode(ARGV[5]), ARGV[6]
local stored = redis.call('GET', KEYS[1])
local used, last, open, held = 0, 0, {}, {}
for _, read in ipairs(stored and cjson.decode(stored) or {}) do
  local open_until = tonumber(read[3])
  if open_until > now then
    if read[5] == meter then held[read[1]] = true end
    if read[5] == meter and uncounted[read[1]] ~= read[2] then used = used + 1 end
    last = math.max(last, open_until)
    open[#open + 1] = read
  end
end
local written = 0
for _, read in ipairs(asked) do
  if not held[read[1]] and not (limit and used >= limit) then
    last = math.max(last, tonumber(read[3]))
    open[#open + 1] = read
    used, written = used + 1, written + 1
  end
end
if written == 0 then return stored end
local account = cjson.encode(open)
redis.call('SET', KEYS[1], account, 'PX', string.format('%d', math.ceil((last - now) / 1000)))
if note ~= '' then
  redis.call('RPUSH', KEYS[2], note)
  redis.call('LTRIM', KEYS[2], -JOURNAL, -1)
end
return account
""".replace("JOURNAL", str(LONGEST_JOURNAL))

FORGET = """
local stored = redis.call('GET', KEYS[1])
if not stored then return end
local open = cjson.decode(stored)
for number, read in ipairs(open) do read[1] = ARGV[1] .. number .. ':' .. read[2] end
redis.call('SET', KEYS[1], cjson.encode(open), 'KEEPTTL')
"""

# What was written down stands at the head of the journal, unless another process was quicker to take it
# off, or the journal has become too long meanwhile; whatever else stands there stays.
TAKE_OFF = """
for _, note in ipairs(ARGV) do
  if redis.call('LINDEX', KEYS[1], 0) == note then redis.call('LPOP', KEYS[1]) end
end
"""

# Only in the place of what was found before the database was asked: a change that came between the
# question and the answer has put another word there, and the answer is not kept.
KEEP_POLICY = """
if redis.call('GET', KEYS[1]) == (ARGV[1] ~= '' and ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
"""


class RedisLedger:
    """Reads as a JSON list for each reader, in the Redis that `METERING["REDIS_URL"]` names.

    It forgets everything when Redis does, and readers regain their allowance: give it append-only
    persistence and `maxmemory-policy noeviction`.
    """

    def __init__(self) -> None:
        # A script may run twice, where a connection breaks: the second time it finds what the first one wrote.
        self._redis = client()
        self._spend = self._redis.register_script(SPEND)
        self._forget = self._redis.register_script(FORGET)
        self._take_off = self._redis.register_script(TAKE_OFF)
        self._keep_policy = self._redis.register_script(KEEP_POLICY)
        self._policy_key = f"{conf().redis_prefix}policy"
        self._journal_key = f"{conf().redis_prefix}journal"

    @question
    def look(self, keys: Sequence[str], *, now: datetime) -> Account:
        """One round trip, and no query while a copy of the policy is there."""
        wanted = [self._policy_key, *(self._reads_key(key) for key in keys)]
        copy, *stored = cast(list[str | None], self._redis.mget(wanted))
        opened = [one for key, reads in zip(keys, stored, strict=True) for one in _opened(key, reads, now)]
        opened.sort(key=attrgetter("read_at"))
        return Account(_policy_of(copy) or self._policy_from_database(copy), tuple(opened))

    @question
    def join(self, account: Account, sheets: Sequence[Sheet], *, meter: int, now: datetime) -> Account:
        """One round trip where the first key misses something, else none."""
        missing = [replace(one, is_copy=True) for one in account.missing(sheets[0], meter=meter)]
        return self._write(account, sheets[0], missing, now=now, meter=meter) if missing else account

    @question
    def spend(self, account: Account, sheets: Sequence[Sheet], wish: Wish) -> Account:
        """One round trip for each key, whoever asks at the same moment: Redis runs one script at a time."""
        if account.holds(wish.piece, meter=wish.meter):
            return account
        open_until = max(sheet.period.open_until(wish.now) for sheet in sheets)
        for sheet in sheets:
            is_first = sheet is sheets[0]
            counts_until = sheet.period.counts_until(wish.now)
            is_copy = wish.is_copy or not is_first
            asked = Opened(wish.piece, wish.now, counts_until, open_until, sheet.key, wish.meter, is_copy=is_copy)
            account = self._write(
                account,
                sheet,
                [asked],
                now=wish.now,
                meter=wish.meter,
                limit=wish.limit if is_first else None,
                note="" if is_copy else _note(asked, sheet, wish),
            )
            if not account.holds(wish.piece, key=sheet.key, meter=wish.meter):
                break  # refused under the first key, so the others are not to know of it
        return account

    def _write(
        self,
        account: Account,
        sheet: Sheet,
        asked: Sequence[Opened],
        *,
        now: datetime,
        meter: int,
        limit: int | None = None,
        note: str = "",
    ) -> Account:
        others = tuple(one for one in account.opened if one.key != sheet.key)
        uncounted = {
            one.piece: str(_micros(one.read_at))
            for one in account.opened
            if one.key == sheet.key and one.meter == meter and one.read_at not in sheet.period
        }
        stored = self._spend(
            keys=[self._reads_key(sheet.key), self._journal_key],
            args=[
                _micros(now),
                "" if limit is None else limit,
                str(meter),
                json.dumps([_record(one) for one in asked]),
                json.dumps(uncounted),
                note,
            ],
        )
        return Account(account.policy, (*others, *_opened(sheet.key, stored, now)))

    def forget(self, key: str, *, keep_count: bool) -> None:
        """One round trip, after what waits in the journal was written down: from there it would come back."""
        self.write_down()
        self._forget_reads(key, keep_count=keep_count)

    @question
    def _forget_reads(self, key: str, *, keep_count: bool) -> None:
        if keep_count:
            self._forget(keys=[self._reads_key(key)], args=[FORGOTTEN])
        else:
            self._redis.delete(self._reads_key(key))

    def write_down(self) -> int:
        """Writes the journal into the database, batch by batch, and only then takes the batch off.

        Who is interrupted in between, or works beside another process, writes a batch twice; it is the
        same rows, and they are there once.
        """
        written = 0
        while notes := self._head_of_the_journal():
            meters = set(Meter.objects.values_list("pk", flat=True))
            rows = [row for note in notes if (row := _row(note)) and row.meter_id in meters]
            Read.objects.bulk_create(rows, ignore_conflicts=True)
            self._take_off_the_journal(notes)
            written += len(rows)
        return written

    @question
    def _head_of_the_journal(self) -> list[str]:
        return cast(list[str], self._redis.lrange(self._journal_key, 0, WRITTEN_AT_ONCE - 1))

    @question
    def _take_off_the_journal(self, notes: Sequence[str]) -> None:
        self._take_off(keys=[self._journal_key], args=notes)

    @question
    def policy_changed(self) -> None:
        """Puts a word in the place of the copy that no copy made before can replace."""
        self._redis.set(self._policy_key, f"changed {uuid4().hex}")

    def _policy_from_database(self, found: str | None) -> Policy:
        policy = policy_in_the_database()
        self._keep_policy(keys=[self._policy_key], args=[found or "", _copy_of(policy), TRUSTED_SECONDS])
        return policy

    def _reads_key(self, reader: str) -> str:
        return f"{conf().redis_prefix}reads:{reader}"


@lru_cache(maxsize=8)
def _policy_of(copy: str | None) -> Policy | None:
    """The policy in a copy; None for none, for the word that it changed, and for one of another release."""
    try:
        values = json.loads(copy or "")
    except ValueError:
        return None
    return Policy(**values) if isinstance(values, dict) and set(values) == KNOWN else None


def _copy_of(policy: Policy) -> str:
    return json.dumps({name: value for name, value in asdict(policy).items() if name in KNOWN})


def _record(read: Opened) -> list[str]:
    moments = (str(_micros(moment)) for moment in (read.read_at, read.open_until, read.counts_until))
    return [read.piece, *moments, str(read.meter), "copy" if read.is_copy else ""]


def _note(read: Opened, sheet: Sheet, wish: Wish) -> str:
    *record, _copy = _record(read)
    return json.dumps([read.key, *record, wish.is_registered, str(_micros(sheet.period.filed_under))])


def _row(note: str) -> Read | None:
    """The read in a note of the journal, without a slot; None for a note that cannot be read."""
    try:
        key, piece, read_at, open_until, counts_until, meter, is_registered, filed_under = json.loads(note)
        moments = [_moment(one) for one in (read_at, open_until, counts_until, filed_under)]
        meter_id = int(meter)
    except (ValueError, TypeError, OverflowError):
        logger.exception("A read in the journal of the meter's ledger cannot be read: %.200s", note)
        return None
    return Read(
        reader=key,
        piece=piece,
        read_at=moments[0],
        open_until=moments[1],
        period_end=moments[2],
        # Reads without a period of their own would all stand under one date, and each piece there once.
        period_start=moments[3] if moments[3] > WITHOUT_BEGINNING else moments[0],
        meter_id=meter_id,
        is_registered=is_registered,
    )


def _opened(key: str, stored: str | None, now: datetime) -> list[Opened]:
    reads = json.loads(stored) if stored else []
    moment = _micros(now)
    return [
        Opened(
            piece,
            _moment(read_at),
            _moment(counts_until),
            _moment(open_until),
            key,
            int(meter),
            is_copy=bool(copy),
        )
        for piece, read_at, open_until, counts_until, meter, copy in reads
        if int(open_until) > moment
    ]


def _moment(micros: str) -> datetime:
    return BEGINNING + int(micros) * MICROSECOND


def _micros(moment: datetime) -> int:
    return (moment - BEGINNING) // MICROSECOND
