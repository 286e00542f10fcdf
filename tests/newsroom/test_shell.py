"""In shell mode an article's page is the same bytes for everybody; the rest is metered, at a second address."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO

import pytest
from django.contrib.messages.constants import SUCCESS
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import importing, targets
from comments.states import State
from metering.models import Meter, Read
from newsroom import pressing
from newsroom.articles import view_counter
from newsroom.articles.models import Article
from newsroom.subscriptions.models import Subscription
from tests.conftest import PARAGRAPHS, sentence

pytestmark = pytest.mark.django_db

AHEAD = {"Sec-Purpose": "prefetch;prerender"}


@pytest.fixture(autouse=True)
def in_shell_mode(settings) -> None:
    settings.METERING = settings.METERING | {"MODE": "shell"}


@pytest.fixture
def subscriber(person, signed_in) -> Client:
    reader = person("subscriber", display_name="Sima Subscriber")
    Subscription.objects.create(person=reader, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return signed_in(reader)


def shell_of(article: Article, client: Client | None = None, **more: object) -> HttpResponse:
    return (client or Client()).get(article.get_absolute_url(), **more)


def rest_of(article: Article, client: Client, **more: object) -> HttpResponse:
    return client.get(f"{article.get_absolute_url()}rest/", **more)


def told(page: HttpResponse) -> list[str]:
    """What a page says of the meter's answer: outcome and reason."""
    return re.findall(r'data-access="(\w+)" data-reason="(\w+)"', page.content.decode())


def read_on(page: HttpResponse) -> list[int]:
    """Which paragraphs of the first story, and which of the seventh, stand in a page."""
    text = page.content.decode()
    return [n for n in range(1, PARAGRAPHS + 1) if sentence(1, n) in text or sentence(7, n) in text]


def say(article: Article, client: Client, text: str) -> HttpResponse:
    """Reads on and sends the form that stands there."""
    form = rest_of(article, client).content.decode()
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form)) | {"stamp": ""}
    return client.post("/comments/post/", fields | {"text": text, "website": ""})


def comment_on(article: Article, text: str) -> None:
    now = timezone.now()
    incoming = importing.Incoming(origin=f"test:{text}", text=text, state=State.APPROVED, submitted_at=now)
    importing.bring_in(targets.of(article), [incoming])


def test_everybody_gets_the_same_bytes_and_nothing_to_keep(articles, subscriber, editor, signed_in) -> None:
    walled, commenter = Client(), Client()
    for article in articles[:6]:
        rest_of(article, walled)
    spoken = say(articles[6], commenter, "See http://a.example, http://b.example and http://c.example!!!")
    assert "Your comment is being checked" in commenter.get(spoken["Location"]).content.decode()
    everybody = [Client(), walled, commenter, subscriber, signed_in(editor)]
    pages = [shell_of(articles[6], client) for client in everybody]
    assert len({page.content for page in pages}) == 1
    # The directives of the content security policy come in any order.
    headers = [{name: sorted(value.split("; ")) for name, value in page.headers.items()} for page in pages]
    assert headers == [headers[0]] * 5
    for page in pages:
        assert (page.status_code, page["Cache-Control"]) == (200, "public, max-age=60")
        assert not page.cookies
        assert not page.has_header("Vary")
        assert not page.wsgi_request.session.accessed
    text = pages[0].content.decode()
    assert [
        word for word in ("Sima", "csrfmiddlewaretoken", "nonce", "a.example", "Log out") if word in text
    ] == []


def test_the_shell_holds_the_teaser_and_says_nothing_of_any_reader(article: Article) -> None:
    page = shell_of(article)
    assert read_on(page) == [1, 2, 3]
    assert told(page) == []
    assert "You have read" not in page.content.decode()
    assert '<link rel="canonical" href="http://testserver/news/7001/story-1/">' in page.content.decode()
    assert '<form id="rest" action="/news/7001/story-1/rest/"></form>' in page.content.decode()
    assert '"isAccessibleForFree": false' in page.content.decode()


def test_opening_shells_spends_nothing_and_counts_no_view(client: Client, articles: list[Article]) -> None:
    for article in articles:
        shell_of(article, client)
    assert (Read.objects.count(), dict(client.cookies), view_counter.waiting(articles[0])) == (0, {}, 0)
    rest_of(articles[0], client)
    assert (Read.objects.count(), view_counter.waiting(articles[0])) == (1, 1)


def test_five_rests_open_and_the_sixth_is_a_wall(client: Client, articles: list[Article]) -> None:
    pages = [rest_of(article, client) for article in [*articles[1:6], articles[6]]]
    assert [told(page) for page in pages] == [[("open", "read_spent")]] * 5 + [[("wall", "registration_wall")]]
    sixth = pages[5]
    assert read_on(sixth) == [1, 2, 3]
    assert "You have read 5 of 5 free articles" in sixth.content.decode()
    assert '<section class="wall"' in sixth.content.decode()
    assert Read.objects.count() == 5
    assert told(rest_of(articles[1], client)) == [("open", "already_open")]


def test_the_rest_is_a_whole_page_that_nobody_keeps_or_indexes(client: Client, article: Article) -> None:
    page = rest_of(article, client)
    text = page.content.decode()
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("private, no-store", "noindex")
    assert read_on(page) == list(range(1, PARAGRAPHS + 1))
    assert '<link rel="canonical" href="http://testserver/news/7001/story-1/">' in text
    assert "data-comment-form" in text
    assert "/accounts/login/?next=/news/7001/story-1/rest/" in text


def test_what_is_looked_at_without_being_read_spends_nothing(client: Client, article: Article) -> None:
    page = shell_of(article, client)
    again = shell_of(article, client, headers={"If-None-Match": page["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", page["ETag"])
    assert again["Cache-Control"] == "public, max-age=60"
    head = client.head(article.get_absolute_url())
    assert (head.status_code, head["ETag"], head.content) == (200, page["ETag"], b"")
    assert client.head(f"{article.get_absolute_url()}rest/").status_code == 200
    assert client.options(f"{article.get_absolute_url()}rest/").status_code == 405
    assert (Read.objects.count(), dict(client.cookies).keys() & {"reader"}) == (0, set())


def test_a_shell_may_be_fetched_ahead_and_a_rest_that_costs_a_read_may_not(client, article: Article) -> None:
    assert shell_of(article, client, headers=AHEAD).status_code == 200
    refused = rest_of(article, client, headers=AHEAD)
    assert (refused.status_code, refused.content, refused["Cache-Control"]) == (503, b"", "private, no-store")
    assert Read.objects.count() == 0
    rest_of(article, client)
    assert rest_of(article, client, headers=AHEAD).status_code == 200


def test_what_is_said_to_one_reader_waits_for_the_rest(article: Article, subscriber: Client, rf) -> None:
    said = CookieStorage(rf.get("/"))._encode([Message(SUCCESS, "Your address is confirmed.")])
    subscriber.cookies["messages"] = said
    page = shell_of(article, subscriber)
    assert (page.content, dict(page.cookies)) == (shell_of(article).content, {})
    rest = rest_of(article, subscriber).content.decode()
    part = rest.split('<div data-part="messages">')[1].split('<div data-part="meter">')[0]
    assert "Your address is confirmed." in part


def test_a_gift_is_passed_on_to_the_rest(subscriber: Client, article: Article) -> None:
    made = subscriber.post("/meter/gift/", {"piece": f"articles.article:{article.pk}"}).content.decode()
    link = unescape(re.findall(r'value="http://testserver(/[^"]+)"', made)[0])
    friend = Client()
    page = friend.get(link)
    token = link.partition("?gift=")[2]
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("public, max-age=60", "noindex")
    assert read_on(page) == [1, 2, 3]
    field = re.findall(r'<input type="hidden" name="gift" value="([^"]+)">', page.content.decode())
    assert field == [token.replace("%3A", ":")]
    assert f'rel="canonical" href="http://testserver{article.get_absolute_url()}"' in page.content.decode()
    opened = rest_of(article, friend, data={"gift": field[0]})
    assert told(opened) == [("open", "gift")]
    assert Read.objects.count() == 0
    assert read_on(shell_of(article, friend)) == [1, 2, 3]


def test_a_made_up_gift_breaks_nothing_and_fills_no_cache(article: Article, monkeypatch) -> None:
    printed = []
    real = pressing._engrave
    monkeypatch.setattr(pressing, "_engrave", lambda *args: printed.append(1) or real(*args))
    pages = [shell_of(article, data={"gift": f'{number}"><script>'}).content.decode() for number in range(4)]
    assert ["<script>" in page for page in pages] == [False] * 4
    assert 'name="gift" value="3&quot;&gt;&lt;script&gt;"' in pages[3]
    assert len(printed) == 1


def test_what_everybody_may_read_stands_in_the_shell(client: Client, write) -> None:
    free, shut = write(1, policy=Article.Policy.FREE), write(7, policy=Article.Policy.SUBSCRIBERS)
    page = shell_of(free, client)
    assert (read_on(page), told(page)) == (list(range(1, PARAGRAPHS + 1)), [("open", "free")])
    assert "Continue reading" not in page.content.decode()
    assert "Open the comments" in page.content.decode()
    assert (read_on(shell_of(shut)), told(shell_of(shut))) == ([1, 2, 3], [])
    Meter.objects.update_or_create(pk=1, defaults={"is_on": False})
    assert (read_on(shell_of(shut)), told(shell_of(shut))) == (
        list(range(1, PARAGRAPHS + 1)),
        [("open", "unmetered")],
    )


@pytest.mark.parametrize("limit", [0, None])
def test_without_a_wall_or_with_nothing_else_the_shell_is_the_teaser(article: Article, limit: int | None) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"limit": limit})
    assert read_on(shell_of(article)) == [1, 2, 3]


def test_a_preview_is_made_for_its_editor_and_never_kept(write, editor, signed_in) -> None:
    draft = write(1, status=Article.Status.DRAFT)
    page = shell_of(draft, signed_in(editor))
    assert (page["Cache-Control"], told(page)) == ("private, no-store", [("open", "staff")])
    assert "A draft. Only editors see this page." in page.content.decode()
    stranger = shell_of(draft)
    assert (stranger.status_code, "public" in stranger.get("Cache-Control", "")) == (404, False)


def test_of_the_comments_everybody_sees_the_number(client: Client, articles: list[Article]) -> None:
    comment_on(articles[0], "The ferry was late again.")
    page = shell_of(articles[0]).content.decode()
    assert "1 comment" in page
    assert "ferry" not in page
    assert "The ferry was late again." in rest_of(articles[0], client).content.decode()


def test_who_comments_is_led_to_where_the_comment_stands(client: Client, article: Article) -> None:
    answer = say(article, client, "A thought of mine.")
    assert answer["Location"].startswith("/news/7001/story-1/rest/#comment-")
    assert "A thought of mine." in client.get(answer["Location"]).content.decode()


def test_whatever_changes_in_a_shell_changes_its_tag_at_once(article: Article) -> None:
    tags = [shell_of(article)["ETag"]]
    article.lead = "The lead is another."
    article.save()
    tags.append(shell_of(article)["ETag"])
    comment_on(article, "A word on it.")
    tags.append(shell_of(article)["ETag"])
    Meter.objects.update_or_create(pk=1, defaults={"teaser_paragraphs": 1})
    tags.append(shell_of(article)["ETag"])
    assert len(set(tags)) == 4
    assert read_on(shell_of(article)) == [1]


def test_rest_print_view_and_api_are_one_read(client: Client, article: Article) -> None:
    rest_of(article, client)
    printed = client.get(f"{article.get_absolute_url()}print/")
    told_by_api = client.get("/api/v1/articles/7001/")
    assert (told(printed), read_on(printed)) == ([("open", "already_open")], list(range(1, PARAGRAPHS + 1)))
    assert told_by_api.json()["access"]["reason"] == "already_open"
    assert {printed["Cache-Control"], told_by_api["Cache-Control"]} == {"private, no-store"}
    assert Read.objects.count() == 1


def test_an_old_address_of_the_rest_leads_to_the_new_one_with_its_gift(client: Client, article: Article) -> None:
    moved = client.get("/news/7001/before/rest/?gift=abc")
    assert (moved.status_code, moved["Location"]) == (301, "/news/7001/story-1/rest/?gift=abc")
    assert client.get("/news/7001/before/")["Location"] == "/news/7001/story-1/"
    assert Read.objects.count() == 0


def test_a_shell_that_a_cache_has_kept_finds_its_rest_after_the_mode_has_changed(
    client, article, settings
) -> None:
    settings.METERING = settings.METERING | {"MODE": "page"}
    page = shell_of(article, client)
    assert (page["Cache-Control"], told(page)) == ("private, no-store", [("open", "read_spent")])
    rest = rest_of(article, client)
    assert told(rest) == [("open", "already_open")]
    assert "?next=/news/7001/story-1/rest/" in rest.content.decode()
    assert "?next=/news/7001/story-1/rest/" not in shell_of(article, client).content.decode()
    assert Read.objects.count() == 1


def test_a_shell_that_is_printed_costs_three_queries(article: Article) -> None:
    shell_of(article)
    with CaptureQueriesContext(connection) as asked:
        shell_of(article)
    assert len(asked) == 3


def test_the_self_test_goes_through_the_rest_and_finds_what_leaks_in_a_shell(articles, monkeypatch) -> None:
    words = StringIO()
    call_command("meter_selftest", stdout=words, stderr=words)
    assert words.getvalue().startswith("2 pieces looked behind, ")
    assert words.getvalue().endswith(" 0 leaks.\n")
    monkeypatch.setattr("metering.shells.OPEN_TO_EVERYBODY", ("read_spent",))
    cache.clear()
    with pytest.raises(CommandError, match="leaks"):
        call_command("meter_selftest", stdout=words, stderr=words)
    assert "at /news/7007/story-7/ to a stranger" in words.getvalue()


def test_while_a_meter_is_tried_the_rest_still_comes_from_where_it_is_counted(articles) -> None:
    Meter.objects.update_or_create(
        pk=1, defaults={"walls_from": datetime.now(UTC) + timedelta(days=1), "limit": 1}
    )
    client = Client()
    assert sentence(1, PARAGRAPHS) not in shell_of(articles[0], client).content.decode()
    for article in articles[:2]:
        assert 'data-reason="unmetered"' in rest_of(article, client).content.decode()
    assert Read.objects.count() == 1
