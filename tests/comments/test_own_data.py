"""Readers take along and erase what is theirs, on pages of their own."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from comments.models import Comment, Restriction
from newsroom.accounts.models import User
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db

EXPORT, ERASE = "/comments/export/", "/comments/erase/"
SURE = {"sure": "yes"}


@pytest.fixture
def says(article: Article) -> Callable[..., HttpResponse]:
    def say(reader: Client, text: str, **differing: Any) -> HttpResponse:
        reader.get(article.get_absolute_url())
        sent = {"target": f"articles.article:{article.pk}", "text": text, "name": "", "email": ""}
        answer = reader.post(reverse("comments:post"), sent | differing)
        assert answer.status_code == 303
        return answer

    return say


def taken_along(reader: Client) -> list[str]:
    answer = reader.get(EXPORT)
    assert answer["Content-Disposition"] == 'attachment; filename="comments.json"'
    assert "no-store" in answer["Cache-Control"]
    return [one["as_typed"] for one in json.loads(b"".join(answer.streaming_content))["comments"]]


def logged_in(user: User) -> Client:
    """With the password, a moment ago."""
    client = Client()
    client.force_login(user)
    client.post("/accounts/reauthenticate/", {"password": "newsroom"})
    return client


def test_a_guest_takes_along_and_erases_what_this_browser_wrote(says) -> None:
    guest, other = Client(), Client()
    says(guest, "Mine", name="Gus Guest")
    says(other, "Somebody else's")
    assert taken_along(guest) == ["Mine"]
    assert "1 comment</li>" in guest.get(ERASE).content.decode()
    answer = guest.post(ERASE, SURE)
    assert "1 comment is erased, and what was said in 0 reports." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert sorted(Comment.objects.values_list("source", "name")) == [("", ""), ("Somebody else's", "")]
    assert guest.cookies["comment_author"].value == ""
    assert "We keep no comments of this browser." in guest.get(ERASE).content.decode()
    assert taken_along(other) == ["Somebody else's"]


def test_nothing_is_erased_without_the_box_or_by_looking(says) -> None:
    guest = Client()
    says(guest, "Mine")
    assert guest.get(ERASE, SURE).status_code == 200
    for sent in ({}, {"sure": "no"}, {"sure": "yes\x00"}):
        answer = guest.post(ERASE, sent)
        assert answer.status_code == 422
        assert "Please tick the box" in answer.content.decode()
    forging = Client(enforce_csrf_checks=True, headers={"cookie": guest.cookies.output(header="", sep=";")})
    assert forging.post(ERASE, SURE).status_code == 403
    assert Comment.objects.get().source == "Mine"


def test_a_stranger_finds_nothing(says) -> None:
    says(Client(), "Somebody's")
    stranger = Client()
    assert taken_along(stranger) == []
    stranger.cookies["comment_author"] = "forged:cookie"
    assert taken_along(stranger) == []
    assert "We keep no comments of this browser." in stranger.get(ERASE).content.decode()
    stranger.post(ERASE, SURE)
    assert Comment.objects.get().source == "Somebody's"


def test_an_account_has_what_it_wrote_anywhere_and_under_its_address(says, registered) -> None:
    mira = registered("mira")
    at_home, at_work = logged_in(mira), logged_in(mira)
    says(at_work, "At work")
    says(Client(), "Without logging in", email="mira@example.org")
    says(Client(), "With another's address", email="nadia@example.org")
    assert taken_along(at_home) == ["At work", "Without logging in"]
    assert at_home.post(ERASE, SURE).status_code == 200
    assert sorted(Comment.objects.values_list("source", flat=True)) == ["", "", "With another's address"]


def test_erasing_an_account_s_comments_asks_for_the_password_again(says, registered, signed_in) -> None:
    mira = registered("mira")
    long_logged_in = signed_in(mira)
    says(long_logged_in, "Mine")
    for answer in (long_logged_in.get(ERASE), long_logged_in.post(ERASE, SURE)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert Comment.objects.get().source == "Mine"
    answer = long_logged_in.post(answer["Location"], {"password": "newsroom"})  # goes on with what was sent
    assert "1 comment is erased" in answer.content.decode()
    assert Comment.objects.get().source == ""


def test_the_own_page_leads_to_both(registered, signed_in) -> None:
    page = signed_in(registered("mira")).get("/accounts/").content.decode()
    assert f'href="{EXPORT}"' in page
    assert f'href="{ERASE}"' in page


def test_erasing_is_no_way_out_of_a_ban(says) -> None:
    guest = Client()
    says(guest, "Something rude")
    key = Comment.objects.get().author_key
    Restriction.objects.create(author_key=key, shown_name="Gus", note="Rude")
    assert "A ban that is in force stays" in guest.get(ERASE).content.decode()
    guest.post(ERASE, SURE)
    assert Restriction.objects.values_list("author_key", "shown_name", "note").get() == (key, "", "")
    assert guest.cookies["comment_author"].value != ""
