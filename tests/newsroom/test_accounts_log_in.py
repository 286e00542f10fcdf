"""Readers log in by user name or address, choose a new password, and nobody guesses for long."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client, override_settings

from metering.models import Read
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from tests.newsroom.test_accounts_sign_up import link_of, told

pytestmark = pytest.mark.django_db


def log_in(client: Client, username: str = "reader", password: str = "newsroom", **more: str):
    return client.post("/accounts/login/", {"username": username, "password": password, **more})


def is_logged_in(client: Client) -> bool:
    return "sessionid" in client.cookies and client.get("/accounts/").status_code == 200


@pytest.fixture
def reader(person) -> User:
    reader = person("reader", email="reader@example.org", display_name="Rafi")
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    return reader


@pytest.mark.parametrize("name", ["reader", "Reader", "reader@example.org", "READER@example.org", " reader "])
def test_by_user_name_or_by_address(client: Client, reader: User, name: str) -> None:
    assert log_in(client, name)["Location"] == "/"
    assert is_logged_in(client)


def test_without_an_address_the_user_name_will_do(client: Client, person) -> None:
    person("moderator", "Moderator", is_staff=True)
    log_in(client, "moderator")
    page = told(client.get("/accounts/"))
    assert "Your account has no e-mail address." in page
    assert "To the newsroom" in page


def test_the_newsroom_has_its_own_log_in_as_before(client: Client, person) -> None:
    person("moderator", "Moderator", is_staff=True)
    entered = {"username": "moderator", "password": "newsroom", "next": "/admin/"}
    assert client.post("/admin/login/", entered)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_wrong_password_and_an_unknown_reader_get_the_same_words(client: Client, reader: User) -> None:
    said = [
        told(log_in(client, name, "wrong")).replace(name, "")
        for name in ("reader", "nobody", "reader@example.org", "nobody@example.org")
    ]
    assert len(set(said)) == 1
    assert "The name or address and the password do not belong together." in said[0]


def test_logging_out_asks_first_and_returns_to_the_front_page(client: Client, reader: User) -> None:
    log_in(client)
    assert "Log out?" in told(client.get("/accounts/logout/"))
    assert is_logged_in(client)
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert not is_logged_in(client)
    assert client.get("/accounts/logout/")["Location"] == "/"


def test_logging_in_and_out_leaves_the_meters_cookie_alone(
    client: Client, reader: User, articles: list[Article]
) -> None:
    client.get(articles[0].get_absolute_url())
    before = client.cookies["reader"].value
    log_in(client)
    client.post("/accounts/logout/")
    assert client.cookies["reader"].value == before
    client.get(articles[0].get_absolute_url())
    assert Read.objects.count() == 1


def test_one_may_log_in_as_somebody_else(client: Client, reader: User, person) -> None:
    person("other", display_name="Olga")
    log_in(client)
    assert "You are logged in as Rafi. To go on, log in with another account." in told(
        client.get("/accounts/login/")
    )
    log_in(client, "other")
    assert "You are logged in as Olga." in told(client.get("/accounts/"))


def test_a_closed_account_is_told_so_to_whoever_knows_its_password(client: Client, reader: User) -> None:
    User.objects.update(is_active=False)
    assert "do not belong together" in told(log_in(client, password="wrong"))
    answer = log_in(client)
    assert answer["Location"] == "/accounts/inactive/"
    assert "This account is closed" in told(client.get(answer["Location"]))
    assert not is_logged_in(client)


# Limits ------------------------------------------------------------------------------------------------


def test_guessing_at_one_account_ends_after_five_tries(client: Client, reader: User) -> None:
    for _ in range(5):
        log_in(client, password="wrong")
    assert "There were too many tries. Please wait a few minutes." in told(log_in(client))
    assert not is_logged_in(client)


def test_a_forged_header_does_not_make_a_new_guesser(client: Client, db: None) -> None:
    for number in range(31):
        answer = client.post(
            "/accounts/login/",
            {"username": f"nobody{number}", "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert answer.status_code == 429
    assert "Please wait a few minutes and try again." in told(answer)


def test_behind_a_trusted_proxy_each_visitor_has_tries_of_their_own(client: Client, settings) -> None:
    with override_settings(METERING=settings.METERING | {"TRUSTED_PROXIES": ["127.0.0.1"]}):
        answers = {
            client.post(
                "/accounts/login/",
                {"username": f"nobody{number}", "password": "wrong"},
                headers={"X-Forwarded-For": f"203.0.113.9, 198.51.100.{number}"},
            ).status_code
            for number in range(31)
        }
    assert answers == {200}


def test_visitors_of_whom_nobody_knows_the_address_share_one_allowance(client: Client, db: None) -> None:
    answers = [
        client.post("/accounts/login/", {"username": f"n{n}", "password": "x"}, REMOTE_ADDR="").status_code
        for n in range(31)
    ]
    assert answers == [200] * 30 + [429]


# A new password ----------------------------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_on_the_way_to_an_article(
    client: Client, reader: User, article: Article
) -> None:
    address = article.get_absolute_url()
    entrance = client.get(f"/accounts/login/?next={address}").content.decode()
    (way,) = re.findall(r'href="(/accounts/password/reset/[^"]*)"', entrance)
    answer = client.post(way, {"email": "reader@example.org", "next": address}, follow=True)
    assert "Look into your mailbox" in told(answer)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["reader@example.org"], "[The Newsroom] A new password")
    ]
    form = client.get(link_of(), follow=True)
    assert "set-password" in form.redirect_chain[-1][0]  # the key leaves the address before anything is fetched
    chosen = {"password1": "a-new-word-9", "password2": "a-new-word-9", "next": address}
    assert client.post(form.redirect_chain[-1][0], chosen)["Location"] == address
    assert "Your password is changed." in told(client.get(address))
    assert is_logged_in(client)
    assert User.objects.get().check_password("a-new-word-9")

    used = Client().get(link_of())
    assert "This link does not work any more" in told(used)


def test_nobody_learns_from_the_form_who_has_an_account(client: Client, reader: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": "reader@example.org"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert told(known) == told(unknown)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["reader@example.org"], "[The Newsroom] A new password"),
        (["nobody@example.org"], "[The Newsroom] There is no account with this address"),
    ]


@pytest.mark.parametrize("key", ["1-nonsense", "zzzzzz-abc", "0-abc-def"])
def test_a_wrong_link_for_a_password_says_so(client: Client, reader: User, key: str) -> None:
    answer = client.get(f"/accounts/password/reset/key/{key}/")
    assert "This link does not work any more" in told(answer)


def test_a_password_is_changed_by_whoever_knows_the_old_one(client: Client, reader: User) -> None:
    log_in(client)
    entered = {"oldpassword": "wrong", "password1": "a-new-word-9", "password2": "a-new-word-9"}
    assert "This is not your password." in told(client.post("/accounts/password/change/", entered))
    answer = client.post("/accounts/password/change/", entered | {"oldpassword": "newsroom"}, follow=True)
    assert "Your password is changed." in told(answer)
    assert is_logged_in(client)
    assert User.objects.get().check_password("a-new-word-9")


# What is kept from others ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "email/", "password/change/", "reauthenticate/"])
def test_the_pages_of_an_account_are_the_readers_own(client: Client, reader: User, page: str) -> None:
    stranger = client.get(f"/accounts/{page}")
    assert (stranger.status_code, stranger["Location"]) == (302, f"/accounts/login/?next=/accounts/{page}")
    log_in(client)
    own = client.get(f"/accounts/{page}")
    assert own.status_code == 200
    assert "no-store" in own["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in own.content.decode()


@pytest.mark.parametrize(
    "page",
    ["password/set/", "login/code/", "login/code/confirm/", "confirm-email/", "phone/verify/", "signup/passkey/"],
)
def test_pages_of_the_library_that_nothing_leads_to_are_not_there(client: Client, page: str) -> None:
    assert client.get(f"/accounts/{page}").status_code == 404
