"""The order of decision as a table: facts in, an answer out."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from metering import policy
from metering.policy import Access, Allowance, Crawler, Facts, Outcome, Policy, Reason

RESET = datetime(2026, 12, 1, tzinfo=UTC)
OPEN, WALL = Outcome.OPEN, Outcome.WALL


def answer(owner: Policy, facts: Facts, used: int = 0, *, already_open: bool = False) -> Access:
    allowance = Allowance(used=used, already_open=already_open, resets_at=RESET)
    return policy.without_counting(owner, facts) or policy.by_count(owner, facts, allowance)


METERED = Facts(piece_policy="metered")
EVERYTHING = replace(
    METERED,
    piece_policy="subscribers",
    is_staff=True,
    is_author=True,
    is_subscriber=True,
    has_gift=True,
    is_institution=True,
)
GOOGLE = replace(METERED, crawler=Crawler(name="googlebot", is_ai=False, is_verified=True))
FORGED = replace(METERED, crawler=Crawler(name="googlebot", is_ai=False, is_verified=False))
GPT = replace(METERED, crawler=Crawler(name="gptbot", is_ai=True, is_verified=True))
SAYS_GPT = replace(METERED, crawler=Crawler(name="gptbot", is_ai=True, is_verified=False))


@pytest.mark.parametrize(
    ("owner", "facts", "outcome", "reason"),
    [
        (Policy(is_on=False), EVERYTHING, OPEN, Reason.UNMETERED),
        (Policy(), EVERYTHING, OPEN, Reason.STAFF),
        (Policy(), replace(METERED, is_author=True), OPEN, Reason.STAFF),
        (Policy(), replace(METERED, is_public=False), OPEN, Reason.STAFF),
        (Policy(), replace(EVERYTHING, is_staff=False, is_author=False), OPEN, Reason.SUBSCRIBER),
        (Policy(limit=0), replace(METERED, is_institution=True), OPEN, Reason.INSTITUTION),
        (Policy(), replace(METERED, piece_policy="subscribers", is_institution=True), OPEN, Reason.INSTITUTION),
        (Policy(), replace(GOOGLE, is_institution=True), OPEN, Reason.INSTITUTION),
        (Policy(), GOOGLE, WALL, Reason.CRAWLER),
        (Policy(search_crawlers="open"), GOOGLE, OPEN, Reason.CRAWLER),
        (Policy(search_crawlers="open"), replace(GOOGLE, piece_policy="subscribers"), OPEN, Reason.CRAWLER),
        (Policy(search_crawlers="open", ai_crawlers="ccbot"), GPT, WALL, Reason.CRAWLER),
        (Policy(ai_crawlers="ccbot,gptbot"), GPT, OPEN, Reason.CRAWLER),
        (Policy(ai_crawlers="ccbot,gptbot"), SAYS_GPT, WALL, Reason.CRAWLER),
        (Policy(limit=None), SAYS_GPT, WALL, Reason.CRAWLER),
    ],
)
def test_what_needs_no_count(owner: Policy, facts: Facts, outcome: Outcome, reason: Reason) -> None:
    assert answer(owner, facts) == Access(outcome=outcome, reason=reason, policy=owner)


@pytest.mark.parametrize(
    ("facts", "used", "already_open", "limit", "outcome", "reason", "shown"),
    [
        (replace(METERED, piece_policy="free"), 5, False, 5, OPEN, Reason.FREE, 5),
        (replace(METERED, piece_policy="free", is_institution=True), 2, False, 5, OPEN, Reason.FREE, 2),
        (replace(METERED, piece_policy="subscribers"), 0, True, 5, WALL, Reason.SUBSCRIBERS_ONLY, 0),
        (replace(METERED, has_gift=True, is_institution=True), 5, False, 5, OPEN, Reason.GIFT, 5),
        (replace(METERED, has_gift=True, piece_policy="subscribers"), 0, False, 5, OPEN, Reason.GIFT, 0),
        (replace(METERED, has_gift=True, piece_policy="free"), 1, False, 5, OPEN, Reason.FREE, 1),
        (replace(GPT, piece_policy="free"), 0, False, 5, OPEN, Reason.FREE, 0),
        (replace(GPT, has_gift=True), 0, False, 5, OPEN, Reason.GIFT, 0),
        (FORGED, 0, False, 5, OPEN, Reason.READ_SPENT, 0),
        (replace(FORGED, piece_policy="subscribers"), 0, False, 5, WALL, Reason.SUBSCRIBERS_ONLY, 0),
        (METERED, 5, True, 5, OPEN, Reason.ALREADY_OPEN, 5),
        (METERED, 4, False, 5, OPEN, Reason.READ_SPENT, 4),
        (METERED, 5, False, 5, WALL, Reason.PAYWALL, 5),
        (METERED, 5, False, 3, WALL, Reason.PAYWALL, 3),
        (METERED, 0, False, 0, WALL, Reason.PAYWALL, 0),
        (METERED, 99, False, None, OPEN, Reason.READ_SPENT, 99),
    ],
)
def test_what_the_count_decides(facts, used, already_open, limit, outcome, reason, shown) -> None:
    owner = Policy(limit=limit, registered_limit=None)
    assert answer(owner, facts, used, already_open=already_open) == Access(
        outcome=outcome, reason=reason, policy=owner, used=shown, limit=limit, resets_at=RESET
    )


ANONYMOUS, REGISTERED = METERED, replace(METERED, is_registered=True)


@pytest.mark.parametrize(
    ("facts", "used", "limits", "outcome", "reason", "shown"),
    [
        (ANONYMOUS, 5, (5, 10), WALL, Reason.REGISTRATION_WALL, (5, 5)),
        (REGISTERED, 5, (5, 10), OPEN, Reason.READ_SPENT, (5, 10)),
        (REGISTERED, 10, (5, 10), WALL, Reason.PAYWALL, (10, 10)),
        (REGISTERED, 13, (5, 10), WALL, Reason.PAYWALL, (10, 10)),
        (ANONYMOUS, 10, (5, 10), WALL, Reason.PAYWALL, (5, 5)),  # registering gives nothing to whoever used it up
        (ANONYMOUS, 0, (0, 10), WALL, Reason.REGISTRATION_WALL, (0, 0)),
        (ANONYMOUS, 5, (5, 5), WALL, Reason.PAYWALL, (5, 5)),
        (REGISTERED, 5, (5, None), WALL, Reason.PAYWALL, (5, 5)),
        (REGISTERED, 50, (None, None), OPEN, Reason.READ_SPENT, (50, None)),
        (replace(ANONYMOUS, piece_policy="subscribers"), 5, (5, 10), WALL, Reason.SUBSCRIBERS_ONLY, (5, 5)),
    ],
)
def test_registering_gives_more_and_the_wall_says_so_only_then(
    facts, used, limits, outcome, reason, shown
) -> None:
    limit, registered_limit = limits
    owner = Policy(limit=limit, registered_limit=registered_limit)
    access = answer(owner, facts, used)
    assert (access.outcome, access.reason, access.used, access.limit) == (outcome, reason, *shown)


@pytest.mark.parametrize(
    ("facts", "on_failure", "outcome", "reason"),
    [
        (METERED, "open", OPEN, Reason.METER_UNAVAILABLE),
        (METERED, "wall", WALL, Reason.METER_UNAVAILABLE),
        (replace(METERED, piece_policy="subscribers"), "open", WALL, Reason.SUBSCRIBERS_ONLY),
        (replace(METERED, piece_policy="subscribers", is_subscriber=True), "wall", OPEN, Reason.SUBSCRIBER),
        (replace(METERED, piece_policy="free"), "wall", OPEN, Reason.FREE),
        (replace(METERED, has_gift=True), "wall", OPEN, Reason.GIFT),
        (replace(METERED, is_institution=True), "wall", OPEN, Reason.INSTITUTION),
        (replace(METERED, is_staff=True), "wall", OPEN, Reason.STAFF),
        (SAYS_GPT, "open", WALL, Reason.CRAWLER),
    ],
)
def test_without_a_ledger_only_the_metered_pieces_are_the_owners_choice(
    facts, on_failure, outcome, reason
) -> None:
    owner = Policy(on_failure=on_failure)
    assert policy.without_ledger(owner, facts) == Access(outcome=outcome, reason=reason, policy=owner)


def test_what_no_rule_covers_is_open() -> None:
    facts = replace(METERED, piece_policy="unmetered", rule="Weather")
    expected = Access(outcome=OPEN, reason=Reason.UNMETERED, policy=Policy(), rule="Weather")
    assert answer(Policy(), facts, 5) == expected


def test_programs_see_five_fields() -> None:
    assert answer(Policy(), METERED, 4).as_dict() == {
        "outcome": "open",
        "reason": "read_spent",
        "used": 4,
        "limit": 5,
        "resets_at": "2026-12-01T00:00:00+00:00",
    }
