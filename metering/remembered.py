"""The owner's policy as this process saw it last, for those whose answer does not hang on its every word."""

from time import monotonic

from metering.policy import Policy

FRESH_SECONDS = 60

_seen: tuple[float, Policy] | None = None


def keep(policy: Policy) -> None:
    """The ledger has just said so."""
    global _seen  # noqa: PLW0603  one word for the whole process
    _seen = monotonic(), policy


def fresh(*, within: float = FRESH_SECONDS) -> Policy | None:
    """What was said within a minute: enough for subscribers and staff, who read everything anyway."""
    return _seen[1] if _seen and monotonic() - _seen[0] < within else None


def last() -> Policy:
    """What was said last, however long ago, while nobody can be asked; the defaults if nothing ever was."""
    return _seen[1] if _seen else Policy()


def forget() -> None:
    """The owner has changed it."""
    global _seen  # noqa: PLW0603
    _seen = None
