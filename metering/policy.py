"""Exempt? Open? Walled? Facts in, an answer out. Pure: no request, no database, no clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from metering.periods import ROLLING, SESSION
from metering.pieces import FREE, SUBSCRIBERS


class Outcome(StrEnum):
    OPEN = "open"
    WALL = "wall"


class Reason(StrEnum):
    """Why a piece is open or walled; the words that programs see."""

    UNMETERED = "unmetered"
    STAFF = "staff"
    SUBSCRIBER = "subscriber"
    FREE = "free"
    GIFT = "gift"
    INSTITUTION = "institution"
    CRAWLER = "crawler"
    SUBSCRIBERS_ONLY = "subscribers_only"
    ALREADY_OPEN = "already_open"
    READ_SPENT = "read_spent"
    PAYWALL = "paywall"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the owner has set for a meter. `limit`: reads per period, None is no limit, 0 a hard wall.

    `period` is one of `metering.periods.KINDS`; `days` is for sessions and rolling periods,
    `first_weekday` (0 is Monday) for weeks.

    `search_crawlers` is `teaser` or `open`; `ai_crawlers` names those that are let in, with commas between.
    `institutions_edition` and `crawlers_edition` name the present state of the list of institutions and of
    the crawlers' ranges; empty: there never was one.
    """

    is_on: bool = True
    limit: int | None = 5
    period: str = SESSION
    days: int = 30
    first_weekday: int = 0
    teaser_paragraphs: int = 3
    teaser_percent: int = 40
    search_crawlers: str = "teaser"
    ai_crawlers: str = ""
    institutions_edition: str = ""
    crawlers_edition: str = ""

    def admits_ai(self, name: str) -> bool:
        """Has the owner listed this AI crawler?"""
        return name in self.ai_crawlers.split(",")


@dataclass(frozen=True, kw_only=True)
class Crawler:
    """Whom a request says to come from, such as `googlebot`, and whether that has been proved."""

    name: str
    is_ai: bool
    is_verified: bool


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one request before the ledger is asked."""

    piece_policy: str
    is_public: bool = True
    is_staff: bool = False
    is_author: bool = False
    is_subscriber: bool = False
    has_gift: bool = False
    is_institution: bool = False
    crawler: Crawler | None = None


@dataclass(frozen=True, kw_only=True)
class Access:
    """The meter's whole answer about one reader and one piece.

    `policy` is what it was decided by. `used` counts the reads of the period, this one included, and
    never exceeds `limit`; `resets_at` is when the count starts anew, in a rolling period when the
    oldest read ages out. All three are None where nothing is counted.
    """

    outcome: Outcome
    reason: Reason
    policy: Policy
    used: int | None = None
    limit: int | None = None
    resets_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.outcome is Outcome.OPEN

    @property
    def costs_a_read(self) -> bool:
        return self.reason is Reason.READ_SPENT

    @property
    def left(self) -> int | None:
        """Reads that remain in the period; None where nothing limits them."""
        return None if self.limit is None or self.used is None else max(self.limit - self.used, 0)

    @property
    def is_last(self) -> bool:
        """Was this the last one? Not said of a free article, or where no article is."""
        counted = self.reason in (Reason.READ_SPENT, Reason.ALREADY_OPEN)
        return counted and self.limit is not None and self.used == self.limit

    @property
    def reads_age_out(self) -> bool:
        """Does each read come back on its own, and not all of them at `resets_at`?"""
        return self.policy.period == ROLLING

    def as_dict(self) -> dict[str, object]:
        """As programs see it: `{outcome, reason, used, limit, resets_at}`."""
        return {
            "outcome": self.outcome.value,
            "reason": self.reason.value,
            "used": self.used,
            "limit": self.limit,
            "resets_at": self.resets_at.isoformat() if self.resets_at else None,
        }


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What the ledger says of one reader: how many reads are used, and whether this piece is among them."""

    used: int
    already_open: bool
    resets_at: datetime


def without_counting(policy: Policy, facts: Facts) -> Access | None:
    """The answers that need no ledger, in the order of decision; None: the reads decide."""
    if not policy.is_on or not facts.is_public:
        reason = Reason.UNMETERED if facts.is_public else Reason.STAFF
        return Access(outcome=Outcome.OPEN, reason=reason, policy=policy)
    if facts.is_staff or facts.is_author:
        return Access(outcome=Outcome.OPEN, reason=Reason.STAFF, policy=policy)
    if facts.is_subscriber:
        return Access(outcome=Outcome.OPEN, reason=Reason.SUBSCRIBER, policy=policy)
    if facts.piece_policy == FREE or facts.has_gift:
        return None
    if facts.is_institution:
        return Access(outcome=Outcome.OPEN, reason=Reason.INSTITUTION, policy=policy)
    return _for_crawler(policy, facts.crawler) if facts.crawler else None


def _for_crawler(policy: Policy, crawler: Crawler) -> Access | None:
    """The whole text wants a proof, the teaser wants none: nobody gains it by lying.

    So an AI crawler that is not let in gets the teaser on its word, instead of the reads of a new reader
    with each request. Who says to be a search engine and does not prove it may be anybody, and is a reader.
    """
    if not crawler.is_ai and not crawler.is_verified:
        return None
    is_let_in = policy.admits_ai(crawler.name) if crawler.is_ai else policy.search_crawlers == "open"
    outcome = Outcome.OPEN if is_let_in and crawler.is_verified else Outcome.WALL
    return Access(outcome=outcome, reason=Reason.CRAWLER, policy=policy)


def by_count(policy: Policy, facts: Facts, allowance: Allowance) -> Access:
    """The answers that show the reader's count. `READ_SPENT` says: open, once the ledger has taken the read."""
    count = Access(
        outcome=Outcome.OPEN,
        reason=Reason.FREE,
        policy=policy,
        used=allowance.used if policy.limit is None else min(allowance.used, policy.limit),
        limit=policy.limit,
        resets_at=allowance.resets_at,
    )
    if facts.piece_policy == FREE:
        return count
    if facts.has_gift:
        return replace(count, reason=Reason.GIFT)
    if facts.piece_policy == SUBSCRIBERS:
        return replace(count, outcome=Outcome.WALL, reason=Reason.SUBSCRIBERS_ONLY)
    if allowance.already_open:
        return replace(count, reason=Reason.ALREADY_OPEN)
    if policy.limit is None or allowance.used < policy.limit:
        return replace(count, reason=Reason.READ_SPENT)
    return replace(count, outcome=Outcome.WALL, reason=Reason.PAYWALL)
