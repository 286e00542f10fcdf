"""The rules of the house as they are in force: what the owner of the site has settled in the admin."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from time import monotonic

from django.utils import timezone

from comments import domains
from comments.conf import conf
from comments.models import BreakingNews, House
from comments.targets import CLOSED, HELD, OPEN, Target

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

    @property
    def close_after_days(self) -> int | None:
        """The owner's word, else the site's setting."""
        days = self.house.close_after_days
        return conf().close_after_days if days is None else days

    @cached_property
    def email_domains(self) -> frozenset[str]:
        """The owner's, as they stand behind the @ of an address."""
        return domains.read(self.house.email_domains)[0]

    def running_at(self, now: datetime) -> tuple[BreakingNews, ...]:
        """The breaking news that have not ended at this moment: no task has to end them."""
        return tuple(news for news in self.breaking_news if now < news.until)

    def mode_of(self, target: Target, *, now: datetime) -> str:
        """The strictest of what the host says, the owner's rules and breaking news: nothing makes the
        comments on a thing more open than its host does.
        """
        said = {target.mode, self.house.mode or OPEN}
        said |= {news.mode for news in self.running_at(now) if news.section in ("", target.section)}
        if _is_over(self.house.hold_after_days, target.published_at, now):
            said.add(HELD)
        if _is_over(self.close_after_days, target.published_at, now):
            said.add(CLOSED)
        return max(said, key=lambda mode: STRICTNESS.get(mode, STRICTNESS[HELD]))


STRICTNESS = {OPEN: 0, HELD: 1, CLOSED: 2}


def _is_over(days: int | None, since: datetime | None, now: datetime) -> bool:
    return days is not None and since is not None and now - since >= timedelta(days=days)


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


def running_now(sections: Collection[str] | None = None) -> list[BreakingNews]:
    """The breaking news that run now and concern these sections, or all. The next to end comes first."""
    running = settled().running_at(timezone.now())
    concerned = [news for news in running if not news.section or sections is None or news.section in sections]
    return sorted(concerned, key=lambda news: news.until)


def end(news: BreakingNews) -> bool:
    """Ends breaking news now; False where it has ended already. One query."""
    now = timezone.now()
    ended = BreakingNews.objects.running(now).filter(pk=news.pk).update(until=now)
    forget()
    return bool(ended)
