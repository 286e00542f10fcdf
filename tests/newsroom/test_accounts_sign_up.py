"""A reader signs up, is logged in at once, and confirms the address by the link of a mail."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from newsroom.accounts.addresses import Addresses, addresses_of, has_verified_address
from newsroom.accounts.models import User
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db

MIRA = {"display_name": "Mira K.", "email": "mira@example.org", "password1": "a-good-word-7"}
ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]


def sign_up(client: Client, **differing: str):
    return client.post("/accounts/signup/", MIRA | differing)


def link_of(number: int = -1) -> str:
    """The first link in a mail, from its path on."""
    return re.findall(r"http://testserver(/\S+)", mail.outbox[number].body)[0]


def told(page) -> str:
    """What a page says, without its tags."""
    text = re.sub(r"</?(bdi|a)\b[^>]*>", "", page.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_signing_up_from_an_article_leads_back_to_it_logged_in(client: Client, article: Article) -> None:
    address = article.get_absolute_url()
    form = client.get(f"/accounts/signup/?next={address}").content.decode()
    assert f'<input type="hidden" name="next" value="{address}">' in form
    for field in ("nickname", "email", "new-password"):
        assert f'autocomplete="{field}"' in form
    answer = sign_up(client, next=address)
    assert (answer.status_code, answer["Location"]) == (302, address)

    mira = User.objects.get()
    assert (mira.display_name, mira.email, mira.get_full_name()) == ("Mira K.", "mira@example.org", "Mira K.")
    assert re.fullmatch(r"reader-[a-z2-9]{10}", mira.username)
    assert not has_verified_address(mira)
    page = told(client.get(address))
    assert "We have sent a mail to mira@example.org. Please open the link in it" in page
    assert "Mira K." in page
    assert "We have sent a mail" not in told(client.get(address))


def test_the_link_of_the_mail_confirms_and_leads_back_to_the_article(client: Client, article: Article) -> None:
    address = article.get_absolute_url()
    sign_up(client, next=address)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["mira@example.org"], "[The Newsroom] Please confirm your e-mail address")
    ]
    asked = client.get(link_of())
    assert "Is mira@example.org your address?" in told(asked)
    assert not EmailAddress.objects.get().verified  # a mailbox that opens every link confirms nothing

    answer = client.post(link_of())
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert has_verified_address(User.objects.get())
    assert "Your e-mail address mira@example.org is confirmed." in told(client.get(address))
    assert addresses_of(User.objects.get()) == Addresses(confirmed="mira@example.org")


def test_on_another_device_the_link_leads_to_the_article_by_way_of_the_log_in(
    client: Client, article: Article
) -> None:
    address = article.get_absolute_url()
    sign_up(client, next=address)
    telephone = Client()
    answer = telephone.post(link_of())
    assert answer["Location"] == f"/accounts/login/?next={address.replace('/', '%2F')}"
    assert "Your e-mail address mira@example.org is confirmed." in told(telephone.get(answer["Location"]))
    entered = {"username": "mira@example.org", "password": "a-good-word-7", "next": address}
    assert telephone.post("/accounts/login/", entered)["Location"] == address


def test_without_an_article_to_return_to_the_own_page_follows(client: Client) -> None:
    assert sign_up(client)["Location"] == "/accounts/"
    assert client.post(link_of())["Location"] == "/accounts/"
    page = told(client.get("/accounts/"))
    assert "mira@example.org · confirmed" in page
    assert "Send the mail again" not in page


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_way_leads_to_another_site(client: Client, elsewhere: str) -> None:
    assert sign_up(client, next=elsewhere)["Location"] == "/accounts/"
    assert "next" not in link_of()
    assert client.post(link_of(), {"next": elsewhere})["Location"] == "/accounts/"
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": "mira@example.org", "next": elsewhere})
    assert "next" not in link_of()
    shown = client.get("/accounts/email/", {"next": elsewhere}, follow=True).content.decode()
    assert f'href="{elsewhere}"' not in shown


@pytest.mark.parametrize("key", ["nonsense", "MQ:1xVAjB:nonsense", "MQ:%20:x"])
def test_a_wrong_link_says_so(client: Client, key: str) -> None:
    address = f"/accounts/confirm-email/{key}/"
    if "%" in key:
        assert client.get(address).status_code == 404
        return
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 200
        assert "This link confirms nothing" in told(answer)


def test_a_link_works_for_three_days_and_once(client: Client) -> None:
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)) as clock:
        sign_up(client)
        clock.shift(timedelta(days=3, seconds=1))
        assert "it is too old" in told(client.get(link_of()))
        assert "it is too old" in told(client.post(link_of()))
        assert not EmailAddress.objects.get().verified
        clock.shift(timedelta(days=-1))
        assert client.post(link_of()).status_code == 302
        assert "It has been used already" in told(client.post(link_of()))
        assert EmailAddress.objects.get().verified


def test_the_mail_is_sent_again_with_the_way_back(client: Client, article: Article) -> None:
    address = article.get_absolute_url()
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)) as clock:
        sign_up(client)
        again = {"action_send": "1", "email": "mira@example.org", "next": address}
        answer = client.post("/accounts/email/", again, follow=True)
        assert "A mail went out just now. Please wait a minute" in told(answer)
        assert len(mail.outbox) == 1
        clock.shift(timedelta(seconds=61))
        answer = client.post("/accounts/email/", again, follow=True)
        assert "We have sent a mail to mira@example.org" in told(answer)
        assert f'<a href="{address}">Back to the page you came from</a>' in answer.content.decode()
        assert len(mail.outbox) == 2
        assert client.post(link_of())["Location"] == address


def test_nobody_has_a_mail_sent_for_an_address_of_others(client: Client, person) -> None:
    other = person("other", email="other@example.org")
    EmailAddress.objects.create(user=other, email=other.email)
    client.force_login(person("reader", email="reader@example.org"))
    client.post("/accounts/email/", {"action_send": "1", "email": "other@example.org"})
    assert mail.outbox == []


def test_a_mistyped_address_is_changed_after_the_password_was_typed_again(client: Client) -> None:
    sign_up(client, email="mria@example.org")
    changed = {"action_add": "1", "email": "mira@example.org"}
    asked = client.post("/accounts/email/", changed)
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    wrong = client.post(asked["Location"], {"password": "not-it", "next": "/accounts/email/"})
    assert "This is not your password." in told(wrong)
    client.post(asked["Location"], {"password": MIRA["password1"], "next": "/accounts/email/"})
    assert [one.to for one in mail.outbox] == [["mria@example.org"], ["mira@example.org"]]
    client.post(link_of())
    assert addresses_of(User.objects.get()) == Addresses(confirmed="mira@example.org")
    assert User.objects.get().email == "mira@example.org"
    assert "This link confirms nothing" in told(client.get(link_of(0)))


def test_the_old_address_stays_until_the_new_one_is_confirmed(client: Client) -> None:
    sign_up(client)
    client.post(link_of())
    mira = User.objects.get()
    EmailAddress.objects.create(user=mira, email="new@example.org")
    assert addresses_of(mira) == Addresses(confirmed="mira@example.org", waiting="new@example.org")
    assert has_verified_address(mira)
    page = told(client.get("/accounts/"))
    assert "mira@example.org · confirmed new@example.org · not yet confirmed" in page
    assert "Keep the old address" in page


def test_sign_up_does_not_tell_who_has_an_account(client: Client, person) -> None:
    owner = person("mira", email="mira@example.org")
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    known, unknown = sign_up(client), sign_up(Client(), email="nobody@example.org")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    page = told(client.get("/accounts/"))
    assert "mira@example.org · not yet confirmed" in page
    assert "We have sent a mail to mira@example.org" in page
    assert [one.subject for one in mail.outbox] == [
        "[The Newsroom] You have an account already",
        "[The Newsroom] Please confirm your e-mail address",
    ]
    assert "confirm-email" not in mail.outbox[0].body
    assert link_of(0) == "/accounts/login/"


def test_whoever_takes_an_address_first_does_not_keep_its_owner_out(client: Client) -> None:
    sign_up(Client(), display_name="A thief", password1="the-word-of-a-thief")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        sign_up(client)
        client.post(link_of())
    mira = EmailAddress.objects.get(verified=True).user
    assert mira.display_name == "Mira K."
    entered = {"username": "mira@example.org", "password": "the-word-of-a-thief"}
    assert "do not belong together" in told(Client().post("/accounts/login/", entered))
    thief = User.objects.exclude(pk=mira.pk).get()
    assert not has_verified_address(thief)


@pytest.mark.parametrize(
    ("differing", "said"),
    [
        ({"display_name": ""}, "This field is required."),
        ({"display_name": "   "}, "This field is required."),
        ({"display_name": "..."}, "Please write a name with a letter in it."),
        ({"display_name": "Mira\u202eK"}, "Please write your name in letters that can be seen."),
        ({"display_name": "M" * 81}, "Ensure this value has at most 80 characters"),
        ({"email": "mira"}, "Enter a valid email address."),
        ({"email": ""}, "This field is required."),
        ({"password1": "12345678"}, "This password is too common."),
        ({"password1": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: Client, differing: dict[str, str], said: str) -> None:
    page = sign_up(client, **differing)
    assert page.status_code == 200
    name = next(iter(differing))
    field = page.content.decode().split(f'for="id_{name}"')[1].split('<div class="field">')[0]
    assert said in field
    assert 'aria-invalid="true"' in field
    assert f'id="id_{name}_error"' in field
    assert User.objects.count() == 0


def test_a_persian_name_keeps_its_joiners(client: Client) -> None:
    sign_up(client, display_name="  نازنین\u200cزهرا   ")
    assert User.objects.get().display_name == "نازنین\u200cزهرا"


def test_a_mail_server_that_is_away_does_not_undo_the_account(client: Client, monkeypatch) -> None:
    from django.core.mail import EmailMessage

    def refused(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", refused)
    assert sign_up(client)["Location"] == "/accounts/"
    page = told(client.get("/accounts/"))
    assert "The mail could not be sent. Please ask for it again in a few minutes." in page
    assert "We have sent a mail" not in page
    assert "mira@example.org · not yet confirmed" in page


def test_the_mails_say_nothing_that_a_stranger_wrote(client: Client) -> None:
    sign_up(client, display_name="Cheap watches at offer.example")
    assert "offer.example" not in mail.outbox[0].body + mail.outbox[0].subject
