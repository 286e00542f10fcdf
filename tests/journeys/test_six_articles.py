"""A reader opens six articles: five bodies, one wall, and nothing behind the wall."""

from django.test import Client

from metering.models import Meter, Read
from newsroom.articles.models import Article
from tests.conftest import PARAGRAPHS, sentence

SURFACES = ("{url}", "{url}print/", "/api/v1/articles/{code}/")


def numbers_told(page: str) -> str:
    """The meter line of a page as a reader sees it."""
    line = page.split("data-meter>")[1].split("</p>", maxsplit=1)[0]
    return " ".join(line.split("<")[0].split())


def test_five_open_and_the_sixth_is_walled(client: Client, articles: list[Article]) -> None:
    for number, article in enumerate(articles[:5], start=1):
        page = client.get(article.get_absolute_url())
        assert page.status_code == 200
        assert 'data-access="open" data-reason="read_spent"' in page.content.decode()
        assert sentence(number, PARAGRAPHS) in page.content.decode()
        assert numbers_told(page.content.decode()) == f"You have read {number} of 5 free articles"

    sixth = client.get(articles[5].get_absolute_url())
    text = sixth.content.decode()
    assert sixth.status_code == 200
    assert 'data-access="wall" data-reason="registration_wall"' in text
    assert numbers_told(text) == "You have read 5 of 5 free articles"
    assert sixth["Cache-Control"] == "private, no-store"
    assert [n for n in range(1, PARAGRAPHS + 1) if sentence(6, n) in text] == [1, 2, 3]
    assert Read.objects.count() == 5


def test_the_first_five_stay_open_and_cost_nothing_again(client: Client, articles: list[Article]) -> None:
    for article in articles[:6]:
        client.get(article.get_absolute_url())
    for article in articles[:5]:
        page = client.get(article.get_absolute_url()).content.decode()
        assert 'data-access="open" data-reason="already_open"' in page
        assert numbers_told(page) == "You have read 5 of 5 free articles"
    assert Read.objects.count() == 5


def test_a_new_cookie_jar_starts_at_one(client: Client, articles: list[Article]) -> None:
    for article in articles[:6]:
        client.get(article.get_absolute_url())
    page = Client().get(articles[5].get_absolute_url()).content.decode()
    assert numbers_told(page) == "You have read 1 of 5 free articles"
    assert sentence(6, PARAGRAPHS) in page


def test_one_article_is_one_read_on_page_print_view_and_api(client: Client, article: Article) -> None:
    for surface in SURFACES:
        answer = client.get(surface.format(url=article.get_absolute_url(), code=article.code))
        assert sentence(1, PARAGRAPHS) in answer.content.decode()
    assert Read.objects.count() == 1


def test_no_surface_shows_a_walled_reader_what_is_behind_the_teaser(
    client: Client, articles: list[Article]
) -> None:
    for article in articles[:5]:
        client.get(article.get_absolute_url())
    walled = articles[5]
    client.post("/comments/post/", {"target": f"articles.article:{walled.pk}", "text": "Let me in"})
    elsewhere = ("/", "/sections/harbour/", "/search/?q=sentence+story", "/feed/", "/sitemap.xml", "/meter/")
    for address in (
        *(surface.format(url=walled.get_absolute_url(), code=walled.code) for surface in SURFACES),
        f"{walled.get_absolute_url()}comments/",
        f"{walled.get_absolute_url()}comments/feed/",
        f"/api/v1/articles/{walled.code}/comments/",
        "/api/v1/articles/",
        *elsewhere,
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        hidden = [n for n in range(4, PARAGRAPHS + 1) if sentence(6, n) in answer.content.decode()]
        assert hidden == [], address


def test_nothing_is_spent_by_looking_around(client: Client, articles: list[Article]) -> None:
    free = articles[0]
    Article.objects.filter(pk=free.pk).update(policy=Article.Policy.FREE)
    for address in ("/", "/feed/", "/meter/", "/api/v1/meter/", "/api/v1/articles/", "/search/?q=story"):
        client.get(address)
    page = client.get(free.get_absolute_url())
    assert numbers_told(page.content.decode()) == "You have read 0 of 5 free articles"
    assert client.head(articles[1].get_absolute_url()).status_code == 200
    assert client.options(articles[1].get_absolute_url()).status_code == 405
    assert "reader" not in client.cookies
    assert Read.objects.count() == 0


def test_a_prefetch_that_would_cost_a_read_is_put_off(client: Client, articles: list[Article]) -> None:
    ahead = {"Sec-Purpose": "prefetch;prerender"}
    refused = client.get(articles[0].get_absolute_url(), headers=ahead)
    assert (refused.status_code, refused.content, refused["Cache-Control"]) == (503, b"", "private, no-store")
    assert Read.objects.count() == 0
    client.get(articles[0].get_absolute_url())
    assert client.get(articles[0].get_absolute_url(), headers=ahead).status_code == 200


def test_an_owner_changes_the_limit_and_the_next_page_says_so(client: Client, articles: list[Article]) -> None:
    client.get(articles[0].get_absolute_url())
    meter = Meter.objects.get()
    meter.limit = 3
    meter.save()
    page = client.get(articles[1].get_absolute_url()).content.decode()
    assert numbers_told(page) == "You have read 2 of 3 free articles"


def test_a_lowered_limit_never_closes_what_was_opened(client: Client, articles: list[Article]) -> None:
    for article in articles[:5]:
        client.get(article.get_absolute_url())
    Meter.objects.update(limit=3)
    page = client.get(articles[0].get_absolute_url()).content.decode()
    assert 'data-access="open"' in page
    assert numbers_told(page) == "You have read 3 of 3 free articles"


def test_limit_zero_is_a_hard_wall_and_no_limit_is_none(client: Client, articles: list[Article]) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"limit": 0})
    assert 'data-access="wall"' in client.get(articles[0].get_absolute_url()).content.decode()
    Meter.objects.update(limit=None)
    for article in articles:
        assert 'data-access="open"' in client.get(article.get_absolute_url()).content.decode()
    assert Read.objects.count() == 7
