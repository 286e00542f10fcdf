"""The reader's cookie: signed, opaque, and worth nothing to whoever alters it."""

from datetime import UTC, datetime

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client, RequestFactory

from metering.readers import Pass, Reader
from newsroom.articles.models import Article

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS = Pass("an-opaque-number", NOW)


def test_a_pass_survives_the_way_through_the_browser() -> None:
    assert Pass.read(OURS.signed()) == OURS


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        "nonsense",
        OURS.signed() + "x",
        OURS.signed().swapcase(),
        f"{OURS.number}.{int(NOW.timestamp())}",
        signing.Signer(key="another site's key", salt="metering.reader").sign(f"{OURS.number}.1"),
        signing.Signer(salt="another purpose").sign(f"{OURS.number}.1"),
        signing.Signer(salt="metering.reader").sign(f"{OURS.number}.99999999999999999999"),
        signing.Signer(salt="metering.reader").sign("no time in it"),
        "x" * 100_000,
        "\x00\udcff",
    ],
)
def test_a_forged_altered_or_foreign_cookie_is_no_pass(cookie: str | None) -> None:
    assert Pass.read(cookie) is None


@pytest.mark.django_db
def test_the_cookie_is_first_party_and_out_of_reach_of_scripts(article: Article) -> None:
    cookie = Client().get(article.get_absolute_url(), secure=True).cookies["reader"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert 29 * 86400 < cookie["max-age"] <= 30 * 86400


@pytest.mark.django_db
def test_logging_out_does_not_reset_the_meter(articles: list[Article], person, client: Client) -> None:
    client.force_login(person("reader"))
    for article in articles[:5]:
        client.get(article.get_absolute_url())
    client.post("/accounts/logout/")
    assert 'data-reason="registration_wall"' in client.get(articles[5].get_absolute_url()).content.decode()


def test_the_database_knows_only_a_hash() -> None:
    assert OURS.number not in OURS.key
    assert len(OURS.key) == 64


def test_no_cookie_is_set_where_nothing_was_spent() -> None:
    response = HttpResponse()
    Reader(RequestFactory().get("/")).set_cookie(response)
    assert not response.cookies
