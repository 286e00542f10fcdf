"""The one door to a piece: may this reader open it, and does that cost a read?

access = gate.admit(request, article)
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from metering import crawlers, gifts, institutions, known_crawlers, periods, pieces, policy, readers
from metering.ledger import Account, the_ledger
from metering.periods import Period
from metering.policy import Access, Allowance, Facts, Policy, Reason

UNREAD = ("HEAD", "OPTIONS")
"""Methods whose answers carry no body, so that nothing is read."""


class PrefetchRefused(Exception):  # noqa: N818  a refusal, not an error
    """A browser asked ahead for a piece that would cost a read; the middleware answers 503."""


@dataclass(frozen=True)
class Standing:
    """Where a reader stands at one moment; all that follows is decided at this `now` and no later one."""

    account: Account
    period: Period
    now: datetime

    def allowance(self, piece: str = "") -> Allowance:
        return Allowance(
            used=self.account.used(self.period),
            already_open=self.account.holds(piece),
            resets_at=self.account.resets_at(self.period),
        )


def admit(request: HttpRequest, obj: Model) -> Access:
    """Opens a piece for the reader of this request, spending a read if that is what it costs.

    Raises `PrefetchRefused` where the browser only fetches ahead and opening would cost a read.
    Costs one query for a piece that is open already, two for a new read, two for a gift that this
    reader has opened before, and a transaction of up to three more for one that is counted now.
    A request that says to come from a crawler is counted in the crawlers' ledger, which costs one.
    """
    access, standing = _decide(request, obj)
    reader = readers.of(request)
    crawlers.note(reader)
    costs = access.costs_a_read or (access.reason is Reason.GIFT and not reader.gift.is_open)
    if not costs or request.method in UNREAD:
        return access
    if is_prefetch(request):
        raise PrefetchRefused
    period, now, piece = standing.period, standing.now, pieces.of(obj).key
    if access.reason is Reason.GIFT:
        return access if gifts.accept(reader, reader.gift, now=now) else admit(request, obj)
    account = the_ledger().spend(standing.account, reader=reader.pass_.key, piece=piece, period=period, now=now)
    allowance = replace(standing, account=account).allowance(piece)
    if account.holds(piece):
        reader.keep(until=period.open_until(now))
        return replace(access, used=allowance.used, resets_at=allowance.resets_at)
    return policy.by_count(account.policy, _facts(request, obj, account.policy), allowance)


def ask(request: HttpRequest, obj: Model) -> Access:
    """What `admit` would answer, without spending: `read_spent` then means that opening would cost one."""
    return _decide(request, obj)[0]


def count(request: HttpRequest) -> Access:
    """The reader's own count, apart from any piece: outcome `open`, reason as it stands.

    For the line on a page and the reader's account of the meter; spends nothing, sets no cookie.
    """
    standing = _standing(request)
    in_force = standing.account.policy
    reader = readers.of(request)
    facts = Facts(
        piece_policy=pieces.METERED,
        is_staff=reader.is_staff,
        is_subscriber=reader.is_subscriber,
        is_institution=institutions.covers(reader, edition=in_force.institutions_edition),
    )
    return policy.without_counting(in_force, facts) or policy.by_count(
        in_force, replace(facts, piece_policy=pieces.FREE), standing.allowance()
    )


def opened(request: HttpRequest) -> list[pieces.Piece]:
    """What this reader holds open now, the newest first; pieces that are gone or unpublished left out."""
    held = [one.piece for one in reversed(_standing(request).account.opened)]
    found = pieces.named(held)
    return [found[key] for key in held if key in found]


def policy_in_force() -> Policy:
    """What the owner has set, for surfaces that give everybody the same: feeds, lists, mails."""
    return the_ledger().look(None, now=timezone.now()).policy


def opens_freely(request: HttpRequest, obj: Model) -> bool:
    """Is the piece open to this reader now without a further read? The comments ask this."""
    access = ask(request, obj)
    return access.is_open and not access.costs_a_read


def is_prefetch(request: HttpRequest) -> bool:
    """Does the browser say that nobody has clicked yet?"""
    purposes = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose"))
    return any(word in purpose.lower() for purpose in purposes for word in ("prefetch", "prerender", "preview"))


def _decide(request: HttpRequest, obj: Model) -> tuple[Access, Standing]:
    standing = _standing(request)
    in_force = standing.account.policy
    facts = _facts(request, obj, in_force)
    access = policy.without_counting(in_force, facts) or policy.by_count(
        in_force, facts, standing.allowance(pieces.of(obj).key)
    )
    return access, standing


def _standing(request: HttpRequest) -> Standing:
    reader = readers.of(request)
    since = reader.pass_.since  # before the clock is read: a new pass must not be younger than its first read
    now = timezone.now()
    account = the_ledger().look(reader.known.key if reader.known else None, now=now)
    in_force = account.policy
    period = periods.running(
        in_force.period,
        days=in_force.days,
        first_weekday=in_force.first_weekday,
        since=since,
        now=now,
        zone=timezone.get_default_timezone(),
    )
    return Standing(account, period, now)


def _facts(request: HttpRequest, obj: Model, owner: Policy) -> Facts:
    piece = pieces.of(obj)
    reader = readers.of(request)
    facts = Facts(
        piece_policy=piece.policy,
        is_public=piece.is_public(),
        is_staff=reader.is_staff,
        is_author=bool(reader.user and reader.user.is_authenticated and piece.is_author(reader.user)),
        is_subscriber=reader.is_subscriber,
    )
    if policy.without_counting(owner, facts) or piece.policy == pieces.FREE:
        return facts  # open already: nobody needs to be looked up
    # A messenger that fetches a link to show a picture of it would use up the gift before its readers come.
    is_machine = known_crawlers.claimed(reader.user_agent) is not None
    reader.gift = None if is_machine else gifts.offered(reader, piece, now=timezone.now())
    if reader.gift:
        return replace(facts, has_gift=True)
    if institutions.covers(reader, edition=owner.institutions_edition):
        return replace(facts, is_institution=True)
    return replace(facts, crawler=crawlers.recognise(reader, owner))
