"""Readers log in, see their own page, and come back to where they were."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.template import TemplateDoesNotExist
from django.test import Client

from newsroom.accounts.addresses import has_verified_address
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.subscriptions.models import Subscription

pytestmark = pytest.mark.django_db


def test_a_reader_logs_in_and_returns_to_the_article(client: Client, person, article: Article) -> None:
    person("reader")
    address = article.get_absolute_url()
    form = client.get(f"/accounts/login/?next={address}").content.decode()
    assert f'value="{address}"' in form
    answer = client.post("/accounts/login/", {"username": "reader", "password": "newsroom", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, address)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_logging_in_never_leads_to_another_site(client: Client, person, elsewhere: str) -> None:
    person("reader")
    sent = {"username": "reader", "password": "newsroom", "next": elsewhere}
    assert client.post("/accounts/login/", sent)["Location"] == "/"


def test_a_wrong_password_is_told_in_words(client: Client, person) -> None:
    person("reader")
    answer = client.post("/accounts/login/", {"username": "reader", "password": "wrong"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_ones_own_page_tells_of_the_subscription(client: Client, person) -> None:
    assert client.get("/accounts/")["Location"] == "/accounts/login/?next=/accounts/"
    reader = person("reader", display_name="Rafi <Reader>")
    client.force_login(reader)
    page = client.get("/accounts/").content.decode()
    assert "Rafi &lt;Reader&gt;" in page
    assert "no subscription at present" in page
    Subscription.objects.create(person=reader, ends_at=datetime(2099, 3, 1, tzinfo=UTC))
    assert "until 2099/03/01" in client.get("/accounts/").content.decode()
    Subscription.objects.create(person=reader)
    assert "until further notice" in client.get("/accounts/").content.decode()


def test_whether_an_address_is_verified_is_asked_once_per_request(person, django_assert_num_queries) -> None:
    reader = person("reader")
    with django_assert_num_queries(0):
        assert not has_verified_address(AnonymousUser())
    with django_assert_num_queries(1):
        assert [has_verified_address(reader), has_verified_address(reader)] == [False, False]
    EmailAddress.objects.create(user=reader, email="reader@example.org", verified=True)
    assert not has_verified_address(reader)
    assert has_verified_address(User.objects.get())


def test_an_address_that_an_editor_has_entered_can_be_confirmed(person, signed_in) -> None:
    client = signed_in(person("reader", email="Reader@example.org"))
    assert "not yet confirmed" in client.get("/accounts/").content.decode()
    client.post("/accounts/email/", {"action_send": "1", "email": "Reader@example.org"})
    (address,) = EmailAddress.objects.values_list("email", "verified")
    assert address == ("reader@example.org", False)
    assert [one.to for one in mail.outbox] == [["reader@example.org"]]


def test_a_superuser_takes_addresses_for_confirmed(person, signed_in) -> None:
    chief = person("chief", is_staff=True, is_superuser=True)
    reader, other = person("reader", email="reader@example.org"), person("other", email="READER@example.org")
    asked = {"action": "confirm_addresses", "_selected_action": [reader.pk, other.pk, chief.pk]}
    page = signed_in(chief).post("/admin/accounts/user/", asked, follow=True).content.decode()
    assert "1 address is confirmed now." in page
    assert "confirmed for somebody else: " in page
    confirmed = EmailAddress.objects.filter(verified=True).values_list("user", "email", "primary")
    assert list(confirmed) == [(other.pk, "reader@example.org", True)]


def test_an_owner_takes_no_address_for_confirmed(person, signed_in) -> None:
    owner, reader = person("owner", "Owner", is_staff=True), person("reader", email="reader@example.org")
    desk = signed_in(owner)
    assert "confirm_addresses" not in desk.get("/admin/accounts/user/").content.decode()
    desk.post("/admin/accounts/user/", {"action": "confirm_addresses", "_selected_action": [reader.pk]})
    assert not has_verified_address(reader)


def test_an_error_is_told_even_if_its_page_fails(client: Client, monkeypatch, article: Article) -> None:
    from newsroom import refusals

    def broken(*args, **kwargs):
        raise TemplateDoesNotExist("anything")

    monkeypatch.setattr(refusals, "render", broken)
    monkeypatch.setattr("newsroom.reading.gate.admit", broken)
    client.raise_request_exception = False
    answer = client.get(article.get_absolute_url())
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_an_owner_makes_nobody_a_superuser_and_changes_none(person, signed_in) -> None:
    owner, chief = person("owner", "Owner", is_staff=True), person("chief", is_staff=True, is_superuser=True)
    desk = signed_in(owner)
    own = f"/admin/accounts/user/{owner.pk}/change/"
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    desk.post(own, {"username": "owner", "is_active": "on", "is_staff": "on", "is_superuser": "on", **joined})
    owner.refresh_from_db()
    assert not owner.is_superuser
    assert desk.post(f"/admin/accounts/user/{chief.pk}/change/", {"username": "mine", **joined}).status_code == 403
    taken = {"password1": "a-new-word-7", "password2": "a-new-word-7"}
    assert desk.post(f"/admin/accounts/user/{chief.pk}/password/", taken).status_code == 403
