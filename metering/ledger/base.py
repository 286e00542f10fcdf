"""The promise of every ledger: it never grants more reads than the limit, whoever asks at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from metering.periods import Period
from metering.policy import Policy


@dataclass(frozen=True)
class Opened:
    """A piece that a reader holds open. `slot` is None in a ledger that does not number its reads."""

    piece: str
    read_at: datetime
    slot: int | None


@dataclass(frozen=True)
class Account:
    """What a reader holds open now, oldest first, and the owner's policy in force."""

    policy: Policy
    opened: tuple[Opened, ...] = ()

    def holds(self, piece: str) -> bool:
        return any(one.piece == piece for one in self.opened)

    def used(self, period: Period) -> int:
        return len(self.within(period))

    def within(self, period: Period) -> tuple[Opened, ...]:
        """The reads that count. What is no longer open never does, and a piece in its grace need not."""
        return tuple(one for one in self.opened if one.read_at in period)

    def resets_at(self, period: Period) -> datetime:
        """When there is room for another read, or the count starts anew."""
        reads = [one.read_at for one in self.within(period)]
        return period.resets_at(reads, limit=self.policy.limit)


class Ledger(Protocol):
    """Where reads are written down. One test list in tests/metering/ledger/ is asked of each."""

    def look(self, reader: str | None, *, now: datetime) -> Account:
        """The reader's open pieces (none for None) and the policy; writes nothing."""
        ...

    def spend(self, account: Account, *, reader: str, piece: str, period: Period, now: datetime) -> Account:
        """Takes one read for this piece unless the limit is reached, in one step.

        `account` is what `look` said a moment ago. The answer is the account afterwards: the piece
        is open in it exactly if the read was granted, or had been before.
        """
        ...

    def policy_changed(self) -> None:
        """The owner has changed the meter, and it is committed: whatever copy there is must go."""
        ...
