"""What the wall offers: an account to a stranger, the mail again to a reader, and the way back to both."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from metering.models import SITE_METER, Meter
from newsroom.articles.models import Article
from tests.journeys.test_six_articles import numbers_told
from tests.newsroom.test_accounts_sign_up import MIRA, link_of, told

pytestmark = pytest.mark.django_db


def registered_readers_get(limit: int) -> None:
    Meter.objects.update_or_create(pk=SITE_METER, defaults={"registered_limit": limit})


def walled(client: Client, articles: list[Article]) -> str:
    """The page of the sixth article to a reader who has opened five."""
    for article in articles[:6]:
        page = client.get(article.get_absolute_url()).content.decode()
    assert 'data-access="wall" data-reason="registration_wall"' in page
    return page


def ways_on(page: str) -> list[tuple[str, str]]:
    """The links of the wall: their words and where they lead."""
    wall = page.split('<ul class="ways">')[1].split("</ul>", maxsplit=1)[0]
    return [(words, address) for address, words in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>([^<]*)</a>', wall)]


def test_from_the_wall_to_ten_articles(client: Client, articles: list[Article]) -> None:
    sixth = articles[5].get_absolute_url()
    assert ways_on(walled(client, articles)) == [
        ("Create a free account", f"/accounts/signup/?next={sixth}"),
        ("Log in", f"/accounts/login/?next={sixth}"),
        ("See what you have opened", "/meter/"),
    ]
    assert client.post(f"/accounts/signup/?next={sixth}", MIRA)["Location"] == sixth

    page = client.get(sixth).content.decode()
    assert numbers_told(page) == "You have read 5 of 5 free articles"
    assert ways_on(page) == [
        ("Confirm your e-mail address", f"/accounts/email/?next={sixth}"),
        ("See what you have opened", "/meter/"),
    ]
    assert "Your e-mail address is not confirmed yet." in page

    assert client.post(link_of())["Location"] == sixth
    page = client.get(sixth).content.decode()
    assert 'data-access="open" data-reason="read_spent"' in page
    assert numbers_told(page) == "You have read 6 of 10 free articles"


def test_the_way_from_the_wall_to_another_mail_leads_back_too(client: Client, articles: list[Article]) -> None:
    sixth = articles[5].get_absolute_url()
    with time_machine.travel(datetime.now(UTC)) as clock:
        client.post("/accounts/signup/", MIRA)
        (_, way), _ = ways_on(walled(client, articles))
        clock.shift(timedelta(minutes=1, seconds=1))
        form = client.get(way).content.decode()
        assert form.count(f'<input type="hidden" name="next" value="{sixth}">') == 2
        client.post("/accounts/email/", {"action_send": "1", "email": MIRA["email"], "next": sixth})
        assert len(mail.outbox) == 2
        assert client.post(link_of())["Location"] == sixth


def test_a_reader_with_a_confirmed_address_is_not_asked_again(client: Client, articles, person) -> None:
    registered_readers_get(5)
    reader = person("reader", email="reader@example.org")
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    client.force_login(reader)
    for article in articles[:6]:
        page = client.get(article.get_absolute_url())
    assert 'data-reason="paywall"' in page.content.decode()
    assert [words for words, _ in ways_on(page.content.decode())] == ["See what you have opened"]
    assert "Your account has no subscription at present." in told(page)


def test_where_an_account_gives_nothing_more_the_wall_does_not_offer_one(client: Client, articles) -> None:
    registered_readers_get(5)
    for article in articles[:6]:
        page = client.get(article.get_absolute_url()).content.decode()
    assert 'data-reason="paywall"' in page
    assert [words for words, _ in ways_on(page)] == ["Log in", "See what you have opened"]


def test_what_is_said_to_one_reader_is_not_printed_for_others(client: Client, article: Article) -> None:
    """A stranger's page is kept and given to the next one."""
    address = article.get_absolute_url()
    client.post("/accounts/signup/", MIRA)
    client.post("/accounts/logout/")
    assert "mira@example.org" not in told(client.get(address))
    assert "mira@example.org" not in told(Client().get(address))
