"""The rules of the house as they are in force: what the owner of the site has settled in the admin."""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from comments.models import BreakingNews, House

FRESH_SECONDS = 5.0
"""How long a process goes by what it has read: pages and decisions must not ask the database each time."""

_seen: tuple[float, "Settled"] | None = None


@dataclass(frozen=True)
class Settled:
    """What the owner has settled, as of one moment."""

    house: House
    breaking_news: tuple[BreakingNews, ...] = ()
    """Those that have not ended when this was read; whether they have since is for who asks."""

    @property
    def undo_time(self) -> timedelta:
        return timedelta(seconds=self.house.undo_seconds)


def settled(*, fresh: bool = False) -> Settled:
    """The rules in force, at most 5 seconds old, or `fresh`: as the database has them now. 2 queries, or none."""
    global _seen  # noqa: PLW0603  one word for the whole process
    if not fresh and _seen and monotonic() - _seen[0] < FRESH_SECONDS:
        return _seen[1]
    house = House.objects.filter(pk=1).first() or House(pk=1)
    found = Settled(house, tuple(BreakingNews.objects.running()))
    _seen = monotonic(), found
    return found


def forget() -> None:
    """The owner has changed them; other processes notice within 5 seconds."""
    global _seen  # noqa: PLW0603
    _seen = None
