"""Is it really the crawler it says? Forged user agents, forged reverse names, and name servers that hang."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import ClassVar
from urllib import robotparser

import pytest
import time_machine
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from metering import resolving
from metering.known_crawlers import BY_NAME, claimed
from metering.models import CrawlerClaim, CrawlerRanges, Gift, Institution, Meter, Read
from metering.resolving import UnansweredError
from newsroom.articles.models import Article
from newsroom.tasks import run_due
from tests.conftest import PARAGRAPHS, sentence

pytestmark = pytest.mark.django_db

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
GPT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TRUE, IMPOSTOR = "66.249.66.1", "203.0.113.66"
NAME = "crawl-66-249-66-1.googlebot.com"


class Dns:
    """The DNS of a small world, with what was asked of it; a name may also stand for an error."""

    names: ClassVar[dict[str, list[str]]] = {}
    addresses: ClassVar[dict[str, list[str]]] = {}
    asked: ClassVar[list[str]] = []
    wait: ClassVar[threading.Event | None] = None

    def names_of(self, address: str) -> list[str]:
        self.asked.append(address)
        if self.wait:
            self.wait.wait(10)
        return self.names.get(address, [])

    def addresses_of(self, name: str) -> list[str]:
        self.asked.append(name)
        return self.addresses.get(name, [])


class Broken(Dns):
    def names_of(self, address: str) -> list[str]:
        self.asked.append(address)
        raise UnansweredError("the name server is away")


class Garbled(Dns):
    def names_of(self, address: str) -> list[str]:
        raise UnicodeError("what a stranger calls its machine")


RESOLVER = {"CRAWLER_RESOLVER": f"{__name__}.Dns"}


@pytest.fixture(autouse=True)
def dns() -> Iterator[type[Dns]]:
    """Google's machine, known both ways, in a world without anything else."""
    Dns.names, Dns.addresses = {TRUE: [NAME]}, {NAME: ["2001:db8::1", TRUE]}
    Dns.asked.clear()
    Dns.wait = None
    with override_settings(METERING=RESOLVER):
        yield Dns
    if Dns.wait:
        Dns.wait.set()


@pytest.fixture
def owner_says() -> Callable[..., None]:
    def set_meter(**policy: object) -> None:
        Meter.objects.update_or_create(pk=1, defaults=policy)

    return set_meter


def visit(article: Article, address: str = TRUE, agent: str = GOOGLE, **more: object):
    return Client(REMOTE_ADDR=address, headers={"User-Agent": agent}).get(article.get_absolute_url(), **more)


def told(article: Article, address: str = TRUE, agent: str = GOOGLE) -> str:
    page = visit(article, address, agent).content.decode()
    return page.split('data-access="')[1].split('"')[0] + " " + page.split('data-reason="')[1].split('"')[0]


def ledger() -> list[tuple[str, str, int]]:
    return sorted(CrawlerClaim.objects.values_list("claim", "verdict", "seen"))


def test_a_verified_search_engine_gets_what_the_owner_says(articles, owner_says) -> None:
    assert [told(article) for article in articles] == ["wall crawler"] * 7
    owner_says(search_crawlers="open")
    assert [told(article) for article in articles] == ["open crawler"] * 7
    page = visit(articles[0])
    assert (page.status_code, sentence(1, PARAGRAPHS) in page.content.decode()) == (200, True)
    assert "data-meter" not in page.content.decode()
    assert (Read.objects.count(), "reader" in page.cookies) == (0, False)
    assert ledger() == [("googlebot", "verified", 15)]


def test_the_teaser_of_a_crawler_has_nothing_behind_it(article) -> None:
    text = visit(article).content.decode()
    assert [n for n in range(1, PARAGRAPHS + 1) if sentence(1, n) in text] == [1, 2, 3]
    assert "The rest of this article is for readers" in text


def test_a_forged_googlebot_is_an_ordinary_reader(article, owner_says) -> None:
    owner_says(search_crawlers="open", limit=0)
    assert told(article, IMPOSTOR) == "wall registration_wall"
    assert ledger() == [("googlebot", "forged", 1)]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("crawl-203-0-113-66.googlebot.com", id="a name that leads nowhere"),
        pytest.param(NAME, id="the name of a true machine, which leads to that"),
        pytest.param("crawl.evilgooglebot.com", id="no label boundary"),
        pytest.param("googlebot.com.evil.example", id="the wrong end"),
        pytest.param("googlebot.com@evil.example", id="not even a name"),
        pytest.param("crawl.search.msn.com", id="another engine's domain"),
    ],
)
def test_a_forged_googlebot_with_a_forged_reverse_name_is_an_ordinary_reader(
    article, owner_says, dns, name: str
) -> None:
    owner_says(search_crawlers="open", limit=0)
    dns.names[IMPOSTOR] = [name]
    if "googlebot.com" not in name or "evil" in name:
        dns.addresses[name] = [IMPOSTOR]
    assert told(article, IMPOSTOR) == "wall registration_wall"
    assert ledger() == [("googlebot", "forged", 1)]


@pytest.mark.parametrize("name", [f"{NAME}.", NAME.upper(), "googlebot.com"])
def test_a_true_name_may_be_written_in_more_ways_than_one(article, dns, name: str) -> None:
    dns.names[TRUE], dns.addresses[name] = [name], [f"::ffff:{TRUE}"]
    assert told(article) == "wall crawler"


def test_of_an_impostors_thousand_names_three_are_followed(article, dns) -> None:
    dns.names[IMPOSTOR] = [f"crawl-{number}.googlebot.com" for number in range(1000)]
    assert told(article, IMPOSTOR) == "open read_spent"
    assert len(dns.asked) == 4


def test_a_forged_forwarded_header_makes_nobody_a_crawler(article) -> None:
    forged = {"headers": {"X-Forwarded-For": TRUE}}
    assert 'data-reason="read_spent"' in visit(article, IMPOSTOR, **forged).content.decode()
    with override_settings(METERING=RESOLVER | {"TRUSTED_PROXIES": [IMPOSTOR]}):
        assert 'data-reason="crawler"' in visit(article, IMPOSTOR, **forged).content.decode()


def test_a_verdict_is_asked_for_once(article, dns) -> None:
    for _ in range(3):
        told(article)
        told(article, IMPOSTOR)
    assert dns.asked == [TRUE, NAME, IMPOSTOR]
    with time_machine.travel(time.time() + 2 * 3600):
        told(article)
        told(article, IMPOSTOR)
    assert dns.asked == [TRUE, NAME, IMPOSTOR, IMPOSTOR]


def test_a_name_server_that_hangs_is_not_waited_for_and_serves_the_next(article, dns) -> None:
    dns.wait = threading.Event()
    with override_settings(METERING=RESOLVER | {"CRAWLER_SECONDS": 0.1}):
        started = time.monotonic()
        assert told(article) == "open read_spent"
        first = time.monotonic() - started
        assert told(article) == "open read_spent"
        both = time.monotonic() - started
    assert 0.1 <= first < 2
    assert both - first < 0.1 + first / 2  # the second did not wait
    assert dns.asked == [TRUE]
    dns.wait.set()
    for _ in range(100):
        if told(article) == "wall crawler":
            break
        time.sleep(0.05)
    assert told(article) == "wall crawler"
    assert ("googlebot", "unverified") in {row[:2] for row in ledger()}


def test_when_all_look_ups_hang_nobody_waits(dns) -> None:
    ends = threading.Event()
    for _ in range(resolving.AT_ONCE):
        assert resolving.within(0.001, lambda: ends.wait(10), otherwise=False) is False
    started = time.monotonic()
    assert resolving.within(5, lambda: True, otherwise=False) is False
    assert time.monotonic() - started < 1
    ends.set()
    for _ in range(100):
        if resolving.within(5, lambda: True, otherwise=False):
            break
        time.sleep(0.05)
    assert all(resolving.within(5, lambda: True, otherwise=False) for _ in range(2 * resolving.AT_ONCE))


@pytest.mark.parametrize("resolver", ["Broken", "Garbled"])
def test_a_name_server_that_fails_proves_nothing(article, resolver: str) -> None:
    started = time.monotonic()
    with override_settings(METERING={"CRAWLER_RESOLVER": f"{__name__}.{resolver}", "CRAWLER_SECONDS": 8}):
        assert told(article) == "open read_spent"
    assert time.monotonic() - started < 4  # a failure is an answer, too
    assert ledger() == [("googlebot", "unverified", 1)]


@pytest.mark.parametrize("address", ["", "unix:", "999.1.1.1"])
def test_without_an_address_nothing_is_verified(article, address: str) -> None:
    assert told(article, address) == "open read_spent"
    assert ledger() == [("googlebot", "unverified", 1)]


def test_addresses_do_not_lie_in_the_cache_as_they_are(article) -> None:
    told(article)
    assert not any(TRUE in key for key in cache._cache)


def test_ai_crawlers_get_the_teaser_on_their_word(articles, owner_says, dns) -> None:
    owner_says(search_crawlers="open")
    assert [told(article, agent=GPT) for article in articles] == ["wall crawler"] * 7
    assert (dns.asked, Read.objects.count()) == ([], 0)
    assert ledger() == [("gptbot", "unverified", 7)]


def test_an_ai_crawler_that_is_listed_gets_the_whole_text_once_it_is_proved(article, owner_says, dns) -> None:
    common_crawl = "CCBot/2.0 (https://commoncrawl.org/faq/)"
    dns.names[IMPOSTOR] = ["18-97-9-168.crawl.commoncrawl.org"]
    owner_says(ai_crawlers="gptbot,ccbot")
    assert told(article, IMPOSTOR, common_crawl) == "wall crawler"
    cache.clear()
    dns.addresses["18-97-9-168.crawl.commoncrawl.org"] = [IMPOSTOR]
    assert told(article, IMPOSTOR, common_crawl) == "open crawler"
    assert ledger() == [("ccbot", "forged", 1), ("ccbot", "verified", 1)]


def test_readers_and_messengers_are_no_crawlers(article, dns) -> None:
    for agent in ("", BROWSER, "facebookexternalhit/1.1", "x" * 10_000 + "Googlebot"):
        assert told(article, IMPOSTOR, agent) == "open read_spent"
    assert (ledger(), dns.asked) == ([], [])


def test_what_is_free_is_free_for_crawlers_and_institutions_come_first(article) -> None:
    Institution.objects.create(name="Google's library", networks=f"{TRUE}/32")
    assert told(article) == "open institution"
    Article.objects.update(policy=Article.Policy.FREE)
    assert told(article, IMPOSTOR, GPT) == "open free"
    assert ledger() == []


def test_a_machine_does_not_use_up_a_gift(article, person, signed_in) -> None:
    giver = signed_in(person("editor", is_staff=True))
    giver.post("/meter/gift/", {"piece": f"articles.article:{article.pk}"})
    page = giver.get("/meter/gift/").content.decode()
    query = page.split("?gift=")[1].split('"')[0].replace("%3A", ":")
    for agent, reason in ((GOOGLE, "crawler"), ("Slackbot-LinkExpanding 1.0", "read_spent"), (BROWSER, "gift")):
        answer = visit(article, TRUE, agent, data={"gift": query}).content.decode()
        assert f'data-reason="{reason}"' in answer
    assert Gift.objects.get().opens_used == 1


def test_a_look_writes_nothing_and_a_page_costs_one_row_a_day(article) -> None:
    visit(article)
    with CaptureQueriesContext(connection) as captured:
        visit(article)
    ours = [query["sql"].startswith("UPDATE") for query in captured if "metering_" in query["sql"]]
    assert ours == [False, True]  # the look, and the row of the day
    Client(REMOTE_ADDR=TRUE, headers={"User-Agent": GOOGLE}).get(f"{article.get_absolute_url()}comments/")
    assert ledger() == [("googlebot", "verified", 2)]


def test_views_are_not_counted_for_crawlers(article, owner_says) -> None:
    owner_says(search_crawlers="open")
    visit(article)
    run_due()
    article.refresh_from_db()
    assert article.views == 0


def test_the_ledger_of_crawlers_is_read_in_the_admin_and_forgotten_after_a_year(
    article, person, signed_in
) -> None:
    told(article, IMPOSTOR)
    owner = signed_in(person("owner", "Owner", is_staff=True))
    page = owner.get("/admin/metering/crawlerclaim/?verdict__exact=forged").content.decode()
    assert "googlebot" in page
    assert owner.get("/admin/metering/crawlerclaim/add/").status_code == 403
    row = CrawlerClaim.objects.get()
    owner.post(f"/admin/metering/crawlerclaim/{row.pk}/delete/", {"post": "yes"})
    assert ledger() == [("googlebot", "forged", 1)]
    with time_machine.travel(time.time() + 367 * 86400):
        assert run_due()["old days of crawlers forgotten"] == 1


def test_an_owner_ticks_crawlers_in_the_admin_and_robots_txt_says_so(article, person, signed_in) -> None:
    def refused() -> set[str]:
        robots = Client().get("/robots.txt").content.decode()
        return {line.partition(": ")[2] for line in robots.splitlines() if line.startswith("User-agent")}

    assert {"GPTBot", "ClaudeBot", "CCBot", "PerplexityBot", "*"} <= refused()
    owner = signed_in(person("owner", "Owner", is_staff=True))
    owner.get("/admin/metering/meter/")
    address = "/admin/metering/meter/1/change/"
    form = owner.get(address).context["adminform"].form
    typed = {name: "" if value is None else value for name, value in form.initial.items()}
    assert owner.post(address, typed | {"is_on": "on", "ai_crawlers": ["gptbot", "ccbot"]}).status_code == 302
    assert Meter.objects.get().ai_crawlers == "gptbot,ccbot"
    assert 'value="gptbot" id="id_ai_crawlers' in owner.get(address).content.decode().replace(" checked", "")
    assert {"GPTBot", "CCBot"} & refused() == set()
    assert owner.post(address, typed | {"is_on": "on", "ai_crawlers": ["nobody"]}).status_code == 200
    assert owner.post(address, typed | {"is_on": "on", "ai_crawlers": []}).status_code == 302
    assert Meter.objects.get().ai_crawlers == ""
    Meter.objects.update(is_on=False)
    assert refused() == {"*"}


def test_robots_txt_is_one_that_crawlers_understand() -> None:
    parser = robotparser.RobotFileParser()
    parser.parse(Client().get("/robots.txt").content.decode().splitlines())
    for crawler in ("GPTBot", "Googlebot"):
        assert parser.can_fetch(crawler, "/news/7001/story-1/")
        assert not parser.can_fetch(crawler, "/admin/")


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (GOOGLE, "googlebot"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bingbot"),
        ("Mozilla/5.0 (Macintosh) (KHTML, like Gecko) Version/17.4 Safari/605 (Applebot/0.1)", "applebot"),
        ("DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)", "duckduckbot"),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "claudebot"),
        ("Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", "perplexitybot"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; GPTBot/1.0)", "gptbot"),
        (BROWSER, None),
        ("", None),
    ],
)
def test_whom_a_user_agent_says_to_be(user_agent: str, name: str | None) -> None:
    known = claimed(user_agent)
    assert (known.name if known else None) == name


@pytest.fixture
def ranges(tmp_path) -> Callable[..., None]:
    """The owner supplies a list for each crawler and has it read."""

    def supply(**lists: object) -> None:
        files = {}
        for crawler, prefixes in lists.items():
            files[crawler] = str(tmp_path / f"{crawler}.json")
            text = prefixes if isinstance(prefixes, str) else json.dumps({"prefixes": prefixes})
            (tmp_path / f"{crawler}.json").write_text(text)
        with override_settings(METERING=RESOLVER | {"CRAWLER_RANGES": files}):
            call_command("refresh_crawler_ranges")

    return supply


def test_an_address_in_the_owners_ranges_is_verified_without_the_dns(article, ranges, dns, capsys) -> None:
    ranges(googlebot=[{"ipv6Prefix": "2001:4860:4801:10::/64"}, {"ipv4Prefix": "203.0.113.64/27"}])
    assert capsys.readouterr().out == "googlebot: 2 networks\n"
    assert [told(article, address) for address in (IMPOSTOR, "2001:4860:4801:10::7")] == ["wall crawler"] * 2
    assert dns.asked == []
    assert told(article) == "wall crawler"  # not in the list, but its name proves it
    assert dns.asked == [TRUE, NAME]


def test_a_list_that_is_read_again_holds_at_the_next_request(article, ranges) -> None:
    verdicts = []
    for networks in (["203.0.113.0/24"], ["198.51.100.0/24"], ["203.0.113.66"]):
        ranges(duckduckbot=[{"ipv4Prefix": network} for network in networks])
        verdicts.append(told(article, IMPOSTOR, "DuckDuckBot/1.1"))
    assert verdicts == ["wall crawler", "open read_spent", "wall crawler"]
    assert ledger() == [("duckduckbot", "forged", 1), ("duckduckbot", "verified", 2)]
    ranges()
    assert told(article, IMPOSTOR, "DuckDuckBot/1.1") == "open read_spent"
    assert CrawlerRanges.objects.count() == 0


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "not JSON",
        "[]",
        '{"prefixes": {}}',
        '{"prefixes": []}',
        '{"prefixes": [7]}',
        '{"prefixes": [{"ipv4Prefix": 7}]}',
        '{"prefixes": [{"ipv4Prefix": "0.0.0.0/0"}]}',
        '{"prefixes": [{"ipv4Prefix": "nonsense"}]}',
        '{"prefixes": ' + "[" * 100_000,
    ],
)
def test_a_list_that_cannot_be_read_leaves_the_one_before(article, ranges, capsys, broken: str) -> None:
    ranges(duckduckbot=[{"ipv4Prefix": "203.0.113.0/24"}])
    with pytest.raises(CommandError, match="1 list was refused"):
        ranges(duckduckbot=broken)
    assert capsys.readouterr().err.startswith("duckduckbot: “")
    assert told(article, IMPOSTOR, "DuckDuckBot/1.1") == "wall crawler"


def test_check_says_what_nothing_but_a_name_verifies_only_once_crawlers_are_let_in(owner_says, ranges) -> None:
    def warned() -> list[str]:
        return [message.id for message in run_checks()]

    assert warned() == []
    owner_says(limit=5)
    assert warned() == []
    owner_says(search_crawlers="open")
    assert warned() == ["metering.W001"]
    owner_says(search_crawlers="teaser", ai_crawlers="gptbot")
    assert warned() == ["metering.W002"]
    ranges(gptbot=[{"ipv4Prefix": "203.0.113.0/24"}])
    assert warned() == []
    owner_says(search_crawlers="open")
    everybody = {name: [{"ipv4Prefix": "203.0.113.0/24"}] for name, known in BY_NAME.items() if known.domains}
    ranges(**everybody, gptbot=[{"ipv4Prefix": "203.0.113.0/24"}])
    assert warned() == []
