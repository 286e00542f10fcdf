"""The one door to a piece: may this reader open it, and does that cost a read?

access = gate.admit(request, article)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from metering import (
    brake,
    crawlers,
    gifts,
    institutions,
    known_crawlers,
    outages,
    periods,
    pieces,
    policy,
    readers,
    remembered,
    rulebook,
    support,
)
from metering.conf import conf
from metering.ledger import Account, LedgerUnavailable, Sheet, Wish, the_ledger
from metering.ledger.sql import policy_in_the_database
from metering.periods import GRACE, Period
from metering.pieces import Piece
from metering.policy import Access, Allowance, Facts, Outcome, Policy, Reason
from metering.readers import Pass, Reader
from metering.rules import Terms

UNREAD = ("HEAD", "OPTIONS")
"""Methods whose answers carry no body, so that nothing is read."""

PURPOSE = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_MOZ", "HTTP_X_PURPOSE")
"""The headers by which browsers say why they ask, as WSGI names them."""

BY_READS = (Reason.UNMETERED, Reason.ALREADY_OPEN, Reason.READ_SPENT)
"""Who would meet the wall of a rule that is only tried yet; all others would pass it too."""

MEANWHILE_SECONDS = 5
"""While the ledger does not answer, a change of the owner's holds in every process after so long."""


class PrefetchRefused(Exception):  # noqa: N818  a refusal, not an error
    """A browser asked ahead for a piece that would cost a read; the middleware answers 503."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a reader stands with one meter at one moment; all that follows is decided at this `now`."""

    account: Account
    sheets: Sequence[Sheet]
    meter: int
    limit: int | None
    now: datetime

    def allowance(self, piece: str = "") -> Allowance:
        period = self.sheets[0].period
        counted = self.account.counted(period, meter=self.meter)
        return Allowance(
            used=len(counted),
            already_open=self.account.holds(piece),
            resets_at=period.resets_at(list(counted.values()), limit=self.limit),
        )

    def joined(self) -> "Standing":
        """What the device has read is the account's as well; costs a write once after a log-in."""
        if len(self.sheets) == 1:
            return self
        account = the_ledger().join(self.account, self.sheets, meter=self.meter, now=self.now)
        return replace(self, account=account)

    def spend(self, piece: str, facts: Facts, *, is_copy: bool = False) -> "Standing":
        """Asks the ledger for a read; afterwards the account holds the piece by this meter, or it was refused."""
        wish = Wish(
            piece=piece,
            now=self.now,
            limit=self.limit,
            meter=self.meter,
            is_registered=facts.is_registered,
            is_copy=is_copy,
        )
        return replace(self, account=the_ledger().spend(self.account, self.sheets, wish))

    def has_forgotten(self, known: Pass) -> bool:
        """Is nothing left of the read that this pass was made with? It stays open for a day, or for its period.

        Where there is more than one meter, nobody can tell whose period that was.
        """
        if any(one.key == known.key for one in self.account.opened):
            return False
        if self.account.policy.rules_edition:
            return self.now < known.since + GRACE
        first = _period(self.account.policy, now=known.since, since=known.since)
        return self.now < first.open_until(known.since)

    def keep(self, reader: Reader) -> None:
        """The browser keeps its pass as long as anything that was opened with it, in earnest or on trial."""
        device = self.sheets[-1]
        in_earnest = reader.account.opened if reader.account else ()
        opened = (*self.account.opened, *in_earnest)
        held = (one.open_until for one in opened if one.key in (device.key, reader.pass_.key))
        reader.keep(until=max([device.period.open_until(self.now), *held]))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One reader, one piece, one moment: what was known, and what follows from it.

    `standing` is None where the ledger does not answer.
    """

    reader: Reader
    piece: Piece
    terms: Terms
    facts: Facts
    standing: Standing | None
    access: Access
    now: datetime

    @property
    def costs(self) -> bool:
        return self.access.costs_a_read or (
            self.access.reason is Reason.GIFT and bool(self.reader.gift) and not self.reader.gift.is_open
        )


def admit(request: HttpRequest, obj: Model) -> Access:
    """Opens a piece for the reader of this request, spending a read if that is what it costs.

    Raises `PrefetchRefused` where the browser only fetches ahead and opening would cost a read.
    Costs one query for a piece that is open already, and none for a subscriber whom the host knows;
    two for a new read, three for one by somebody who is signed in; two for a gift that this reader
    has opened before, and a transaction of up to three more for one that is counted now. A wall that
    this process has not shown yet costs one more, and so does a request that says to come from a crawler.
    """
    case = _decide(request, obj)
    crawlers.note(case.reader)
    if request.method in UNREAD:
        return case.access
    if is_prefetch(request):
        if case.costs:
            raise PrefetchRefused
        return case.access
    try:
        access = _observed(case, _settled(request, obj, case))
    except LedgerUnavailable as away:
        outages.note(away)
        access = policy.without_ledger(case.terms.policy, case.facts)
    if access.is_open or access.reason is Reason.CRAWLER:
        return access
    return replace(access, code=_recorded(case, access, case.facts, case.standing))


def ask(request: HttpRequest, obj: Model) -> Access:
    """What `admit` would answer, without spending: `read_spent` then means that opening would cost one."""
    return _decide(request, obj).access


def count(request: HttpRequest) -> Access:
    """The reader's own count with the site's meter, apart from any piece: outcome `open`, reason as it stands.

    For the line on a page and the reader's account of the meter; spends nothing, sets no cookie.
    """
    reader = readers.of(request)
    account, now = _look(reader)
    facts = Facts(
        piece_policy=pieces.METERED,
        is_staff=reader.is_staff,
        is_subscriber=reader.is_subscriber,
        is_registered=reader.is_registered,
    )
    if account is None:
        return policy.without_ledger(_owner_meanwhile(), facts)
    owner = account.policy
    facts = replace(facts, is_institution=institutions.covers(reader, edition=owner.institutions_edition))
    standing = _standing(reader, account, owner, facts, now)
    return policy.without_counting(owner, facts) or policy.by_count(
        owner, replace(facts, piece_policy=pieces.FREE), standing.allowance()
    )


def counts_of_others(request: HttpRequest) -> list[tuple[str, Access]]:
    """The reader's count with each further meter in force that has counted something, by the meter's name."""
    reader = readers.of(request)
    account = reader.account
    if account is None or all(one.meter == policy.SITE_METER for one in account.opened):  # as nearly always
        return []
    now, is_registered = timezone.now(), reader.is_registered
    found = []
    for name, by in rulebook.in_force(account.policy).others(account.policy, now=now):
        facts = Facts(piece_policy=pieces.FREE, is_registered=is_registered)
        standing = _standing(reader, account, by, facts, now)
        access = policy.by_count(by, facts, standing.allowance())
        if access.used:
            found.append((name, access))
    return found


def opened(request: HttpRequest) -> list[Piece]:
    """What this reader holds open now, the newest first; pieces that are gone or unpublished left out.

    One query where this request has been through the gate already, else two.
    """
    reader = readers.of(request)
    account = reader.account or _look(reader)[0]
    held = list(dict.fromkeys(one.piece for one in reversed(account.opened))) if account else []
    found = pieces.named(held)
    return [found[key] for key in held if key in found]


def policy_in_force() -> Policy:
    """What the owner has set, for surfaces that give everybody the same: feeds, lists, mails."""
    try:
        owner = the_ledger().look((), now=timezone.now()).policy
    except LedgerUnavailable as away:
        outages.note(away)
        return _owner_meanwhile()
    remembered.keep(owner)
    return owner


def terms_of(obj: Model) -> Terms:
    """What governs a piece, whoever reads it: for structured data, lists and the owner's overview."""
    owner = remembered.fresh() or policy_in_force()
    return rulebook.in_force(owner).terms(pieces.of(obj), owner, now=timezone.now())


def opens_freely(request: HttpRequest, obj: Model) -> bool:
    """Is the piece open to this reader now without a further read? The comments ask this."""
    access = ask(request, obj)
    return access.is_open and not access.costs_a_read


def is_prefetch(request: HttpRequest) -> bool:
    """Does the browser say that nobody has clicked yet?"""
    purposes = [request.META[name].lower() for name in PURPOSE if name in request.META]
    return any(word in purpose for purpose in purposes for word in ("prefetch", "prerender", "preview"))


def _decide(request: HttpRequest, obj: Model) -> Case:
    reader, piece = readers.of(request), pieces.of(obj)
    account, now = _look_if_it_matters(reader)
    owner = account.policy if account else _owner_meanwhile()
    terms = rulebook.in_force(owner).terms(piece, owner, now=now)
    facts = _facts(reader, piece, terms, now)
    standing = _standing(reader, account, terms.policy, facts, now) if account else None
    if standing is None:
        access = policy.without_ledger(terms.policy, facts)
    else:
        access = policy.without_counting(terms.policy, facts) or policy.by_count(
            terms.policy, facts, standing.allowance(piece.key)
        )
    return Case(reader=reader, piece=piece, terms=terms, facts=facts, standing=standing, access=access, now=now)


def _settled(request: HttpRequest, obj: Model, case: Case) -> Access:
    """The answer after what it costs was paid; another one where somebody else was quicker."""
    reader, access = case.reader, case.access
    if access.reason is Reason.GIFT:
        return access if gifts.accept(reader, reader.gift, now=case.now) else admit(request, obj)
    if case.standing is None or access.used is None:
        return access
    standing = case.standing.joined()
    if not access.costs_a_read:
        return access
    if not brake.lets_in(reader, case.terms.policy, now=case.now):
        return replace(access, outcome=Outcome.WALL, reason=Reason.REGISTRATION_WALL)
    is_forgotten = reader.known is not None and standing.has_forgotten(reader.known)
    standing = standing.spend(case.piece.key, case.facts)
    reader.account = standing.account
    if not standing.account.holds(case.piece.key, meter=standing.meter):
        return policy.by_count(case.terms.policy, case.facts, standing.allowance(case.piece.key))
    if is_forgotten:
        outages.note_forgotten()
    standing.keep(reader)
    allowance = standing.allowance()
    used = allowance.used if access.limit is None else min(allowance.used, access.limit)
    return replace(access, used=used, resets_at=allowance.resets_at)


def _observed(case: Case, access: Access) -> Access:
    """Counts for the rule that is being tried, and says if it would have walled; the reader notices nothing."""
    tried = case.terms.observed
    counts_already = case.terms.kind == pieces.METERED and tried and tried.policy.meter == case.terms.policy.meter
    if tried is None or counts_already or case.standing is None or access.reason not in BY_READS:
        return access
    facts = _facts(case.reader, case.piece, tried, case.now)
    if policy.without_counting(tried.policy, facts):
        return access
    standing = _standing_on_trial(case.reader, tried.policy, facts, case.now)
    would_be = policy.by_count(tried.policy, facts, standing.allowance(case.piece.key))
    if would_be.costs_a_read:
        is_counted_already = case.terms.kind == pieces.METERED
        replace(standing.joined(), limit=None).spend(case.piece.key, facts, is_copy=is_counted_already)
        standing.keep(case.reader)
    if would_be.is_open:
        return access
    _recorded(case, would_be, facts, standing, is_observed=True)
    return replace(access, would_be=Outcome.WALL)


def _recorded(
    case: Case, access: Access, facts: Facts, standing: Standing | None, *, is_observed: bool = False
) -> str:
    sheet = standing.sheets[0] if standing else Sheet(case.reader.keys_to_spend[0], _today(case.now))
    return support.record(
        case.reader, access, facts, piece=case.piece.key, sheet=sheet, now=case.now, is_observed=is_observed
    )


def _look_if_it_matters(reader: Reader) -> tuple[Account | None, datetime]:
    """Subscribers and staff read everything, whatever the ledger says: they are not worth a query."""
    if (reader.is_staff or reader.is_subscriber) and (owner := remembered.fresh()):
        return Account(owner), timezone.now()
    return _look(reader)


def _look(reader: Reader) -> tuple[Account | None, datetime]:
    """The reader's account, None where the ledger does not answer, and the moment that it is true for."""
    _keys = reader.keys_to_spend  # before the clock is read: a new pass must not be younger than its first read
    now = timezone.now()
    if reader.is_unanswered:
        return None, now
    try:
        account = the_ledger().look(reader.keys, now=now)
    except LedgerUnavailable as away:
        outages.note(away)
        reader.is_unanswered = True
        return None, now
    remembered.keep(account.policy)
    reader.account = account
    return account, now


def _standing_on_trial(reader: Reader, by: Policy, facts: Facts, now: datetime) -> Standing:
    """Where the reader would stand: under keys of its own, so that a trial uses up nothing."""
    keys = [readers.trial_key(key) for key in reader.keys_to_spend]
    account = the_ledger().look(keys, now=now)
    standing = _standing(reader, account, by, facts, now)
    sheets = [replace(sheet, key=key) for sheet, key in zip(standing.sheets, keys, strict=True)]
    return replace(standing, sheets=sheets)


def _owner_meanwhile() -> Policy:
    """What the owner has set, while the ledger cannot say it: the database can, unless it is the ledger itself."""
    if conf().ledger == "sql":
        return remembered.last()
    if owner := remembered.fresh(within=MEANWHILE_SECONDS):
        return owner
    try:
        owner = policy_in_the_database()
    except LedgerUnavailable:
        return remembered.last()
    remembered.keep(owner)
    return owner


def _standing(reader: Reader, account: Account, by: Policy, facts: Facts, now: datetime) -> Standing:
    device, since = reader.keys_to_spend[-1], reader.pass_.since
    if by.period == periods.SESSION:
        now = max(now, since)  # by a clock behind the one that made the pass, a session before this one would run
    sheets = [Sheet(device, _period(by, now=now, since=since))]
    if reader.is_signed_in:
        sheets.insert(0, Sheet(reader.keys_to_spend[0], _period_of_account(account, by, now=now)))
    limit = by.limit_for(is_registered=facts.is_registered)
    return Standing(account=account, sheets=sheets, meter=by.meter, limit=limit, now=now)


def _period(by: Policy, *, now: datetime, since: datetime) -> Period:
    return periods.running(
        by.period,
        days=by.days,
        first_weekday=by.first_weekday,
        since=since,
        now=now,
        zone=timezone.get_default_timezone(),
    )


def _today(now: datetime) -> Period:
    return periods.day(now=now, zone=timezone.get_default_timezone())


def _period_of_account(account: Account, by: Policy, *, now: datetime) -> Period:
    """An account has no cookie that says when its session began: the reads themselves do."""
    if by.period != periods.SESSION:
        return _period(by, now=now, since=now)
    counted = [one for one in account.opened if one.meter == by.meter]
    return periods.session_of(
        (one.read_at for one in counted if one.counts_until > now),
        over=(one.read_at for one in counted if one.counts_until <= now),
        days=by.days,
        now=now,
        zone=timezone.get_default_timezone(),
    )


def _facts(reader: Reader, piece: Piece, terms: Terms, now: datetime) -> Facts:
    owner = terms.policy
    is_entitled = reader.is_staff or reader.is_subscriber
    facts = Facts(
        piece_policy=terms.kind,
        rule=terms.rule,
        is_public=piece.is_public(),
        is_staff=reader.is_staff,
        # Who wrote it is a query with most hosts, and whoever reads everything is not worth one.
        is_author=not is_entitled and reader.is_signed_in and piece.is_author(reader.user),
        is_subscriber=reader.is_subscriber,
    )
    if policy.without_counting(owner, facts):
        return facts  # open already: nobody needs to be looked up
    if terms.kind == pieces.FREE:
        return replace(facts, is_registered=reader.is_registered)
    # A messenger that fetches a link to show a picture of it would use up the gift before its readers come.
    is_machine = known_crawlers.claimed(reader.user_agent) is not None
    reader.gift = None if is_machine else gifts.offered(reader, piece, now=now)
    is_institution = not reader.gift and institutions.covers(reader, edition=owner.institutions_edition)
    return replace(
        facts,
        is_registered=reader.is_registered,
        has_gift=bool(reader.gift),
        is_institution=is_institution,
        crawler=None if reader.gift or is_institution else crawlers.recognise(reader, owner),
    )
