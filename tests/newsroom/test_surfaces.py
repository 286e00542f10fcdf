"""Lists, search, feeds, sitemap, preview, views: what stands around the articles."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from comments import importing, targets
from comments.states import State
from metering.models import Meter, Rule
from newsroom import pressing
from newsroom.articles import view_counter
from newsroom.articles.models import Article, Correction, Section, Tag
from newsroom.tasks import run_due
from tests import served
from tests.conftest import PARAGRAPHS, sentence

pytestmark = pytest.mark.django_db


def titles(page: str) -> list[str]:
    return [f"Story {n}" for n in range(1, 40) if f"Story {n}<" in page]


def test_the_front_page_shows_the_newest_twenty_and_pages_lead_to_the_rest(client: Client, write) -> None:
    for number in range(1, 26):
        write(number)
    write(30, status=Article.Status.DRAFT)
    write(31, published_at=timezone.now() + timedelta(hours=1))
    first, second = client.get("/").content.decode(), client.get("/?page=2").content.decode()
    assert titles(first) == [f"Story {n}" for n in range(1, 21)]
    assert titles(second) == [f"Story {n}" for n in range(21, 26)]


def test_a_list_costs_the_same_whatever_it_lists(client, write, django_assert_max_num_queries) -> None:
    write(1)
    with django_assert_max_num_queries(4):
        client.get("/")
    for number in range(2, 20):
        write(number)
    with django_assert_max_num_queries(4):
        client.get("/")


def test_a_section_shows_what_is_below_it_and_a_tag_what_bears_it(client: Client, write, section) -> None:
    quay = Section.objects.create(name="Quay", slug="quay", parent=section)
    write(1)
    write(2, section=quay).tags.add(Tag.objects.create(name="Ferries", slug="ferries"))
    assert titles(client.get("/sections/harbour/").content.decode()) == ["Story 1", "Story 2"]
    assert titles(client.get("/sections/quay/").content.decode()) == ["Story 2"]
    assert titles(client.get("/tags/ferries/").content.decode()) == ["Story 2"]
    assert client.get("/sections/nowhere/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ferry", ["Story 1"]),
        ("FERR", ["Story 1"]),
        ("late ferry", ["Story 1"]),
        ("erry", []),
        ("ferry tram", []),
        ("كتاب", ["Story 2"]),
        ("کتاب", ["Story 2"]),
        ("۱۴۰۵", ["Story 2"]),
        ("%", []),
        ("\\", []),
        ("", []),
    ],
)
def test_the_search_finds_words_and_their_beginnings(client: Client, write, query: str, found: list[str]) -> None:
    write(1, body="<p>The ferry was late.</p>")
    write(2, body="<p>کتاب‌های 1405</p>")
    assert titles(client.get("/search/", {"q": query}).content.decode()) == found


def test_the_feed_has_teasers_and_the_sitemap_addresses(client: Client, articles) -> None:
    feed = client.get("/feed/").content.decode()
    assert feed.count("<item>") == 7
    assert "What story 1 is about." in feed
    sitemap = client.get("/sitemap.xml").content.decode()
    assert articles[0].get_absolute_url() in sitemap
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_a_threads_feed_keeps_the_text_with_metered_articles(client: Client, write) -> None:
    for number, policy in ((1, Article.Policy.METERED), (2, Article.Policy.FREE)):
        article = write(number, policy=policy)
        said = importing.Incoming(
            origin=f"test:{number}", text=f"Said of {number}", state=State.APPROVED, submitted_at=timezone.now()
        )
        importing.bring_in(targets.of(article), [said])
    assert "Said of 1" not in client.get("/news/7001/story-1/comments/feed/").content.decode()
    assert "Said of 2" in client.get("/news/7002/story-2/comments/feed/").content.decode()


def test_a_short_address_and_an_old_one_lead_to_the_present_one(client: Client, article) -> None:
    for address in ("/news/7001/", "/news/7001/old-words/"):
        answer = client.get(address + "?gift=abc")
        assert (answer.status_code, answer["Location"]) == (301, "/news/7001/story-1/?gift=abc")


def test_views_are_counted_in_memory_and_written_now_and_then(client, article, django_assert_num_queries) -> None:
    for _ in range(3):
        client.get(article.get_absolute_url())
    article.refresh_from_db()
    assert (article.views, view_counter.waiting(article)) == (0, 3)
    assert run_due()["views written"] == 3
    article.refresh_from_db()
    assert (article.views, view_counter.waiting(article)) == (3, 0)


def test_corrections_and_structured_data_stand_on_the_page(client: Client, article) -> None:
    Correction.objects.create(article=article, text="The ferry left at nine, not at eight.")
    page = client.get(article.get_absolute_url()).content.decode()
    assert "The ferry left at nine, not at eight." in page
    assert '"isAccessibleForFree": false' in page
    assert "\\u003c/script" not in page


def test_search_engines_are_told_which_part_is_not_for_everybody(client: Client, article) -> None:
    page = client.get(article.get_absolute_url()).content.decode()
    assert '"cssSelector": ".after-teaser"' in page
    beginning, rest = page.split('<div class="article-body">')[1].split('<div class="after-teaser">')
    assert [number for number in range(1, PARAGRAPHS + 1) if sentence(1, number) in beginning] == [1, 2, 3]
    assert [number for number in range(1, PARAGRAPHS + 1) if sentence(1, number) in rest] == [4, 5, 6, 7, 8]


def test_what_a_rule_opens_is_said_to_be_free(client: Client, article) -> None:
    Meter.objects.get_or_create(pk=1)
    Rule.objects.create(name="Harbour", section=str(article.section.pk), effect="exclude")
    page = client.get(article.get_absolute_url()).content.decode()
    assert '"isAccessibleForFree": true' in page
    assert "cssSelector" not in page
    assert "after-teaser" not in page


def test_a_title_cannot_break_out_of_the_structured_data(client: Client, write) -> None:
    article = write(1, title="</script><script>alert(1)</script>")
    page = client.get(article.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "\\u003c/script\\u003e" in page


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/news/999/", 404, "This page is not here"),
        ("/nowhere/", 404, "This page is not here"),
        ("/news/99999999999999999999999/", 404, "This page is not here"),
        ("/search/?q=%00", 400, "This address or form cannot be read"),
        ("/search/?q=%ff%fe", 200, "Search"),
        ("/?page=nonsense", 200, ""),
        ("/news/7001/story-1/?reply_to=nonsense", 200, "Story 1"),
        ("/news/7001/story-1/?reply_to=99999999999999999999", 200, "Story 1"),
        ("/news/7001/story-1/comments/?after=nonsense&under=x", 200, ""),
    ],
)
def test_odd_addresses_are_answered_in_words(client: Client, article, address, status, told) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert told in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/news/7001/story-1/", "/feed/", "/meter/", "/sitemap.xml", "/healthz"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "trace"])
def test_a_wrong_method_is_told_so(client: Client, article, method: str, address: str) -> None:
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "This does not work here" in answer.content.decode()


def test_every_page_forbids_inline_script_and_foreign_hosts(client: Client, article, signed_in, editor) -> None:
    for visitor, address in (
        (client, "/"),
        (client, article.get_absolute_url()),
        (client, "/search/?q=%00"),
        (client, "/nowhere/"),
        (signed_in(editor), "/admin/"),
    ):
        policy = visitor.get(address)["Content-Security-Policy"]
        assert "unsafe-inline" not in policy
        assert "unsafe-eval" not in policy
        assert "default-src 'self'" in policy


def test_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").json() == {"database": True, "cache": True, "ledger": True}


def test_a_site_without_its_ledger_is_ready_and_says_so(client: Client, db, settings) -> None:
    nobody = f"redis://127.0.0.1:{served.free_port()}/0"
    settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": nobody}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "cache": True, "ledger": False})


def test_a_news_code_typed_into_the_search_leads_to_its_article(client: Client, article) -> None:
    assert client.get("/search/?q=7001")["Location"] == article.get_absolute_url()
    assert client.get("/search/?q=9999").status_code == 200


def test_every_page_bears_the_newspapers_name(client: Client, article, settings) -> None:
    settings.SITE_NAME = "The Ostrel Courier"
    for address in ("/", article.get_absolute_url(), "/search/", "/accounts/login/", "/meter/", "/nowhere/"):
        assert "The Ostrel Courier" in client.get(address).content.decode(), address


def test_views_that_cannot_be_written_are_kept_for_another_time(client: Client, article, monkeypatch) -> None:
    client.get(article.get_absolute_url())

    def away(*args, **kwargs):
        raise DatabaseError("away")

    with monkeypatch.context() as broken:
        broken.setattr(view_counter.transaction, "atomic", away)
        with pytest.raises(DatabaseError):
            view_counter.write()
    assert view_counter.waiting(article) == 1


@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_a_date_that_no_calendar_prints_is_refused_in_the_form(write, calendar: str, settings) -> None:
    settings.CALENDAR = calendar
    article = write(1)
    article.published_at = datetime(1, 1, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="not a date of a newspaper"):
        article.full_clean()


def test_a_control_character_in_a_title_does_not_break_the_feed(client: Client, write) -> None:
    write(1, title="Story\x0b 1", lead="A\x00 lead")
    assert "Story 1" in client.get("/feed/").content.decode()


def test_a_page_is_printed_once_for_readers_who_come_one_after_another(client, article, monkeypatch) -> None:
    printed = []
    real = pressing._engrave
    monkeypatch.setattr(pressing, "_engrave", lambda *args: printed.append(1) or real(*args))
    for seconds in range(5):
        with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
            assert "You have read 1 of 5" in Client().get(article.get_absolute_url()).content.decode()
    assert len(printed) == 1


def test_what_is_ones_own_is_never_printed_for_others(client: Client, article, signed_in, person) -> None:
    reader = signed_in(person("reader", display_name="Rafi Reader"))
    assert "Rafi Reader" in reader.get(article.get_absolute_url()).content.decode()
    one, other = Client(), Client()
    pages = [browser.get(article.get_absolute_url()).content.decode() for browser in (one, other)]
    assert all("Rafi Reader" not in page for page in pages)
    tokens = [page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0] for page in pages]
    assert tokens[0] != tokens[1]
