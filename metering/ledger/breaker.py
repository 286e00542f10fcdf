"""A ledger that fails several times in a row is left alone for a while, so that it does not slow every page."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from time import monotonic
from typing import TypeVar

from metering.ledger.base import Account, Ledger, LedgerUnavailable, Sheet, Wish

FAILURES = 3
REST_SECONDS = 2.0

Answer = TypeVar("Answer")


class Breaker:
    """A ledger before which requests turn back at once while it rests; each process finds that out for itself.

    After `FAILURES` failures in a row nobody asks for `REST_SECONDS`; then one request tries, and the
    others go on turning back until it has been answered.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._failures = 0
        self._rests_until = 0.0
        self._last = ""

    def look(self, keys: Sequence[str], *, now: datetime) -> Account:
        return self._ask(partial(self.ledger.look, keys, now=now))

    def join(self, account: Account, sheets: Sequence[Sheet], *, meter: int, now: datetime) -> Account:
        return self._ask(partial(self.ledger.join, account, sheets, meter=meter, now=now))

    def spend(self, account: Account, sheets: Sequence[Sheet], wish: Wish) -> Account:
        return self._ask(partial(self.ledger.spend, account, sheets, wish))

    # What follows is not asked by pages, and is worth a try at any time.

    def forget(self, key: str, *, keep_count: bool) -> None:
        self.ledger.forget(key, keep_count=keep_count)

    def write_down(self) -> int:
        return self.ledger.write_down()

    def policy_changed(self) -> None:
        self.ledger.policy_changed()

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        if self._failures >= FAILURES:
            now = monotonic()
            if now < self._rests_until:
                raise LedgerUnavailable(f"left alone for a moment after: {self._last}")
            self._rests_until = now + REST_SECONDS  # this request tries, for all the others
        try:
            answer = question()
        except LedgerUnavailable as away:
            self._failures += 1
            self._rests_until = monotonic() + REST_SECONDS
            self._last = str(away)
            raise
        self._failures = 0
        return answer
