"""What can be wrong with a host's settings of the meter, said by `manage.py check` with the line to add."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections, router
from django.utils.module_loading import import_string

from metering import addresses
from metering.conf import MODES, Conf, conf, host_settings
from metering.known_crawlers import BY_NAME, SEARCH, Kind, KnownCrawler
from metering.ledger import BUILT_IN, LedgerUnavailable
from metering.ledger.reaching_sql import can_limit
from metering.models import SITE_METER, CrawlerRanges, Meter, Read

MIDDLEWARE = "metering.middleware.MeterMiddleware"


@register(Tags.security)
def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        *_unknown_keys(),
        *_unreadable_paths(),
        *_missing_middleware(),
        *_proxies(),
        *_ranges(),
        *_missing_redis(),
        *_mode(),
        *_seconds(),
        *_database(),
    ]


@register(Tags.database)
def check_redis(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Does the Redis of the reads let the meter in? Asks it, so only where databases are asked as well."""
    if not databases or conf().ledger != "redis" or _missing_redis():
        return []
    try:
        import_string("metering.ledger.reaching_redis.greet")()  # a site without Redis has no library for it
    except LedgerUnavailable as away:
        return [Warning(f"The meter's ledger does not answer. {away}", id="metering.W004")]
    except Exception as refused:  # whatever it has against us
        return [
            Error(
                f"The meter's ledger is wrongly set up. Redis: {refused}",
                hint="Look at METERING['REDIS_URL']. As long as this is so, metered pages are errors.",
                id="metering.E009",
            )
        ]
    return []


@register(Tags.security)
def check_crawlers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Can those whom the owner lets in prove who they are? Asks the database, and is silent without one."""
    try:
        meter = Meter.objects.filter(pk=SITE_METER).first()
        ranges = set(CrawlerRanges.objects.values_list("crawler", flat=True))
    except (DatabaseError, ImproperlyConfigured):
        return []
    if meter is None:
        return []
    let_in = [BY_NAME[name] for name in meter.ai_crawlers.split(",") if name in BY_NAME]
    let_in += SEARCH if meter.search_crawlers == "open" else ()
    unlisted = [crawler for crawler in let_in if crawler.name not in ranges]
    return [*_verified_by_name_alone(unlisted), *_never_verified(unlisted)]


def _verified_by_name_alone(unlisted: list[KnownCrawler]) -> list[CheckMessage]:
    names = ", ".join(crawler.token for crawler in unlisted if crawler.domains)
    if not names:
        return []
    return [
        Warning(
            f"The meter lets crawlers in without a list of their addresses: reverse DNS alone verifies {names}.",
            hint="Name the operators' lists in METERING['CRAWLER_RANGES'], then manage.py refresh_crawler_ranges.",
            id="metering.W001",
        )
    ]


def _never_verified(unlisted: list[KnownCrawler]) -> list[CheckMessage]:
    names = ", ".join(crawler.token for crawler in unlisted if crawler.kind is Kind.AI and not crawler.domains)
    if not names:
        return []
    return [
        Warning(
            f"The meter lets crawlers in that nothing can verify, so they get the teaser all the same: {names}.",
            hint="They prove themselves by address alone: name their lists in METERING['CRAWLER_RANGES'].",
            id="metering.W002",
        )
    ]


def _unknown_keys() -> list[CheckMessage]:
    known = {field.name.upper() for field in fields(Conf)}
    return [
        Error(
            f"METERING has no setting {key!r}.",
            hint=f"It knows {', '.join(sorted(known))}.",
            id="metering.E001",
        )
        for key in host_settings()
        if key not in known
    ]


def _unreadable_paths() -> list[CheckMessage]:
    named = {
        "LEDGER": BUILT_IN.get(conf().ledger, conf().ledger),
        "SUBSCRIBER": conf().subscriber,
        "REGISTERED": conf().registered,
        "CRAWLER_RESOLVER": conf().crawler_resolver,
    }
    return [
        Error(f"METERING[{key!r}] is {path!r}, which cannot be imported.", id="metering.E002")
        for key, path in named.items()
        if not _imports(path)
    ]


def _imports(path: str) -> bool:
    try:
        import_string(path)
    except ImportError:
        return False
    return True


def _missing_middleware() -> list[CheckMessage]:
    if MIDDLEWARE in settings.MIDDLEWARE:
        return []
    return [
        Error(
            "The meter cannot recognise readers: its middleware is not installed.",
            hint=f"Add {MIDDLEWARE!r} to MIDDLEWARE, after AuthenticationMiddleware.",
            id="metering.E003",
        )
    ]


def _proxies() -> list[CheckMessage]:
    named = conf().trusted_proxies
    if isinstance(named, str):
        return [_unreadable_proxy(named, "It is a list, such as ['10.0.0.0/8'].")]
    return [
        _unreadable_proxy(name, "Addresses like '192.0.2.1' and networks like '10.0.0.0/8' or '2001:db8::/48'.")
        for name in named
        if not _is_proxy(name)
    ]


def _unreadable_proxy(name: str, hint: str) -> CheckMessage:
    return Error(
        f"METERING['TRUSTED_PROXIES'] names {name!r}, which is not the network of a proxy.",
        hint=hint,
        id="metering.E004",
    )


def _is_proxy(name: str) -> bool:
    """The network of everybody is not one: whoever trusts it lets each reader name an address."""
    try:
        return addresses.network(name).prefixlen > 0
    except ValueError:
        return False


def _ranges() -> list[CheckMessage]:
    return [
        Error(
            f"METERING['CRAWLER_RANGES'][{name!r}] is {path!r}.",
            hint="The name of a known crawler, such as 'googlebot', and a file that is there.",
            id="metering.E005",
        )
        for name, path in conf().crawler_ranges.items()
        if name not in BY_NAME or not Path(path).is_file()
    ]


def _missing_redis() -> list[CheckMessage]:
    if conf().ledger != "redis":
        return []
    try:
        import_string(BUILT_IN["redis"])()  # connects to nobody yet
        return []
    except ValueError:  # no address, or nothing that is one
        pass
    return [
        Error(
            "The meter is to keep its reads in Redis and does not know where that is.",
            hint="Set METERING['REDIS_URL'], for example to 'redis://127.0.0.1:6379/0'.",
            id="metering.E006",
        )
    ]


def _mode() -> list[CheckMessage]:
    if conf().mode in MODES:
        return []
    return [
        Error(
            f"METERING['MODE'] is {conf().mode!r}, which is none of {', '.join(MODES)}.",
            hint="'page' makes each page for its reader; 'shell' is for a site behind a shared cache.",
            id="metering.E007",
        )
    ]


def _seconds() -> list[CheckMessage]:
    if isinstance(conf().ledger_seconds, (int, float)) and conf().ledger_seconds > 0:
        return []
    return [
        Error(
            f"METERING['LEDGER_SECONDS'] is {conf().ledger_seconds!r}: no ledger answers in that time.",
            hint="A number of seconds, such as 2.0.",
            id="metering.E008",
        )
    ]


def _database() -> list[CheckMessage]:
    if conf().ledger != "sql" or can_limit(connections[router.db_for_write(Read)]):
        return []
    return [
        Warning(
            "The meter cannot tell this database how long its statements may take: LEDGER_SECONDS has no effect.",
            hint="It can with SQLite, and with PostgreSQL by psycopg 3 without OPTIONS['server_side_binding'].",
            id="metering.W003",
        )
    ]
