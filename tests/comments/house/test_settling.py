"""The owner fills in the rules of the house, lists of words and breaking news, and sees what they would do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import timezone

from comments import house, threads
from comments.models import BreakingNews, Comment, House, WordList
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db

HOUSE, LISTS, NEWS = (
    "/admin/comments/house/1/change/",
    "/admin/comments/wordlist/",
    "/admin/comments/breakingnews/",
)
AS_IT_COMES = {
    "guests": "score",
    "newcomer_approvals": "2",
    "history_percent": "30",
    "history_days": "7",
    "hold_disposable": "on",
    "undo_seconds": "10",
}


@pytest.fixture
def owner(person: Callable[..., User], signed_in) -> Client:
    client = signed_in(person("owner", "Owner", is_staff=True))
    client.get("/admin/comments/house/")
    return client


@pytest.fixture
def earlier(article: Article) -> Callable[..., Comment]:
    def make(text: str = "What I think.", *, days_ago: float = 1, **differing: object) -> Comment:
        at = timezone.now() - timedelta(days=days_ago)
        thread = threads.open_thread(ArticleTarget(article))
        return Comment.objects.create(thread=thread, source=text, html="", submitted_at=at, **differing)

    return make


BANNER = Template("{% load comments_house %}{% breaking_news %}")


def text_of(page) -> str:
    return " ".join(page.content.decode().split())


# --- the rules of the house -------------------------------------------------------------------------------


def test_the_house_is_one_row_whose_list_is_its_form(owner: Client) -> None:
    assert owner.get("/admin/comments/house/").headers["Location"] == HOUSE
    assert owner.get("/admin/comments/house/add/").status_code == 403
    assert owner.get("/admin/comments/house/1/delete/").status_code == 403
    assert owner.get(HOUSE).status_code == 200


def test_what_is_saved_holds_at_once_and_is_in_the_history(owner: Client, article: Article) -> None:
    assert threads.mode_of(ArticleTarget(article), None) == "open"
    saved = owner.post(HOUSE, AS_IT_COMES | {"mode": "held", "email_domains": "wait.example"}, follow=True)
    assert "was changed successfully" in text_of(saved)
    assert threads.mode_of(ArticleTarget(article), None) == "held"
    assert LogEntry.objects.get().change_message
    assert "wait.example" in text_of(owner.get(HOUSE))


def test_what_tasks_note_in_the_row_is_not_taken_back_by_a_form(owner: Client) -> None:
    House.objects.update(alarmed_at=timezone.now())
    owner.post(HOUSE, AS_IT_COMES | {"mode": "held"})
    assert House.objects.get().alarmed_at


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email_domains": "ok.example\n\nnot a domain"}, "Line 3: “not a domain” is no domain"),
        ({"email_domains": "\ncom"}, "Line 2: “com” is no domain; write it like example.org."),
        ({"email_domains": "a\0b.example"}, "Line 1: “a�b.example” is no domain; write it like example.org."),
        ({"email_domains": "x" * 100_001}, "These are 100001 characters; at most 100000 are kept."),
        ({"history_percent": "101"}, "Ensure this value is less than or equal to 100."),
        ({"history_days": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"close_after_days": str(2**63)}, "Ensure this value is less than or equal to"),
        ({"close_after_days": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"mode": "sleepy"}, "Select a valid choice."),
        ({"mode": "open"}, "Select a valid choice."),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_named_and_nothing_is_lost(owner: Client, typed: dict[str, str], said: str) -> None:
    page = owner.post(HOUSE, AS_IT_COMES | {"most_links": "7"} | typed)
    assert said in text_of(page)
    assert 'value="7"' in text_of(page)
    assert House.objects.get().most_links is None
    assert "Preview: nothing has been saved" not in text_of(
        owner.post(HOUSE, AS_IT_COMES | typed | {"_preview": "1"})
    )


def outcomes(page) -> dict[str, str]:
    return {str(one.name): one.said for one in page.context["preview"].outcomes if one.held}


def test_the_preview_counts_what_each_rule_would_have_held_and_saves_nothing(
    owner: Client, earlier, registered, moderator
) -> None:
    reader = registered()
    earlier("One", state="approved", author=reader, days_ago=3)
    earlier("Two", state="pending", author=reader, days_ago=2)
    earlier("https://a.example/1 https://b.example/2", state="approved", email="x@deep.wait.example")
    earlier("Old", state="approved", author=reader, days_ago=31)
    earlier("Imported", state="approved", author=moderator, origin="wxr:1")
    earlier("Gone", state="removed", author=reader)
    typed = AS_IT_COMES | {"guests": "hold", "newcomer_approvals": "2", "most_links": "1",
                           "email_domains": "wait.example"}  # fmt: skip
    before = list(House.objects.values())
    page = owner.post(HOUSE, typed | {"_preview": "1"})
    assert outcomes(page) == {
        "Readers without an account": "This would have held 1 comment, 1 of them approved.",
        "Newcomers": "This would have held 1 comment, 1 of them approved.",
        "Links": "This would have held 1 comment, 1 of them approved.",
        "E-mail addresses": "This would have held 1 comment, 1 of them approved.",
    }
    assert "Preview: nothing has been saved" in text_of(page)
    assert "Looked at: the 4 comments of the last 30 days." in text_of(page)
    assert "Please correct the error" not in text_of(page)
    assert list(House.objects.values()) == before
    assert not LogEntry.objects.exists()


def test_modes_and_ages_are_previewed_as_of_when_the_comments_came(
    owner: Client, earlier, article: Article
) -> None:
    Article.objects.update(published_at=timezone.now() - timedelta(days=10))
    earlier("Early", days_ago=9, state="approved")
    earlier("Late", days_ago=4, state="approved")
    earlier("Latest", days_ago=1, state="rejected")
    page = owner.post(HOUSE, AS_IT_COMES | {"hold_after_days": "5", "close_after_days": "8", "_preview": "1"})
    assert outcomes(page) == {
        "Modes and ages: each comment waits": "This would have held 1 comment, 1 of them approved.",
        "Modes and ages: closed": "This would have refused 1 comment, 0 of them approved.",
    }


def test_the_preview_says_what_the_saved_rules_do(owner: Client, earlier) -> None:
    House.objects.update(guests="hold")
    for number in range(3):
        earlier(f"Remark {number}", state="approved")
    page = owner.post(HOUSE, AS_IT_COMES | {"_preview": "1"})
    assert "As saved: 3 comments." in text_of(page)
    assert outcomes(page) == {}


def test_examples_are_what_would_wait_now_and_did_not_have_to(owner: Client, earlier) -> None:
    told = earlier("<b>See</b> https://a.example/1 https://b.example/2", state="approved")
    page = text_of(owner.post(HOUSE, AS_IT_COMES | {"most_links": "1", "_preview": "1"}))
    assert f'<a href="/admin/comments/comment/{told.pk}/change/" dir="auto">&lt;b&gt;See&lt;/b&gt; https' in page


def test_examples_are_shown_to_those_who_may_see_comments(earlier, person, signed_in) -> None:
    earlier("The crane again", state="approved")
    for group, sees in (("Moderator", True), ("Lists only", False)):
        user = person(group.lower(), group, is_staff=True)
        if not sees:
            user.user_permissions.set(Permission.objects.filter(codename="add_wordlist"))
        typed = {"name": "Cranes", "entries": "crane", "holds": "on", "_preview": "1"}
        page = text_of(signed_in(user).post(f"{LISTS}add/", typed))
        assert "This would have held 1 comment, 1 of them approved." in page
        assert ("The crane again" in page) is sees


def test_a_preview_of_many_says_how_many_it_looked_at(owner: Client, earlier, monkeypatch) -> None:
    monkeypatch.setattr("comments.previewing.MOST_LOOKED_AT", 2)
    for number in range(3):
        earlier(f"Remark {number}", state="approved")
    page = owner.post(HOUSE, AS_IT_COMES | {"guests": "hold", "_preview": "1"})
    assert "Looked at: the newest 2 comments of the last 30 days; there are more." in text_of(page)
    assert outcomes(page) == {"Readers without an account": "This would have held 2 comments, 2 of them approved."}


def test_a_preview_costs_the_same_number_of_queries_whatever_it_looks_at(
    owner: Client, earlier, django_assert_max_num_queries
) -> None:
    for number in range(12):
        earlier(f"Remark {number}", state="approved")
    with django_assert_max_num_queries(16):
        owner.post(HOUSE, AS_IT_COMES | {"_preview": "1"})


# --- lists of words ---------------------------------------------------------------------------------------


def test_a_list_is_previewed_and_then_saved(owner: Client, earlier) -> None:
    earlier("What an idiotic idea", state="approved")
    earlier("idiots", state="rejected")
    typed = {"name": "Insults", "entries": "# strong ones\nidiot*", "holds": "on"}
    page = owner.post(f"{LISTS}add/", typed | {"_preview": "1"})
    assert outcomes(page) == {"Insults": "This would have held 2 comments, 1 of them approved."}
    assert not WordList.objects.exists()
    owner.post(f"{LISTS}add/", typed)
    assert WordList.objects.get().entries == "# strong ones\nidiot*"
    changed = owner.post(
        f"{LISTS}{WordList.objects.get().pk}/change/", typed | {"entries": "idea", "_preview": "1"}
    )
    assert outcomes(changed) == {"Insults": "This would have held 1 comment, 1 of them approved."}
    assert "As saved: 2 comments." in text_of(changed)
    assert WordList.objects.get().entries == "# strong ones\nidiot*"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("\n\ncat\n*", "Line 4: an asterisk needs at least two letters in its word"),
        ("*" * 10_000, "Line 1: it is longer than 200 characters."),
        ("cat\nca\0t", "Line 2: it has a character that cannot be stored."),
        ("x" * 1_000_001, "The list has 1000001 characters; at most 1000000 are kept."),
        ("!\n" * 12, "2 more lines like these."),
        ("# only a remark", "Write at least one word."),
        ("", "This field is required."),
    ],
)
def test_a_line_that_cannot_be_looked_for_is_named_in_the_form(owner: Client, entries: str, said: str) -> None:
    page = owner.post(f"{LISTS}add/", {"name": "Bad", "entries": entries, "holds": "on"})
    assert page.status_code == 200
    assert said in text_of(page)
    assert not WordList.objects.exists()


def test_a_list_stands_in_the_admin_s_list_with_its_state(owner: Client) -> None:
    WordList.objects.create(name="Now", entries="cat")
    WordList.objects.create(name="Then", entries="cat", until=timezone.now())
    page = text_of(owner.get(LISTS))
    assert page.count(">in force<") == 1
    assert page.count(">ended<") == 1


# --- breaking news ----------------------------------------------------------------------------------------


def test_breaking_news_ends_after_the_hours_that_are_chosen(owner: Client, moderator, signed_in) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        client = signed_in(moderator)
        client.post(f"{NEWS}add/", {"why": "Storm", "mode": "held", "lasts": "6"})
        news = BreakingNews.objects.get()
        assert (news.until, news.by, news.section) == (timezone.now() + timedelta(hours=6), moderator, "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose how long it lasts, or when it ends."),
        ({"until_0": "2001-01-01", "until_1": "10:00"}, "This moment is over. Choose a later one."),
        ({"lasts": "6", "section": "nowhere"}, "No comments have been written in such a section."),
        ({"lasts": "7"}, "Select a valid choice."),
        ({"lasts": "6", "mode": "open"}, "Select a valid choice."),
        ({"until_0": "soon", "until_1": "x"}, "Enter a valid date"),
    ],
)
def test_breaking_news_must_have_an_end(owner: Client, typed: dict[str, str], said: str) -> None:
    page = owner.post(f"{NEWS}add/", {"mode": "held"} | typed)
    assert said in text_of(page)
    assert not BreakingNews.objects.exists()


def test_breaking_news_is_previewed_by_as_long_a_time_before_now(owner: Client, earlier) -> None:
    earlier("An hour ago", days_ago=1 / 24, state="approved")
    earlier("Yesterday", days_ago=1.5, state="approved")
    page = owner.post(f"{NEWS}add/", {"mode": "held", "lasts": "6", "_preview": "1"})
    assert outcomes(page) == {
        "In as long a time before now": "This would have held 1 comment, 1 of them approved."
    }
    page = owner.post(f"{NEWS}add/", {"mode": "closed", "lasts": "72", "_preview": "1"})
    assert outcomes(page) == {
        "In as long a time before now": "This would have refused 2 comments, 2 of them approved."
    }


def test_it_is_ended_by_a_button_and_the_page_goes_back_to_where_the_button_was(owner: Client) -> None:
    news = BreakingNews.objects.create(mode="held", until=timezone.now() + timedelta(hours=1))
    assert house.running_now() == [news]
    end = f"{NEWS}{news.pk}/end/"
    assert end in text_of(owner.get(f"{NEWS}{news.pk}/change/"))
    assert owner.get(end).status_code == 302
    assert house.running_now() == [news]
    answer = owner.post(end, {"next": "/admin/comments/comment/"})
    assert answer.headers["Location"] == "/admin/comments/comment/"
    assert house.running_now() == []
    again = owner.post(end, {"next": "https://elsewhere.example/"}, follow=True)
    assert "It had ended already." in text_of(again)
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Ended."]
    assert owner.post(f"{NEWS}{2**64}/end/").status_code == 404


def test_who_may_not_change_it_cannot_end_it(person, signed_in) -> None:
    news = BreakingNews.objects.create(mode="held", until=timezone.now() + timedelta(hours=1))
    client = signed_in(person("section", "Section moderator", is_staff=True))
    assert client.post(f"{NEWS}{news.pk}/end/").status_code == 403
    assert client.get("/admin/comments/house/").status_code == 403
    assert house.running_now() == [news]


def test_the_desk_shows_what_runs_with_its_end(moderator, person) -> None:
    news = BreakingNews.objects.create(
        mode="closed", why="<b>Storm</b>", until=timezone.now() + timedelta(hours=1)
    )
    request = RequestFactory().get("/admin/desk/?tab=pending")
    for user, may_end in ((moderator, True), (person("looker", is_staff=True), False)):
        request.user = user
        shown = BANNER.render(Context({"request": request}))
        assert "&lt;b&gt;Storm&lt;/b&gt;" in shown
        assert (f"{NEWS}{news.pk}/end/" in shown) is may_end
    with time_machine.travel(news.until, tick=False):
        assert BANNER.render(Context({"request": request})).strip() == ""


@pytest.mark.parametrize("kind", ["wordlist", "breakingnews"])
def test_a_moment_in_the_address_that_is_none_does_no_harm(owner: Client, kind: str) -> None:
    assert owner.get(f"/admin/comments/{kind}/add/?until=/admin/").status_code == 200
