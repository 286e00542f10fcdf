"""A reader's page of what they have written, and what became of it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from comments import authors, moderation
from comments.models import Appeal, Comment, Decision, Thread
from comments.states import State

MINE = "/comments/mine/"


@pytest.fixture
def guest() -> Client:
    """A browser that has commented before, without an account."""
    return browser_of("guest")


def browser_of(number: str) -> Client:
    client = Client()
    client.cookies[authors.COOKIE] = signing.Signer(salt=authors.SALT).sign(number)
    return client


KEY = authors.Author("guest").key


def text_of(client: Client, path: str = MINE) -> str:
    answer = client.get(path)
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "no-store" in answer["Cache-Control"]
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def settled(days: int = 0) -> None:
    Decision.objects.update(settles_at=None, made_at=timezone.now() - timedelta(days=days))


def test_a_guest_sees_each_comment_with_what_became_of_it(guest, written, moderator) -> None:
    own = {"author_key": KEY}
    written("Being looked at by the machine.", screened_at=None, **own)
    written("For a person to decide.", **own)
    written("For everybody.", state=State.APPROVED, **own)
    rejected = written("Beside the point.", reasons=[{"rule": "links", "weight": 0.2}], score=0.71, **own)
    spam = written("Cheap tyres.", reasons=[{"rule": "links", "weight": 0.5}], score=0.97, **own)
    gone = written("Not meant so.", **own)
    moderation.decide(rejected, "reject", by=moderator, reason="off-topic", note="Third time this week.")
    moderation.decide(spam, "spam", rule="screening", reason="advertising")
    moderation.decide(gone, "remove", rule="author")
    settled()
    page = text_of(guest)
    for said in (
        "Being looked at by the machine. It is being checked.",
        "For a person to decide. It waits for a moderator.",
        "For everybody. Published",
        "Beside the point. It was turned down: Not about the article. A person decided so on",
        "Cheap tyres. It was taken for advertising, and is not shown. This was decided automatically on",
        "Removed.",
    ):
        assert said in page
    for never in ("Third time this week", "0.71", "0.97", "screening", "links", "moderator 0", "Not meant so"):
        assert never not in page
    assert page.count("Another person than before decides.") == 2


def test_others_comments_are_not_there(guest, written, registered, signed_in) -> None:
    account = registered()
    written("By the account, in this browser.", author_key=KEY, author=account)
    written("By nobody known.")
    written("By another browser.", author_key=authors.Author("another").key)
    for stranger in (guest, Client(), browser_of("x" * 300)):
        assert "There is nothing yet." in text_of(stranger)
    forged = Client()
    forged.cookies[authors.COOKIE] = "guest:forged"
    assert "There is nothing yet." in text_of(forged)
    assert "By the account, in this browser." in text_of(signed_in(account))
    assert "By nobody known." not in text_of(signed_in(account))


def test_nobody_is_told_of_what_may_be_taken_back_in_a_moment(guest, written, moderator) -> None:
    comment = written(author_key=KEY)
    moderation.decide(comment, "reject", by=moderator)
    assert "It waits for a moderator." in text_of(guest)
    assert "turned down" not in text_of(guest)
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert "It was turned down." in text_of(guest)


def test_an_appeal_from_the_page_and_what_came_of_it(guest, written, moderator, person) -> None:
    comment = written(author_key=KEY)
    moderation.decide(comment, "reject", by=moderator)
    settled()
    address = f"{MINE}{comment.pk}/appeal/"
    refused = guest.post(address, {"text": "<b>long</b>" * 4000})
    assert refused.status_code == 422
    assert "&lt;b&gt;long&lt;/b&gt;" in refused.content.decode()
    assert "at most 1000 fit" in refused.content.decode()
    answer = guest.post(address, {"text": "It is about the pier."})
    assert (answer.status_code, answer["Location"]) == (303, f"{MINE}#comment-{comment.pk}")
    assert Appeal.objects.get().text == "It is about the pier."
    assert "Another person will decide." in text_of(guest)
    assert guest.post(address).status_code == 409
    comment.refresh_from_db()
    moderation.decide(comment, "keep", by=person("second", "Moderator"))
    assert "the decision stands" in text_of(guest)


def test_after_sixty_days_no_appeal_is_offered(guest, written, moderator) -> None:
    comment = written(author_key=KEY)
    moderation.decide(comment, "reject", by=moderator)
    settled(days=61)
    assert "Ask for a second look" not in text_of(guest)


@pytest.mark.parametrize("state", [State.PENDING, State.APPROVED, State.REJECTED, State.SPAM])
def test_a_guest_removes_what_is_theirs(guest, written, state) -> None:
    comment = written(author_key=KEY, state=state)
    assert guest.post(f"{MINE}{comment.pk}/remove/").status_code == 303
    assert (Comment.objects.get().state, Thread.objects.get().approved) == (State.REMOVED, 0)
    assert Decision.objects.values_list("by", "rule", "action").get() == (None, "author", "remove")
    assert guest.post(f"{MINE}{comment.pk}/remove/").status_code == 409


def test_an_account_removes_what_is_its_own_and_nothing_else(written, registered, signed_in) -> None:
    account = registered()
    own, others = written(author=account), written(author_key=KEY)
    browser = signed_in(account)
    assert browser.post(f"{MINE}{own.pk}/remove/").status_code == 303
    assert browser.post(f"{MINE}{others.pk}/remove/").status_code == 404
    assert Decision.objects.values_list("by", "rule", "comment").get() == (account.pk, "", own.pk)


def test_another_site_cannot_remove(written) -> None:
    comment = written(author_key=KEY)
    client = Client(enforce_csrf_checks=True)
    client.cookies[authors.COOKIE] = signing.Signer(salt=authors.SALT).sign("guest")
    assert client.post(f"{MINE}{comment.pk}/remove/").status_code == 403


def test_page_after_page_each_comment_once(guest, written, settings) -> None:
    settings.COMMENTS = {"PAGE_SIZE": 2}
    for number in range(5):
        written(f"Number {number}.", author_key=KEY)
    seen, path = [], MINE
    while path:
        html = guest.get(path).content.decode()
        seen += re.findall(r"Number \d", html)
        further = re.search(r'href="(\?after=[^"]+)" rel="next"', html)
        path = further and MINE + further[1]
    assert seen == [f"Number {number}" for number in (4, 3, 2, 1, 0)]
    for nonsense in ("x", "9" * 40 + "-1", "1-" + "9" * 40, "٣-٣"):
        assert guest.get(MINE, {"after": nonsense}).status_code == 200


@pytest.mark.parametrize("number", [1, 4])
def test_the_page_costs_the_same_for_one_comment_and_for_four(
    guest, written, moderator, number, django_assert_max_num_queries
) -> None:
    for _one in range(number):
        moderation.decide(written(author_key=KEY), "reject", by=moderator)
    guest.get(MINE)
    with django_assert_max_num_queries(6):  # comments, decisions, articles; content types, and the page's sections
        guest.get(MINE)


def test_the_way_to_the_page(guest, article, written, registered, signed_in) -> None:
    guest.get(article.get_absolute_url())
    written("Mine, and waiting.", author_key=KEY)
    assert f'<a href="{MINE}">Your comments</a>' in guest.get(article.get_absolute_url()).content.decode()
    assert f'<a href="{MINE}">Your comments</a>' in signed_in(registered()).get("/accounts/").content.decode()


@pytest.mark.django_db
def test_the_page_leads_to_taking_along_and_to_erasing(client) -> None:
    page = client.get("/comments/mine/").content.decode()
    assert 'href="/comments/export/"' in page
    assert 'href="/comments/erase/"' in page
