"""The ledger in Redis: one round trip to look, one atomic script to spend.

Two kinds of keys, all under the host's prefix:

    policy          the owner's policy as JSON, or the word that it has changed
    reads:<reader>  what a reader holds open, as JSON: [[piece, read at, open until], ...], in
                    microseconds since 1970; it expires by itself when the last piece closes

The policy's home is the database. Its copy here saves the query; whoever finds none asks the
database and leaves a copy for the others.
"""

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import cast
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from metering.conf import conf
from metering.ledger.base import Account, Opened
from metering.models import SITE_METER, Meter
from metering.periods import Period
from metering.policy import Policy

TRUSTED_SECONDS = 60
"""So long a copy of the policy is believed where nobody could tell that it has changed.

A change by `save()`, `update()` or `delete()` of a meter is told at once. What goes past them (SQL
by hand, Redis away in that moment) is seen when the copy expires.
"""

TIMEOUT_SECONDS = 1

KNOWN = {field.name for field in fields(Policy)}
MICROSECOND = timedelta(microseconds=1)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

# A reader's reads are a handful, so the script goes through all of them; what has closed is dropped
# on the way. Times are text: cjson keeps only 14 digits of a number. A read that the caller has not
# seen was made since, and counts.
SPEND = """
local now, limit, piece = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local uncounted = cjson.decode(ARGV[5])
local stored = redis.call('GET', KEYS[1])
local used, last, open = 0, tonumber(ARGV[4]), {}
for _, read in ipairs(stored and cjson.decode(stored) or {}) do
  local name, read_at, open_until = read[1], read[2], tonumber(read[3])
  if open_until > now then
    if name == piece then return stored end
    if uncounted[name] ~= read_at then used = used + 1 end
    last = math.max(last, open_until)
    open[#open + 1] = read
  end
end
if limit and used >= limit then return stored end
open[#open + 1] = {piece, ARGV[1], ARGV[4]}
local written = cjson.encode(open)
redis.call('SET', KEYS[1], written, 'PX', string.format('%d', math.ceil((last - now) / 1000)))
return written
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
        # One retry, at once: after a restart of the server each kept connection is broken once. Both
        # scripts may run twice, the second time finds what the first one wrote.
        self._redis = Redis.from_url(
            conf().redis_url,
            decode_responses=True,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
        self._spend = self._redis.register_script(SPEND)
        self._keep_policy = self._redis.register_script(KEEP_POLICY)
        self._policy_key = f"{conf().redis_prefix}policy"

    def look(self, reader: str | None, *, now: datetime) -> Account:
        """One round trip, and no query while a copy of the policy is there."""
        keys = [self._policy_key] if reader is None else [self._policy_key, self._reads_key(reader)]
        copy, *reads = cast(list[str | None], self._redis.mget(keys))
        return Account(
            _policy_of(copy) or self._policy_from_database(copy), _opened(reads[0] if reads else None, now)
        )

    def spend(self, account: Account, *, reader: str, piece: str, period: Period, now: datetime) -> Account:
        """One round trip, whoever asks at the same moment: Redis runs one script at a time."""
        if account.holds(piece):
            return account
        limit = account.policy.limit
        stored = self._spend(
            keys=[self._reads_key(reader)],
            args=[
                _micros(now),
                "" if limit is None else limit,
                piece,
                _micros(period.open_until(now)),
                json.dumps(
                    {one.piece: str(_micros(one.read_at)) for one in account.opened if one.read_at not in period}
                ),
            ],
        )
        return Account(account.policy, _opened(stored, now))

    def policy_changed(self) -> None:
        """Puts a word in the place of the copy that no copy made before can replace."""
        self._redis.set(self._policy_key, f"changed {uuid4().hex}")

    def _policy_from_database(self, found: str | None) -> Policy:
        row = Meter.objects.filter(pk=SITE_METER).values(*KNOWN).first()
        policy = Policy(**row) if row else Policy()
        self._keep_policy(keys=[self._policy_key], args=[found or "", json.dumps(asdict(policy)), TRUSTED_SECONDS])
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


def _opened(stored: str | None, now: datetime) -> tuple[Opened, ...]:
    reads = json.loads(stored) if stored else []
    moment = _micros(now)
    return tuple(
        Opened(piece, BEGINNING + int(read_at) * MICROSECOND, slot=None)
        for piece, read_at, open_until in reads
        if int(open_until) > moment
    )


def _micros(moment: datetime) -> int:
    return (moment - BEGINNING) // MICROSECOND
