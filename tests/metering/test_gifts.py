"""A subscriber gives an article away: to whom it opens, how often, and what a forged link is worth."""

import html
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.core import signing
from django.db import connection, connections
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from metering import gifts
from metering.models import Gift, GiftOpening, Meter, Read
from newsroom.articles.models import Article
from newsroom.subscriptions.models import Subscription
from newsroom.tasks import run_due
from tests.conftest import PARAGRAPHS, sentence

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscriber(person, signed_in) -> Client:
    giver = person("subscriber")
    Subscription.objects.create(person=giver, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return signed_in(giver)


def ask_for(article: Article, giver: Client):
    return giver.post("/meter/gift/", {"piece": f"articles.article:{article.pk}"})


def links_on(answer) -> list[str]:
    found = re.findall(r'value="(http://testserver/[^"]+)"', answer.content.decode())
    return [html.unescape(link).removeprefix("http://testserver") for link in found]


@pytest.fixture
def link(subscriber: Client, article: Article) -> str:
    return links_on(ask_for(article, subscriber))[0]


@pytest.fixture
def other(write) -> Article:
    return write(2)


def reason(client: Client, address: str, **more: object) -> str:
    page = client.get(address, **more).content.decode()
    return page.split('data-reason="')[1].split('"')[0]


def opened() -> list[int]:
    return list(Gift.objects.order_by("pk").values_list("opens_used", flat=True))


def test_a_gift_opens_the_article_spends_no_read_and_is_not_indexed(article, link: str) -> None:
    friend = Client()
    page = friend.get(link)
    text = page.content.decode()
    assert 'data-access="open" data-reason="gift"' in text
    assert sentence(1, PARAGRAPHS) in text
    assert "You have read 0 of 5 free articles" in text
    assert (page["X-Robots-Tag"], page["Cache-Control"]) == ("noindex", "private, no-store")
    assert "reader" not in friend.cookies
    assert Read.objects.count() == 0
    assert "X-Robots-Tag" not in Client().get(article.get_absolute_url())


def test_the_button_stands_where_a_subscriber_reads_and_nowhere_else(subscriber, article) -> None:
    assert "Give this article" in subscriber.get(article.get_absolute_url()).content.decode()
    assert "Give this article" not in Client().get(article.get_absolute_url()).content.decode()
    Article.objects.update(policy=Article.Policy.FREE)
    assert "Give this article" not in subscriber.get(article.get_absolute_url()).content.decode()


def test_a_gift_opens_what_only_subscribers_read_on_every_surface(article, link: str) -> None:
    Article.objects.update(policy=Article.Policy.SUBSCRIBERS)
    query = link.partition("?")[2]
    for address in (
        f"/news/{article.code}/{article.slug}/?{query}",
        f"/news/{article.code}/{article.slug}/print/?{query}",
        f"/api/v1/articles/{article.code}/?{query}",
    ):
        answer = Client().get(address)
        assert sentence(1, PARAGRAPHS) in answer.content.decode()
        assert answer["X-Robots-Tag"] == "noindex"


def test_it_stays_open_for_the_browser_that_came_with_it_and_counts_once(article, link: str) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"limit": 0})
    friend = Client()
    assert [reason(friend, link), reason(friend, link), reason(friend, article.get_absolute_url())] == ["gift"] * 3
    posted = friend.post("/comments/post/", {"target": f"articles.article:{article.pk}", "text": "Thank you"})
    assert posted.status_code == 303
    assert opened() == [1]
    assert reason(Client(), article.get_absolute_url()) == "registration_wall"


def test_a_mark_cannot_be_made_from_a_link(article, link: str) -> None:
    """Or one link would open to any number of readers."""
    Meter.objects.update_or_create(pk=1, defaults={"limit": 0})
    forger = Client()
    forger.cookies["reader_gifts"] = html.unescape(link.partition("gift=")[2]).replace("%3A", ":")
    assert reason(forger, article.get_absolute_url()) == "registration_wall"
    for cookie in ("~" * 50, "x" * 10_000, "1:x~2:y", "\u00ff"):
        forger.cookies["reader_gifts"] = cookie
        assert reason(forger, article.get_absolute_url()) == "registration_wall"


def test_a_reader_whom_the_meter_knows_is_counted_once_without_the_mark(other, link: str) -> None:
    reader = Client()
    reader.get(other.get_absolute_url())
    assert reason(reader, link) == "gift"
    del reader.cookies["reader_gifts"]
    assert reason(reader, link) == "gift"
    assert (opened(), GiftOpening.objects.count()) == ([1], 1)
    assert "You have read 1 of 5 free articles" in reader.get(link).content.decode()


def test_a_gift_does_not_shorten_the_readers_own_cookie(other, link: str) -> None:
    reader = Client()
    reader.get(other.get_absolute_url())
    assert "reader" not in reader.get(link).cookies


@override_settings(METERING={"GIFT_OPENS": 2, "SUBSCRIBER": "newsroom.subscriptions.entitlement.is_subscriber"})
def test_a_used_up_link_opens_to_nobody_new(subscriber, article) -> None:
    link = links_on(ask_for(article, subscriber))[0]
    first = Client()
    assert [reason(client, link) for client in (first, Client(), Client())] == ["gift", "gift", "read_spent"]
    assert reason(first, link) == "gift"
    assert opened() == [2]


@override_settings(METERING={"GIFT_OPENS": 1, "SUBSCRIBER": "newsroom.subscriptions.entitlement.is_subscriber"})
@pytest.mark.parametrize("meanwhile", [{"opens_used": 1}, {"revoked_at": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_a_gift_that_ends_between_look_and_opening_is_none(subscriber, article, monkeypatch, meanwhile) -> None:
    link = links_on(ask_for(article, subscriber))[0]
    look = gifts.offered

    def then_it_ends(*args: object, **options: object) -> gifts.Offer | None:
        found = look(*args, **options)
        Gift.objects.update(**meanwhile)
        return found

    monkeypatch.setattr(gifts, "offered", then_it_ends)
    friend = Client()
    assert reason(friend, link) == "read_spent"
    assert "reader_gifts" not in friend.cookies


def test_an_expired_link_is_no_gift(link: str) -> None:
    friend = Client()
    assert reason(friend, link) == "gift"
    end = Gift.objects.get().expires_at
    with time_machine.travel(end - timedelta(seconds=5)):
        assert reason(friend, link) == "gift"
    with time_machine.travel(end + timedelta(seconds=5)):
        assert reason(friend, link) == "read_spent"


def test_a_giver_takes_a_link_back_and_nobody_else_does(subscriber, person, signed_in, link: str) -> None:
    friend = Client()
    number = Gift.objects.get().pk
    assert reason(friend, link) == "gift"
    signed_in(person("stranger")).post("/meter/gift/revoke/", {"gift": number})
    Client().post("/meter/gift/revoke/", {"gift": number})
    subscriber.post("/meter/gift/revoke/", {"gift": "x" * 30})
    assert reason(friend, link) == "gift"
    assert "Take back" in subscriber.get("/meter/gift/").content.decode()
    assert subscriber.post("/meter/gift/revoke/", {"gift": number})["Location"] == "/meter/gift/"
    assert reason(friend, link) == "read_spent"
    assert "Take back" not in subscriber.get("/meter/gift/").content.decode()


def test_an_owner_revokes_in_the_admin(person, signed_in, link: str) -> None:
    owner = signed_in(person("owner", "Owner", is_staff=True))
    typed = {"action": "revoke_chosen", "_selected_action": [Gift.objects.get().pk]}
    told = owner.post("/admin/metering/gift/", typed, follow=True).content.decode()
    assert "1 link was revoked." in told
    assert reason(Client(), link) == "read_spent"
    assert owner.get(f"/admin/metering/gift/{Gift.objects.get().pk}/change/").status_code == 200


def test_a_forged_foreign_or_garbled_token_is_no_gift_and_no_error(article, other, link: str) -> None:
    token = link.partition("gift=")[2].replace("%3A", ":")
    of_another_site = signing.Signer(key="another key", salt=f"metering.gift.articles.article:{article.pk}")
    signed_nonsense = signing.Signer(salt=f"metering.gift.articles.article:{article.pk}")
    for forged in (
        "",
        "x",
        token + "x",
        token.swapcase(),
        token.partition(":")[2],
        f"999:{token.partition(':')[2]}",
        of_another_site.sign("1"),
        signed_nonsense.sign("one"),
        signed_nonsense.sign("999999"),
        "y" * 5000,
        "\ud7ff",
    ):
        assert reason(Client(), article.get_absolute_url(), data={"gift": forged}) == "read_spent", forged
    assert reason(Client(), other.get_absolute_url(), data={"gift": token}) == "read_spent"
    assert opened() == [0]


def test_an_unpublished_piece_is_not_opened_by_its_gift(article, link: str) -> None:
    Article.objects.update(status=Article.Status.DRAFT)
    assert Client().get(link).status_code == 404


def test_asking_ahead_counts_nothing(article, link: str) -> None:
    ahead = {"headers": {"Sec-Purpose": "prefetch"}}
    friend = Client()
    assert friend.head(link).status_code == 200
    assert friend.get(link, **ahead).status_code == 503
    assert (opened(), "reader_gifts" in friend.cookies) == ([0], False)
    assert reason(friend, link) == "gift"
    assert reason(friend, link, **ahead) == "gift"


def test_the_same_article_is_given_once_and_ten_in_a_month(subscriber, write) -> None:
    articles = [write(number) for number in range(1, 14)]
    with time_machine.travel(datetime(2026, 11, 30, 23, 59, tzinfo=UTC), tick=False):
        assert [ask_for(articles[0], subscriber).status_code for _ in range(2)] == [201, 200]
        assert [ask_for(article, subscriber).status_code for article in articles[1:10]] == [201] * 9
        refused = ask_for(articles[10], subscriber)
        assert refused.status_code == 429
        assert "You have made all your gift links of this month." in refused.content.decode()
        assert "You can make 0 more gift links this month." in refused.content.decode()
        subscriber.post("/meter/gift/revoke/", {"gift": Gift.objects.latest("pk").pk})
        assert ask_for(articles[10], subscriber).status_code == 429
    with time_machine.travel(datetime(2026, 12, 1, 0, 0, tzinfo=UTC), tick=False):
        assert ask_for(articles[10], subscriber).status_code == 201


def test_who_may_not_give_is_told_why(person, signed_in, subscriber, articles) -> None:
    Article.objects.filter(pk=articles[1].pk).update(policy=Article.Policy.FREE)
    Article.objects.filter(pk=articles[2].pk).update(status=Article.Status.DRAFT)
    stranger = ask_for(articles[0], Client())
    assert (stranger.status_code, stranger["Location"]) == (302, "/accounts/login/?next=/meter/gift/")
    reader = ask_for(articles[0], signed_in(person("reader")))
    assert (reader.status_code, "for subscribers to make" in reader.content.decode()) == (403, True)
    assert ask_for(articles[1], subscriber).status_code == 400
    assert ask_for(articles[2], subscriber).status_code == 404
    for made_up in ("", "articles.article:x", "articles.article:99", "auth.group:1", "\x00", "a" * 5000):
        assert subscriber.post("/meter/gift/", {"piece": made_up}).status_code == 404, made_up
    assert Gift.objects.count() == 0


def test_the_list_of_links_costs_the_same_whatever_it_lists(subscriber, articles) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            subscriber.get("/meter/gift/")
        return len(captured)

    ask_for(articles[0], subscriber)
    subscriber.get("/meter/gift/")
    one = cost()
    for article in articles[1:4]:
        ask_for(article, subscriber)
    assert cost() == one


def test_a_token_for_another_piece_costs_no_query(other, link: str) -> None:
    friend = Client()
    friend.get(link)
    with CaptureQueriesContext(connection) as captured:
        friend.get(other.get_absolute_url(), {"gift": link.partition("gift=")[2]})
    assert [query["sql"] for query in captured if "metering_gift" in query["sql"]] == []


def test_ended_links_are_forgotten_a_month_later(other, link: str) -> None:
    reader = Client()
    reader.get(other.get_absolute_url())
    reader.get(link)
    end = Gift.objects.get().expires_at
    with time_machine.travel(end + timedelta(days=30)):
        assert run_due()["ended gift links forgotten"] == 0
    with time_machine.travel(end + timedelta(days=32)):
        assert run_due()["ended gift links forgotten"] == 1
    assert (Gift.objects.count(), GiftOpening.objects.count()) == (0, 0)


@pytest.fixture
def at_once() -> Callable[[list[Callable[[], str]]], list[str]]:
    """Runs each of the calls in a thread of its own, all starting at the same moment."""

    def run(calls: list[Callable[[], str]]) -> list[str]:
        start = Barrier(len(calls))

        def one(call: Callable[[], str]) -> str:
            try:
                start.wait()
                return call()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(one, calls))

    return run


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@override_settings(METERING={"GIFT_OPENS": 3, "SUBSCRIBER": "newsroom.subscriptions.entitlement.is_subscriber"})
def test_of_eight_readers_at_once_three_get_in(at_once, subscriber, article) -> None:
    link = links_on(ask_for(article, subscriber))[0]
    Meter.objects.update_or_create(pk=1, defaults={"limit": 0})
    told = at_once([lambda: reason(Client(), link)] * 8)
    assert (sorted(told), opened()) == (["gift"] * 3 + ["registration_wall"] * 5, [3])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_tabs_of_one_known_reader_are_one_opening(at_once, articles, subscriber) -> None:
    link = links_on(ask_for(articles[0], subscriber))[0]
    reader = Client()
    reader.get(articles[1].get_absolute_url())

    def tab() -> str:
        browser = Client()
        browser.cookies["reader"] = reader.cookies["reader"].value
        return reason(browser, link)

    assert (at_once([tab] * 8), opened()) == (["gift"] * 8, [1])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@override_settings(
    METERING={"GIFTS_PER_MONTH": 3, "SUBSCRIBER": "newsroom.subscriptions.entitlement.is_subscriber"}
)
def test_a_giver_with_many_tabs_makes_no_more_than_the_quota(at_once, subscriber, articles) -> None:
    session = subscriber.cookies["sessionid"].value

    def tab(article: Article) -> str:
        browser = Client()
        browser.cookies["sessionid"] = session
        return str(ask_for(article, browser).status_code)

    told = at_once([lambda article=article: tab(article) for article in articles])
    assert (sorted(told), Gift.objects.count()) == (["201"] * 3 + ["429"] * 4, 3)
