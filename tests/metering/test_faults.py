"""Whatever a browser sends and whatever fails, nobody gains an article and nobody loses a page by it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from metering import gate, outages, remembered
from metering.ledger import breaker, the_ledger
from metering.models import Meter, Outage, Read, Rule, Wall
from newsroom.articles.models import Article, Section
from newsroom.subscriptions.models import Subscription
from tests import served, services
from tests.conftest import PARAGRAPHS, body_of, sentence

pytestmark = pytest.mark.django_db

SURFACES = ("{url}", "{url}rest/", "{url}print/", "/api/v1/articles/{code}/")
"""Where the text of an article is served. In the mode of pages the rest is a page of its own."""


def whole(client: Client, article: Article, **more: object) -> bool:
    """Does the last paragraph come?"""
    page = client.get(article.get_absolute_url(), **more)
    return sentence(article.code - 7000, PARAGRAPHS) in page.content.decode()


def reason(client: Client, article: Article) -> str:
    return client.get(f"/api/v1/articles/{article.code}/").json()["access"]["reason"]


@pytest.fixture
def reader(articles) -> Client:
    """Has opened all five free articles."""
    client = Client()
    assert [whole(client, article) for article in articles[:6]] == [True] * 5 + [False]
    return client


# What a browser sends


def altered(cookie: str) -> str:
    return f"{'a' if cookie[0] != 'a' else 'b'}{cookie[1:]}"


def unsigned(cookie: str) -> str:
    return cookie.rsplit(":", 1)[0]


def foreign(cookie: str) -> str:
    return signing.Signer(key="the key of another site", salt="metering.reader").sign(unsigned(cookie))


def of_another_purpose(cookie: str) -> str:
    return signing.Signer(salt="metering.gift").sign(unsigned(cookie))


def oversized(cookie: str) -> str:
    return signing.Signer(salt="metering.reader").sign("x" * 3000)


def nonsense(cookie: str) -> str:
    return "%00\x7f;;=ü" + cookie


@pytest.mark.parametrize("forge", [altered, unsigned, foreign, of_another_purpose, oversized, nonsense])
def test_a_forged_foreign_or_oversized_cookie_is_a_new_reader_and_no_error(reader, articles, forge) -> None:
    forger = Client(headers={"Cookie": f"reader={forge(reader.cookies['reader'].value)}"})
    page = forger.get(articles[5].get_absolute_url())
    assert "You have read 1 of 5 free articles" in page.content.decode()
    assert page.cookies["reader"].value != reader.cookies["reader"].value
    assert Read.objects.values("reader").distinct().count() == 2
    assert not whole(reader, articles[5])


def test_a_replayed_cookie_is_the_same_reader_whatever_came_since(articles) -> None:
    first = Client()
    first.get(articles[0].get_absolute_url())
    replayed = {"headers": {"Cookie": f"reader={first.cookies['reader'].value}"}}
    assert [whole(Client(), article, **replayed) for article in articles] == [True] * 5 + [False] * 2
    assert Read.objects.count() == 5


@pytest.mark.parametrize(
    "ahead",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"X-Purpose": "preview"},
        {"Sec-Purpose": "PREFETCH", "Purpose": "", "X-Moz": "\xff" * 500},
    ],
)
def test_a_forged_prefetch_header_opens_nothing_and_spends_nothing(reader, articles, ahead) -> None:
    for surface in SURFACES:
        unread = surface.format(url=articles[6].get_absolute_url(), code=articles[6].code)
        answer = Client().get(unread, headers=ahead)
        assert (answer.status_code, answer.content, answer["Cache-Control"]) == (503, b"", "private, no-store")
    assert not whole(reader, articles[6], headers=ahead)  # at the wall there is nothing to be had either
    assert whole(reader, articles[0], headers=ahead)
    assert Read.objects.count() == 5


# The clock


@pytest.mark.parametrize("hours", [-48, -1, 1, 25])
def test_a_clock_that_was_moved_counts_on_and_closes_nothing(articles, hours: int) -> None:
    with time_machine.travel(datetime(2030, 3, 15, 12, tzinfo=UTC)) as clock:
        Article.objects.update(published_at=datetime(2030, 1, 1, tzinfo=UTC))
        client = Client()
        assert [reason(client, article) for article in articles[:3]] == ["read_spent"] * 3
        clock.shift(timedelta(hours=hours))
        client.cookies["reader"]["max-age"] = client.cookies["reader"]["expires"] = (
            ""  # the browser's clock is right
        )
        assert [reason(client, article) for article in articles] == (
            ["already_open"] * 3 + ["read_spent"] * 2 + ["registration_wall"] * 2
        )
        assert Read.objects.count() == 5
        outages.write()
        assert not Outage.objects.exists()


@pytest.mark.parametrize("kind", ["session", "day", "week", "month", "rolling"])
def test_a_pass_from_the_future_is_a_reader_like_any_other(articles, kind: str) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"period": kind})
    now = datetime(2030, 3, 15, 12, tzinfo=UTC)
    Article.objects.update(published_at=datetime(2030, 1, 1, tzinfo=UTC))
    client = Client()
    with time_machine.travel(now + timedelta(days=400)):
        client.get(articles[0].get_absolute_url())
    cookie = client.cookies["reader"].value
    with time_machine.travel(now):
        back = [Client(headers={"Cookie": f"reader={cookie}"}) for _ in range(7)]
        opened = [reason(one, article) for one, article in zip(back, articles, strict=True)]
    assert opened[0] == "already_open"
    counts = kind in ("session", "rolling")  # a read of another day, week or month belongs there
    assert opened[1:] == ["read_spent"] * (4 if counts else 5) + ["registration_wall"] * (2 if counts else 1)


# What the owner and the editors do meanwhile


def test_without_its_row_of_settings_the_meter_counts_by_the_defaults(reader, articles) -> None:
    def lose_the_row() -> None:
        for model in (Read, Wall, Meter):
            model.objects.all().delete()

    lose_the_row()
    client = Client()
    assert [whole(client, article) for article in articles] == [True] * 5 + [False] * 2
    assert Meter.objects.get().limit == 5
    for address in ("/", "/meter/", "/feed/", "/robots.txt", "/api/v1/meter/"):
        lose_the_row()
        assert client.get(address).status_code == 200, address


def test_a_limit_of_nought_in_the_middle_of_a_period_closes_nothing_and_opens_nothing(articles) -> None:
    client = Client()
    assert [reason(client, article) for article in articles[:3]] == ["read_spent"] * 3
    Meter.objects.update(limit=0, registered_limit=0)
    assert [reason(client, article) for article in articles[:5]] == ["already_open"] * 3 + ["paywall"] * 2
    page = client.get(articles[0].get_absolute_url()).content.decode()
    assert "You have read 0 of 0 free articles" in page
    assert Read.objects.count() == 3


def test_an_article_that_is_moved_stays_the_same_piece(reader, articles) -> None:
    moved = articles[0]
    elsewhere = Section.objects.create(name="World", slug="world")
    Article.objects.filter(pk=moved.pk).update(section=elsewhere)
    assert reason(reader, moved) == "already_open"
    Rule.objects.create(name="World", section=str(elsewhere.pk), meter=Meter.objects.create(name="World", limit=0))
    assert reason(reader, moved) == "already_open"
    assert reason(Client(), moved) == "registration_wall"
    assert Read.objects.count() == 5


def test_an_article_whose_slug_has_changed_is_the_same_piece_on_every_surface(reader, articles) -> None:
    changed = articles[0]
    Article.objects.filter(pk=changed.pk).update(slug="another-address")
    for surface in ("", "rest/", "print/", "comments/"):
        there = reader.get(f"{changed.get_absolute_url()}{surface}")
        assert (there.status_code, there["Location"]) == (301, f"/news/{changed.code}/another-address/{surface}")
    changed.refresh_from_db()
    for surface in SURFACES:
        address = surface.format(url=changed.get_absolute_url(), code=changed.code)
        assert sentence(1, PARAGRAPHS) in reader.get(address).content.decode()
    assert Read.objects.count() == 5


def test_an_unpublished_article_is_gone_with_its_text_and_open_again_with_it(
    reader, articles, signed_in, editor
) -> None:
    taken_back = articles[0]
    Article.objects.filter(pk=taken_back.pk).update(status=Article.Status.DRAFT)
    for surface in (*SURFACES, "{url}comments/"):
        address = surface.format(url=taken_back.get_absolute_url(), code=taken_back.code)
        answer = reader.get(address)
        assert (answer.status_code, sentence(1, PARAGRAPHS) in answer.content.decode()) == (404, False)
    assert "Story 1<" not in reader.get("/meter/").content.decode()
    assert reason(signed_in(editor), taken_back) == "staff"
    Article.objects.filter(pk=taken_back.pk).update(status=Article.Status.PUBLISHED)
    assert reason(reader, taken_back) == "already_open"
    assert Read.objects.count() == 5


def test_an_article_of_two_paragraphs_is_not_its_own_teaser(reader, write) -> None:
    short = write(20, body=body_of(20, paragraphs=2))
    for surface in (*SURFACES, "/feed/"):
        answer = reader.get(surface.format(url=short.get_absolute_url(), code=short.code)).content.decode()
        assert sentence(20, 1)[:20] in answer, surface
        assert [sentence(20, number) in answer for number in (1, 2)] == [False, False], surface


@pytest.mark.parametrize("body", ["", " \n ", "<p></p>", "<p>[more]</p>", "<!-- more -->"])
def test_an_article_without_a_body_breaks_nothing_on_either_side_of_the_wall(reader, write, body: str) -> None:
    empty = write(21, body=body)
    for client, outcome in ((reader, "wall"), (Client(), "open")):
        for surface in SURFACES:
            assert client.get(surface.format(url=empty.get_absolute_url(), code=empty.code)).status_code == 200
        assert client.get(f"/api/v1/articles/{empty.code}/").json()["access"]["outcome"] == outcome
    assert Client().get("/feed/").status_code == 200


# The ledger is away


@pytest.fixture
def redis_is_down(settings) -> None:
    """The site keeps its reads in a Redis that nobody finds."""
    nobody = f"redis://127.0.0.1:{served.free_port()}/0"
    settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": nobody}


@pytest.fixture
def the_owner_sets(redis_is_down) -> Callable[..., None]:
    def change(**values: object) -> None:
        Meter.objects.update_or_create(pk=1, defaults=values)

    return change


def away() -> int:
    outages.write()
    return sum(Outage.objects.filter(kind="away").values_list("count", flat=True))


def access(answer: HttpResponse) -> tuple[str, str]:
    return re.search(r'data-access="(\w+)" data-reason="(\w+)"', answer.content.decode()).groups()


@pytest.mark.usefixtures("redis_is_down")
def test_with_the_ledger_down_every_surface_answers(articles) -> None:
    article = articles[0]
    for surface in (*SURFACES, "{url}comments/", "/api/v1/articles/{code}/comments/", "/meter/", "/api/v1/meter/"):
        answer = Client().get(surface.format(url=article.get_absolute_url(), code=article.code))
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store"), surface
        assert "reader" not in answer.cookies
    for address in (
        *("/", "/feed/", "/sitemap.xml", "/robots.txt", "/search/?q=story", "/sections/harbour/"),
        *("/api/v1/articles/", f"{article.get_absolute_url()}comments/feed/", "/accounts/login/", "/healthz"),
    ):
        answer = Client().get(address, follow=True)
        assert answer.status_code == 200, address
        assert sentence(1, PARAGRAPHS) not in answer.content.decode(), address


@pytest.mark.usefixtures("redis_is_down")
def test_with_the_ledger_down_articles_are_open_counted_and_nothing_is_spent(articles) -> None:
    client = Client()
    for article in articles:
        page = client.get(article.get_absolute_url())
        assert access(page) == ("open", "meter_unavailable")
        assert sentence(article.code - 7000, PARAGRAPHS) in page.content.decode()
    assert "reader" not in client.cookies
    assert away() == 7
    assert client.get("/api/v1/meter/").json() == {
        "used": None,
        "limit": None,
        "left": None,
        "resets_at": None,
        "unlimited": False,
    }
    assert "We cannot see at present what you have read" in client.get("/meter/").content.decode()


def test_with_the_ledger_down_an_owner_may_have_chosen_the_wall(articles, the_owner_sets) -> None:
    the_owner_sets(on_failure="wall")
    remembered.forget()  # as in a process that has just been started
    page = Client().get(articles[0].get_absolute_url())
    assert access(page) == ("wall", "meter_unavailable")
    assert "This article cannot be opened at the moment" in page.content.decode()
    assert sentence(1, PARAGRAPHS) not in page.content.decode()
    assert Wall.objects.get().reason == "meter_unavailable"
    assert away() == 1  # it was asked once, though the wall would have listed what is open
    the_owner_sets(on_failure="open")
    assert whole(Client(), articles[0])


def test_with_the_ledger_down_other_processes_see_the_owners_change_within_seconds(
    articles, the_owner_sets, monkeypatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(remembered, "monotonic", lambda: now[0])
    assert whole(Client(), articles[0])
    before = remembered.last()
    the_owner_sets(on_failure="wall")
    remembered.keep(before)  # this process was not told
    assert whole(Client(), articles[0])
    now[0] += gate.MEANWHILE_SECONDS
    assert not whole(Client(), articles[0])


def test_with_the_ledger_down_what_needs_no_count_is_decided_as_ever(
    articles, the_owner_sets, person, signed_in, moderator
) -> None:
    the_owner_sets(on_failure="wall")
    Article.objects.filter(pk=articles[0].pk).update(policy=Article.Policy.SUBSCRIBERS)
    Article.objects.filter(pk=articles[1].pk).update(policy=Article.Policy.FREE)
    subscriber = person("subscriber")
    Subscription.objects.create(person=subscriber, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    told = [
        [access(client.get(article.get_absolute_url())) for article in articles[:3]]
        for client in (Client(), signed_in(subscriber), signed_in(moderator))
    ]
    assert told == [
        [("wall", "subscribers_only"), ("open", "free"), ("wall", "meter_unavailable")],
        [("open", "subscriber")] * 3,
        [("open", "staff")] * 3,
    ]
    the_owner_sets(on_failure="open")
    assert access(Client().get(articles[0].get_absolute_url())) == ("wall", "subscribers_only")


def test_with_the_ledger_down_ones_own_data_are_neither_given_nor_erased_and_that_is_said(reader, request) -> None:
    request.getfixturevalue("redis_is_down")
    for answer in (reader.get("/meter/data/"), reader.post("/meter/erase/")):
        assert (answer.status_code, answer["Cache-Control"]) == (503, "private, no-store")
        assert "Please try again in a little while" in answer.content.decode()


@pytest.mark.usefixtures("redis_is_down")
def test_with_the_ledger_down_a_prefetch_is_answered_and_counts_nothing(articles) -> None:
    assert whole(Client(), articles[0], headers={"Sec-Purpose": "prefetch"})


@pytest.mark.usefixtures("redis_is_down")
def test_a_ledger_that_is_down_is_soon_left_alone(articles) -> None:
    for article in articles:
        whole(Client(), article)
    with pytest.raises(breaker.LedgerUnavailable, match="left alone"):
        the_ledger().look((), now=datetime.now(tz=UTC))


def test_a_slow_ledger_holds_a_page_up_for_its_time_and_no_longer(articles, settings) -> None:
    with services.silent_server() as server:
        slow = {"LEDGER": "redis", "REDIS_URL": services.url_of(server), "LEDGER_SECONDS": 0.3}
        settings.METERING = settings.METERING | slow
        seconds = []
        for article in articles:
            started = time.monotonic()
            assert access(Client().get(article.get_absolute_url())) == ("open", "meter_unavailable")
            seconds.append(time.monotonic() - started)
    assert max(seconds) < 1.0
    assert sum(seconds[breaker.FAILURES :]) < 1.0  # by then it is left alone


@pytest.fixture
def own_redis(settings, monkeypatch) -> Callable[..., AbstractContextManager[services.OwnRedis]]:
    """Starts a Redis in which the site keeps its reads from then on; a failing one is soon asked again."""
    monkeypatch.setattr(breaker, "REST_SECONDS", 0.2)

    @contextmanager
    def start(*options: str) -> Iterator[services.OwnRedis]:
        with services.own_redis(*options) as server:
            settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": server.url}
            yield server

    return start


@pytest.mark.services
def test_a_ledger_that_is_restarted_in_the_middle_counts_on(articles, own_redis) -> None:
    client = Client()
    with own_redis("--appendonly", "yes", "--appendfsync", "always") as server:
        assert [reason(client, article) for article in articles[:2]] == ["read_spent"] * 2
        server.stop()
        assert [reason(client, article) for article in articles] == ["meter_unavailable"] * 7
        server.start()
        time.sleep(breaker.REST_SECONDS)
        assert [reason(client, article) for article in articles] == (
            ["already_open"] * 2 + ["read_spent"] * 3 + ["registration_wall"] * 2
        )
    outages.write()
    assert list(Outage.objects.values_list("kind", "count")) == [("away", 7)]


@pytest.mark.services
def test_a_ledger_that_loses_all_when_it_is_restarted_is_counted_as_forgetful(articles, own_redis) -> None:
    client = Client()
    with own_redis() as server:
        assert [reason(client, article) for article in articles[:5]] == ["read_spent"] * 5
        server.stop()
        server.start()
        assert [reason(client, article) for article in articles[:6]] == ["read_spent"] * 5 + ["registration_wall"]
    outages.write()
    assert list(Outage.objects.values_list("kind", "count")) == [("forgotten", 1)]


@pytest.mark.services
def test_a_wrongly_configured_ledger_is_an_error_and_not_a_way_to_read_on(articles, settings) -> None:
    settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": "redis://127.0.0.1:6379/99999"}
    client = Client(raise_request_exception=False)
    for surface in SURFACES:
        answer = client.get(surface.format(url=articles[0].get_absolute_url(), code=articles[0].code))
        assert (answer.status_code, sentence(1, PARAGRAPHS) in answer.content.decode()) == (500, False)
    assert away() == 0
