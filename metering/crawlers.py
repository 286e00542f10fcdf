"""Is it really the crawler it says? Its address proves it, or the name of its machine, asked both ways.

The order: an address in a range that the owner supplied; else the reverse name of the address lies in
a domain of the operator *and* leads back to the same address. Anybody can give an address of theirs
the name `crawl.googlebot.com`; only the owner of that domain makes the name lead there.
"""

from enum import StrEnum
from functools import lru_cache

from django.core.cache import cache
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from metering import addresses, resolving
from metering.addresses import Address, Networks
from metering.conf import conf
from metering.known_crawlers import Kind, KnownCrawler, claimed
from metering.models import CrawlerClaim, CrawlerRanges
from metering.policy import Crawler, Policy
from metering.readers import Reader
from metering.resolving import Resolver

NAMES_FOLLOWED = 3
"""An address may have many names; a forger's has as many as it likes."""


class Verdict(StrEnum):
    """`UNVERIFIED`: nobody can say, since time ran out, the DNS failed, or there is no way to check."""

    VERIFIED = "verified"
    FORGED = "forged"
    UNVERIFIED = "unverified"


KEPT_SECONDS = {Verdict.VERIFIED: 24 * 3600, Verdict.FORGED: 3600, Verdict.UNVERIFIED: 60}
"""How long a verdict is kept; while one is, no request waits."""


def recognise(reader: Reader, owner: Policy) -> Crawler | None:
    """The crawler that the request says to come from, and whether it is true; None for everybody else.

    Costs no query, unless the owner's ranges were read again. The DNS is asked only where the answer
    depends on it, so not for an AI crawler that gets the teaser anyway, and is waited for at most
    `CRAWLER_SECONDS`, once a minute at most for the same address.
    """
    known = claimed(reader.user_agent)
    if known is None or known.kind is Kind.PREVIEW:
        return None
    depends_on_it = known.kind is Kind.SEARCH or owner.admits_ai(known.name)
    verdict = _verdict(known, reader.address, edition=owner.crawlers_edition, ask_dns=depends_on_it)
    reader.claim = known.name, verdict.value
    return Crawler(name=known.name, is_ai=known.kind is Kind.AI, is_verified=verdict is Verdict.VERIFIED)


def note(reader: Reader) -> None:
    """Counts the request's claim in the ledger of crawlers, if it made one."""
    if reader.claim is None:
        return
    name, verdict = reader.claim
    today = {"day": timezone.localdate(), "claim": name, "verdict": verdict}
    row = CrawlerClaim.objects.filter(**today)
    if not row.update(seen=F("seen") + 1):
        # The first of the day: of two at once one makes the row, and both are counted on it.
        CrawlerClaim.objects.bulk_create([CrawlerClaim(**today, seen=0)], ignore_conflicts=True)
        row.update(seen=F("seen") + 1)


def _verdict(known: KnownCrawler, address: Address | None, *, edition: str, ask_dns: bool) -> Verdict:
    if address is None:
        return Verdict.UNVERIFIED
    ranges = _ranges(edition).get(known.name) if edition else None
    if ranges and address in ranges:
        return Verdict.VERIFIED
    if known.domains:
        return _by_name(known, address) if ask_dns else Verdict.UNVERIFIED
    return Verdict.FORGED if ranges else Verdict.UNVERIFIED


@lru_cache(maxsize=1)
def _ranges(edition: str) -> dict[str, Networks]:
    """What `refresh_crawler_ranges` has read. `edition` names its state and comes with the owner's policy."""
    rows = CrawlerRanges.objects.values_list("crawler", "networks")
    return {crawler: addresses.networks(tuple(networks.split())) for crawler, networks in rows}


def _by_name(known: KnownCrawler, address: Address) -> Verdict:
    # The cache may be shared and lie on a disk: addresses do not go into it as they are.
    hashed = salted_hmac("metering.crawler", str(address), algorithm="sha256").hexdigest()
    key = f"metering.crawler.{known.name}.{hashed}"
    if kept := cache.get(key):
        return Verdict(kept)
    resolver = conf().resolver

    def look_up() -> Verdict:
        verdict = _ask(resolver, known, address)
        cache.set(key, verdict.value, KEPT_SECONDS[verdict])  # also when it comes too late for this request
        return verdict

    verdict = resolving.within(conf().crawler_seconds, look_up, otherwise=Verdict.UNVERIFIED)
    if verdict is Verdict.UNVERIFIED:
        cache.add(key, verdict.value, KEPT_SECONDS[verdict])  # nobody waits again for what hangs
    return verdict


def _ask(resolver: Resolver, known: KnownCrawler, address: Address) -> Verdict:
    try:
        names = [name for name in resolver.names_of(str(address)) if known.is_at_home_at(name)]
        leads_back = (
            address == addresses.address(found)
            for name in names[:NAMES_FOLLOWED]
            for found in resolver.addresses_of(name)
        )
        return Verdict.VERIFIED if any(leads_back) else Verdict.FORGED
    except Exception:  # whatever a resolver raises about a name that a stranger chose, it proves nothing
        return Verdict.UNVERIFIED
