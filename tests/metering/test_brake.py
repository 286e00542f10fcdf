"""The coarse brake: off unless the owner wants it, and never more than a request to register."""

import pytest
from django.test import Client

from metering.models import Meter, NewReaders
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def anew(article: Article, *, address: str = "203.0.113.7", browser: str = FIREFOX) -> str:
    """Somebody without a cookie."""
    page = Client().get(article.get_absolute_url(), REMOTE_ADDR=address, HTTP_USER_AGENT=browser).content.decode()
    return page.split('data-reason="')[1].split('"')[0]


def test_without_a_brake_nothing_is_kept_of_anybody(article: Article) -> None:
    assert [anew(article) for _ in range(30)] == ["read_spent"] * 30
    assert NewReaders.objects.count() == 0


def test_beyond_the_brake_new_readers_are_asked_to_register(article: Article) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"brake": 3})
    assert [anew(article, address=f"203.0.113.{number}") for number in range(5)] == [
        *["read_spent"] * 3,
        *["registration_wall"] * 2,
    ]
    assert anew(article, browser=CHROME) == "read_spent"
    assert anew(article, address="203.0.114.7") == "read_spent"
    assert [anew(article, address=f"2001:db8:0:{number:x}::1") for number in range(5)] == [
        *["read_spent"] * 3,
        *["registration_wall"] * 2,
    ]
    kept = "".join(NewReaders.objects.values_list("neighbourhood", flat=True))
    assert "203.0.113" not in kept


def test_whoever_has_a_cookie_or_an_account_does_not_feel_it(articles, person, signed_in) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"brake": 1})
    known = Client(REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT=FIREFOX)
    pages = [known.get(article.get_absolute_url()).content.decode() for article in articles[:5]]
    assert ['data-reason="read_spent"' in page for page in pages] == [True] * 5
    client = signed_in(person("reader"))
    page = client.get(articles[0].get_absolute_url(), REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT=FIREFOX)
    assert 'data-reason="read_spent"' in page.content.decode()


def test_the_wall_of_the_brake_says_what_happened_and_what_helps(article: Article) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"brake": 1})
    anew(article)
    page = Client().get(article.get_absolute_url(), REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT=FIREFOX)
    assert "Please register to read on" in page.content.decode()
    assert "Many readers have come from your neighbourhood today" in page.content.decode()
    assert not page.cookies.get("reader")


def test_another_day_is_another_hash(article: Article, time_machine) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"brake": 1})
    time_machine.move_to("2030-03-01 12:00+00:00")
    assert [anew(article), anew(article)] == ["read_spent", "registration_wall"]
    time_machine.move_to("2030-03-02 12:00+00:00")
    assert anew(article) == "read_spent"
    assert NewReaders.objects.values("neighbourhood").distinct().count() == 2
