"""The one door to a piece: may this reader open it, and does that cost a read?

access = gate.admit(request, article)
"""

from dataclasses import replace

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


def admit(request: HttpRequest, obj: Model) -> Access:
    """Opens a piece for the reader of this request, spending a read if that is what it costs.

    Raises `PrefetchRefused` where the browser only fetches ahead and opening would cost a read.
    Costs one query for a piece that is open already, two for a new read, two for a gift that this
    reader has opened before, and a transaction of up to three more for one that is counted now.
    A request that says to come from a crawler is counted in the crawlers' ledger, which costs one.
    """
    access, account, period = _decide(request, obj)
    reader = readers.of(request)
    crawlers.note(reader)
    costs = access.costs_a_read or (access.reason is Reason.GIFT and not reader.gift.is_open)
    if not costs or request.method in UNREAD:
        return access
    if is_prefetch(request):
        raise PrefetchRefused
    now = timezone.now()
    if access.reason is Reason.GIFT:
        return access if gifts.accept(reader, reader.gift, now=now) else admit(request, obj)
    piece = pieces.of(obj).key
    account = the_ledger().spend(account, reader=reader.pass_.key, piece=piece, period=period, now=now)
    if account.holds(piece):
        reader.keep(until=period.open_until(now))
        return replace(access, used=account.used(period))
    return policy.by_count(
        account.policy, _facts(request, obj, account.policy), _allowance(account, piece, period)
    )


def ask(request: HttpRequest, obj: Model) -> Access:
    """What `admit` would answer, without spending: `read_spent` then means that opening would cost one."""
    return _decide(request, obj)[0]


def count(request: HttpRequest) -> Access:
    """The reader's own count, apart from any piece: outcome `open`, reason as it stands.

    For the line on a page and the reader's account of the meter; spends nothing, sets no cookie.
    """
    account, period = _account(request)
    reader = readers.of(request)
    facts = Facts(
        piece_policy=pieces.METERED,
        is_staff=reader.is_staff,
        is_subscriber=reader.is_subscriber,
        is_institution=institutions.covers(reader, edition=account.policy.institutions_edition),
    )
    return policy.without_counting(account.policy, facts) or policy.by_count(
        account.policy, replace(facts, piece_policy=pieces.FREE), _allowance(account, "", period)
    )


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


def _decide(request: HttpRequest, obj: Model) -> tuple[Access, Account, Period]:
    account, period = _account(request)
    facts = _facts(request, obj, account.policy)
    access = policy.without_counting(account.policy, facts) or policy.by_count(
        account.policy, facts, _allowance(account, pieces.of(obj).key, period)
    )
    return access, account, period


def _account(request: HttpRequest) -> tuple[Account, Period]:
    reader = readers.of(request)
    now = timezone.now()
    account = the_ledger().look(reader.known.key if reader.known else None, now=now)
    since = reader.known.since if reader.known else reader.pass_.since
    return account, periods.session(since, days=account.policy.session_days, now=now)


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


def _allowance(account: Account, piece: str, period: Period) -> Allowance:
    return Allowance(used=account.used(period), already_open=account.holds(piece), resets_at=period.end)
