"""Exempt? Open? Walled? Facts in, an answer out. Pure: no request, no database, no clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from metering.periods import ROLLING, SESSION
from metering.pieces import FREE, SUBSCRIBERS

SITE_METER = 1
"""The key of the meter that the whole site shares, as long as no rule names another."""

UNMETERED = "unmetered"
"""Beside the policies of a piece: no rule of the owner's covers it."""


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
    REGISTRATION_WALL = "registration_wall"
    PAYWALL = "paywall"
    METER_UNAVAILABLE = "meter_unavailable"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the owner has set for a meter. `limit`: reads per period, None is no limit, 0 a hard wall.

    `registered_limit` is for readers who have registered; None is the same as `limit`.

    `period` is one of `metering.periods.KINDS`; `days` is for sessions and rolling periods,
    `first_weekday` (0 is Monday) for weeks.

    `on_failure` is `open` or `wall`: what readers find while the ledger does not answer. `brake` is how
    many new readers of one neighbourhood a day may start without registering; None: as many as come.

    `search_crawlers` is `teaser` or `open`; `ai_crawlers` names those that are let in, with commas between.
    `institutions_edition`, `crawlers_edition` and `rules_edition` name the present state of the list of
    institutions, of the crawlers' ranges and of the rules; empty: there never was one.
    """

    meter: int = SITE_METER
    is_on: bool = True
    limit: int | None = 5
    registered_limit: int | None = 10
    period: str = SESSION
    days: int = 30
    first_weekday: int = 0
    teaser_paragraphs: int = 3
    teaser_percent: int = 40
    search_crawlers: str = "teaser"
    ai_crawlers: str = ""
    on_failure: str = "open"
    brake: int | None = None
    institutions_edition: str = ""
    crawlers_edition: str = ""
    rules_edition: str = ""

    def limit_for(self, *, is_registered: bool) -> int | None:
        """Reads per period for this kind of reader; None is no limit."""
        if self.limit is None or not is_registered or self.registered_limit is None:
            return self.limit
        return self.registered_limit

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
    """What is known of one request before the ledger is asked.

    `piece_policy` is the piece's own, or `UNMETERED`; `rule` names the owner's rule that covers the
    piece, and is empty where it is the site's default.
    """

    piece_policy: str
    rule: str = ""
    is_registered: bool = False
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
    oldest read ages out. All three are None where nothing is counted. `would_be` is what a rule that
    is only observed yet would have said, where that differs. `code` is the support code of a wall.
    """

    outcome: Outcome
    reason: Reason
    policy: Policy
    rule: str = ""
    would_be: Outcome | None = None
    code: str = ""
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
    def meter(self) -> int:
        """The key of the meter that it was decided by."""
        return self.policy.meter

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
        """As programs see it: `{outcome, reason, used, limit, resets_at}`; `would_be` while a rule is tried."""
        told: dict[str, object] = {
            "outcome": self.outcome.value,
            "reason": self.reason.value,
            "used": self.used,
            "limit": self.limit,
            "resets_at": self.resets_at.isoformat() if self.resets_at else None,
        }
        return told | ({"would_be": self.would_be.value} if self.would_be else {})


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What the ledger says of one reader: how many reads are used, and whether this piece is among them."""

    used: int
    already_open: bool
    resets_at: datetime


def without_counting(policy: Policy, facts: Facts) -> Access | None:
    """The answers that need no ledger, in the order of decision; None: the reads decide."""
    is_counted = facts.piece_policy != FREE and not facts.has_gift
    for holds, reason in (
        (not facts.is_public, Reason.STAFF),
        (not policy.is_on or facts.piece_policy == UNMETERED, Reason.UNMETERED),
        (facts.is_staff or facts.is_author, Reason.STAFF),
        (facts.is_subscriber, Reason.SUBSCRIBER),
        (facts.is_institution and is_counted, Reason.INSTITUTION),
    ):
        if holds:
            return Access(outcome=Outcome.OPEN, reason=reason, policy=policy, rule=facts.rule)
    return _for_crawler(policy, facts) if facts.crawler and is_counted else None


def _for_crawler(policy: Policy, facts: Facts) -> Access | None:
    """The whole text wants a proof, the teaser wants none: nobody gains it by lying.

    So an AI crawler that is not let in gets the teaser on its word, instead of the reads of a new reader
    with each request. Who says to be a search engine and does not prove it may be anybody, and is a reader.
    """
    crawler = facts.crawler
    if crawler is None or not (crawler.is_ai or crawler.is_verified):
        return None
    is_let_in = policy.admits_ai(crawler.name) if crawler.is_ai else policy.search_crawlers == "open"
    outcome = Outcome.OPEN if is_let_in and crawler.is_verified else Outcome.WALL
    return Access(outcome=outcome, reason=Reason.CRAWLER, policy=policy, rule=facts.rule)


def by_count(policy: Policy, facts: Facts, allowance: Allowance) -> Access:
    """The answers that show the reader's count. `READ_SPENT` says: open, once the ledger has taken the read."""
    limit = policy.limit_for(is_registered=facts.is_registered)
    outcome, reason = _by_reads(policy, facts, allowance, limit)
    return Access(
        outcome=outcome,
        reason=reason,
        policy=policy,
        rule=facts.rule,
        used=allowance.used if limit is None else min(allowance.used, limit),
        limit=limit,
        resets_at=allowance.resets_at,
    )


def _by_reads(policy: Policy, facts: Facts, allowance: Allowance, limit: int | None) -> tuple[Outcome, Reason]:
    registered_limit = policy.limit_for(is_registered=True)
    registering_helps = not facts.is_registered and (registered_limit is None or allowance.used < registered_limit)
    for holds, outcome, reason in (
        (facts.piece_policy == FREE, Outcome.OPEN, Reason.FREE),
        (facts.has_gift, Outcome.OPEN, Reason.GIFT),
        (facts.piece_policy == SUBSCRIBERS, Outcome.WALL, Reason.SUBSCRIBERS_ONLY),
        (allowance.already_open, Outcome.OPEN, Reason.ALREADY_OPEN),
        (limit is None or allowance.used < limit, Outcome.OPEN, Reason.READ_SPENT),
        (registering_helps, Outcome.WALL, Reason.REGISTRATION_WALL),
    ):
        if holds:
            return outcome, reason
    return Outcome.WALL, Reason.PAYWALL


def without_ledger(policy: Policy, facts: Facts) -> Access:
    """The answer while nobody can say what the reader has read: what needs no count is decided as ever.

    A piece for subscribers stays shut; for the metered ones the owner has chosen.
    """
    answer = Access(outcome=Outcome.OPEN, reason=Reason.METER_UNAVAILABLE, policy=policy, rule=facts.rule)
    if decided := without_counting(policy, facts):
        return decided
    if facts.piece_policy == FREE:
        return replace(answer, reason=Reason.FREE)
    if facts.has_gift:
        return replace(answer, reason=Reason.GIFT)
    if facts.piece_policy == SUBSCRIBERS:
        return replace(answer, outcome=Outcome.WALL, reason=Reason.SUBSCRIBERS_ONLY)
    return replace(answer, outcome=Outcome.OPEN if policy.on_failure == "open" else Outcome.WALL)
