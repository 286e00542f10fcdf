"""The promise of every ledger: it never grants more reads than the limit, whoever asks at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from metering.periods import Period
from metering.policy import SITE_METER, Policy

FORGOTTEN = "forgotten:"
"""How the name of a piece begins that the reader has asked to have erased."""


class LedgerUnavailable(Exception):  # noqa: N818  a state of the world, not a fault of the caller
    """The ledger does not answer, or not in time; what it would have said is unknown."""


@dataclass(frozen=True)
class Opened:
    """A piece that is open to a reader, as it stands under one of the reader's keys.

    `slot` is None in a ledger that does not number its reads.
    """

    piece: str
    read_at: datetime
    counts_until: datetime
    open_until: datetime
    key: str
    meter: int = SITE_METER
    slot: int | None = None
    is_copy: bool = False


@dataclass(frozen=True)
class Sheet:
    """One key of a reader, and the period in which reads are filed under it now."""

    key: str
    period: Period


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A read that is asked for. `limit`: how many the reader may have in the period, None is no limit.

    `is_copy`: it is written down elsewhere as well, and the owner's numbers are to count it once.
    """

    piece: str
    now: datetime
    limit: int | None
    meter: int = SITE_METER
    is_registered: bool = False
    is_copy: bool = False


@dataclass(frozen=True)
class Account:
    """What is open to a reader now, oldest first, under any of the reader's keys; and the site's policy."""

    policy: Policy
    opened: tuple[Opened, ...] = ()

    def holds(self, piece: str, *, key: str | None = None, meter: int | None = None) -> bool:
        """Is the piece open: at all, under this key, by this meter?"""
        return any(
            one.piece == piece and key in (None, one.key) and meter in (None, one.meter) for one in self.opened
        )

    def used(self, period: Period, *, meter: int = SITE_METER) -> int:
        """How many pieces count: one that was opened on two devices counts once."""
        return len(self.counted(period, meter=meter))

    def counted(self, period: Period, *, meter: int = SITE_METER) -> dict[str, datetime]:
        """The pieces that count, each with its first read."""
        return {one.piece: one.read_at for one in reversed(self.within(period, meter=meter))}

    def within(self, period: Period, *, meter: int = SITE_METER) -> tuple[Opened, ...]:
        """The reads that count. What is no longer open never does, and a piece in its grace need not."""
        return tuple(one for one in self.opened if one.meter == meter and one.read_at in period)

    def missing(self, sheet: Sheet, *, meter: int = SITE_METER) -> Iterator[Opened]:
        """The reads that count, were made under another key of the reader, and do not stand under this one.

        Copies do not: what one account has read on a device is not another's that signs in there later.
        """
        known = {one.piece for one in self.opened if one.key == sheet.key and one.meter == meter}
        for one in self.within(sheet.period, meter=meter):
            if one.piece not in known and not one.is_copy:
                known.add(one.piece)
                yield one


class Ledger(Protocol):
    """Where reads are written down. One test list in tests/metering/ledger/ is asked of each.

    A reader has one key or two: the account's, where one is signed in, and the device's. The first
    is the one that the limit holds for; a read is copied under the other, so that each key alone
    tells what was opened with it. Each method raises `LedgerUnavailable` where it gets no answer in time.
    """

    def look(self, keys: Sequence[str], *, now: datetime) -> Account:
        """The pieces that are open under these keys (none for no key) and the policy; writes nothing."""
        ...

    def join(self, account: Account, sheets: Sequence[Sheet], *, meter: int, now: datetime) -> Account:
        """Copies what stands under the other keys alone to the first one; nothing is refused."""
        ...

    def spend(self, account: Account, sheets: Sequence[Sheet], wish: Wish) -> Account:
        """Takes one read under the first key unless the limit is reached, in one step; the others get a copy.

        `account` is what `look` said a moment ago, joined. The answer is the account afterwards: it holds
        the piece by this meter exactly if the read was granted, or had been before.
        """
        ...

    def forget(self, key: str, *, keep_count: bool) -> None:
        """Forgets what was opened under this key; with `keep_count` it still knows how many there were."""
        ...

    def write_down(self) -> int:
        """Brings what was granted into `metering.models.Read`, from which the owner's numbers are made.

        Answers how many reads that were; none where they are there from the beginning.
        """
        ...

    def policy_changed(self) -> None:
        """The owner has changed the meter, and it is committed: whatever copy there is must go."""
        ...
