"""What stands in the queue, in which order, for whom, and what each row shows."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.checks import run_checks
from django.test import Client

from comments.models import Appeal, Comment, Decision, Report, Restriction, SectionModerator, WordList
from comments.states import State
from newsroom.accounts.models import User
from tests.comments.desk.conftest import NOON, QUEUE, listed

pytestmark = pytest.mark.django_db

LINKS = {"rule": "links", "weight": 1.5, "params": {"count": 1, "hosts": "a.example"}, "spans": [[4, 22]]}
CAPITALS = {"rule": "shouting", "weight": 0.7, "params": {}, "spans": []}


@pytest.fixture
def one_of_each(said, thread) -> dict[str, Comment]:
    """A comment for each tab, each saying the tab's name."""
    made = {state.value: said(state.value, state=state) for state in State if state is not State.REMOVED}
    made["reported"] = said("reported", state=State.APPROVED, open_reports=1, report_weight=1)
    Report.objects.create(comment=made["reported"], reason="abuse", note="He calls her names.", weight=0.5)
    made["appeals"] = said("appeals", state=State.REJECTED, has_open_appeal=True)
    contested = Decision.objects.create(
        comment=made["appeals"], action="reject", before="pending", after="rejected"
    )
    Appeal.objects.create(comment=made["appeals"], contested=contested, text="I only asked a question.")
    said("removed", state=State.REMOVED)
    return made


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("pending", ["pending"]),
        ("reported", ["reported"]),
        ("appeals", ["appeals"]),
        ("spam", ["spam"]),
        ("approved", ["reported", "approved"]),
        ("rejected", ["appeals", "rejected"]),
    ],
)
def test_each_tab_has_its_comments_and_the_right_number(desk, one_of_each, tab: str, expected: list[str]) -> None:
    page = desk.get(QUEUE, {"tab": tab})
    assert listed(page) == expected
    assert {one["tab"]: one["number"] for one in page.context["tabs"]} == {
        "pending": 1, "reported": 1, "appeals": 1, "spam": 1, "approved": 2, "rejected": 2,
    }  # fmt: skip
    assert [one["tab"] for one in page.context["tabs"] if one["is_current"]] == [tab]


def test_without_a_tab_it_is_what_waits(desk, one_of_each) -> None:
    assert listed(desk.get(QUEUE)) == ["pending"]


def test_what_is_being_checked_is_counted_apart_and_listed_only_when_it_is_late(desk, said) -> None:
    with time_machine.travel(NOON, tick=False):
        said("held", submitted_at=NOON - timedelta(minutes=5))
        said("fresh", screened_at=None, submitted_at=NOON - timedelta(seconds=59))
        page = desk.get(QUEUE)
        assert listed(page) == ["held"]
        assert "1 comment is being checked" in page.content.decode()
        assert not page.context["checking_is_late"]
    with time_machine.travel(NOON + timedelta(seconds=2), tick=False):
        page = desk.get(QUEUE)
        assert listed(page) == ["held", "fresh"]
        assert page.context["checking_is_late"]
        assert next(one["number"] for one in page.context["tabs"] if one["tab"] == "pending") == 1


def test_the_most_urgent_comes_first_unless_one_asks_for_the_oldest(desk, said) -> None:
    said("oldest", submitted_at=NOON - timedelta(hours=3))
    said("reported", submitted_at=NOON, report_weight=1, open_reports=1)
    said("likely spam", submitted_at=NOON - timedelta(hours=2), score=0.9)
    assert listed(desk.get(QUEUE)) == ["reported", "likely spam", "oldest"]
    assert listed(desk.get(QUEUE, {"order": "time"})) == ["oldest", "likely spam", "reported"]


@pytest.mark.parametrize(
    ("tab", "order"), [("pending", "urgency"), ("pending", "time"), ("approved", "urgency"), ("reported", "time")]
)
def test_pages_follow_each_other_without_gap_or_repetition(desk, said, thread, tab: str, order: str) -> None:
    """Also where many came in the same moment, and while what was on the page before goes away."""
    state = State.PENDING if tab == "pending" else State.APPROVED
    moments = [NOON + timedelta(seconds=number // 10) for number in range(120)]
    Comment.objects.bulk_create(
        Comment(
            thread=thread, source=f"{number:03}", html="", state=state, screened_at=NOON,
            submitted_at=moment, urgent_at=moment, open_reports=int(tab == "reported"),
        )
        for number, moment in enumerate(moments)
    )  # fmt: skip
    first = desk.get(QUEUE, {"tab": tab, "order": order})
    assert len(listed(first)) == 50
    Comment.objects.filter(source__in=listed(first)).update(state=State.SPAM, open_reports=0)
    second = desk.get(QUEUE + first.context["next"])
    third = desk.get(QUEUE + second.context["next"])
    everything = [f"{number:03}" for number in range(120)]
    assert [*listed(first), *listed(second), *listed(third)] == (
        everything[::-1] if tab == "approved" else everything
    )
    assert third.context["next"] == ""


@pytest.fixture
def various(said, thread, person, write) -> None:
    """Comments of which each filter finds one alone."""
    from comments.threads import open_thread
    from newsroom.reading import ArticleTarget

    elsewhere = open_thread(ArticleTarget(write(2)))
    elsewhere.section, elsewhere.language = "weather", "fa"
    elsewhere.save()
    said("elsewhere", thread=elsewhere)
    account = person("mira", email="mira@example.org")
    said("of an account", author=account)
    said("of a browser", author_key="k" * 64, name="Tomas Lind")
    said("of another browser", author_key="m" * 64, email="lind.tomas@example.org")
    said("likely", score=0.8, reasons=[LINKS, CAPITALS])
    said("unlikely", score=0.1, reasons=[CAPITALS])
    said("two words, harbour and crane")
    reported = said("reported", open_reports=1)
    Report.objects.create(comment=reported, reason="hatred")
    other = said("reported otherwise", open_reports=1)
    Report.objects.create(comment=other, reason="abuse")
    Report.objects.create(comment=other, reason="hatred", outcome="disagreed", reporter_key="z")


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"section": "weather"}, ["elsewhere"]),
    ({"language": "fa"}, ["elsewhere"]),
    ({"who": "mira"}, ["of an account"]),
    ({"who": "MIRA@example"}, ["of an account"]),
    ({"who": "lind tomas"}, ["of a browser", "of another browser"]),
    ({"least": "0.5"}, ["likely"]),
    ({"most": "0.5"}, ["unlikely"]),
    ({"least": "0.05", "most": "0.95"}, ["likely", "unlikely"]),
    ({"rule": "links"}, ["likely"]),
    ({"rule": "shouting"}, ["likely", "unlikely"]),
    ({"q": "Crane harbour"}, ["two words, harbour and crane"]),
    ({"q": "100% of_it"}, []),
    ({"reported": "hatred"}, ["reported"]),
]


@pytest.mark.parametrize(("asked", "expected"), FILTERS, ids=[str(asked) for asked, _expected in FILTERS])
def test_each_filter_leaves_what_it_says(desk, various, asked: dict[str, str], expected: list[str]) -> None:
    page = desk.get(QUEUE, asked)
    assert page.context["faults"] == []
    assert sorted(listed(page)) == sorted(expected)


def test_all_of_an_author_are_those_of_the_account_or_of_the_browser(desk, various, said) -> None:
    alone = Comment.objects.get(source="likely")
    by_account, by_browser = (Comment.objects.get(source=f"of {one}") for one in ("an account", "a browser"))
    said("the same account", author=by_account.author, author_key="k" * 64)
    said("the same browser", author_key="k" * 64)
    assert sorted(listed(desk.get(QUEUE, {"by": by_account.pk}))) == ["of an account", "the same account"]
    assert sorted(listed(desk.get(QUEUE, {"by": by_browser.pk}))) == ["of a browser", "the same browser"]
    assert listed(desk.get(QUEUE, {"by": alone.pk})) == ["likely"]
    assert listed(desk.get(QUEUE, {"by": 10**15})) == []


def test_one_article_alone(desk, various) -> None:
    elsewhere = Comment.objects.get(source="elsewhere")
    assert listed(desk.get(QUEUE, {"thread": elsewhere.thread_id})) == ["elsewhere"]


def test_by_the_reason_that_was_given(desk, said, moderator) -> None:
    for code in ("abuse", "repeated"):
        comment = said(code, state=State.REJECTED)
        Decision.objects.create(
            comment=comment, by=moderator, action="reject", before="pending", after="rejected", reason=code
        )
    assert listed(desk.get(QUEUE, {"tab": "rejected", "reason": "repeated"})) == ["repeated"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"tab": "trash"}, "There is no such tab: “trash”."),
        ({"order": "size"}, "There is no such order: “size”."),
        ({"after": "yesterday"}, "The place in the list could not be read"),
        ({"after": "9" * 19 + "-1"}, "The place in the list could not be read"),
        ({"least": "much"}, "Score from: Enter a number."),
        ({"least": "nan"}, "Score from: Enter a number."),
        ({"most": "7"}, "Score to: Ensure this value is less than or equal to 1"),
        ({"least": "0.9", "most": "0.1"}, "The lowest score is above the highest."),
        ({"thread": "9" * 30}, "Article: Ensure this value is less than"),
        ({"by": "me"}, "Author: Enter a whole number."),
        ({"rule": "astrology"}, "Found by screening: Select a valid choice."),
        ({"q": "x" * 40_000}, "Words in the text: Ensure this value has at most 200 characters"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(desk, said, asked: dict[str, str], words: str) -> None:
    said()
    page = desk.get(QUEUE, asked)
    assert page.status_code == 200
    assert words in " ".join(page.context["faults"])
    named_a_filter = not asked.keys() & {"tab", "order", "after"}
    assert (listed(page) == []) is named_a_filter


def test_filters_are_kept_from_page_to_page_and_tab_to_tab_and_taken_away_by_one_click(desk, said) -> None:
    for number in range(51):
        said(f"harbour {number}", score=0.5)
    page = desk.get(QUEUE, {"q": "harbour", "least": "0.4"})
    following = desk.get(QUEUE + page.context["next"])
    assert len(listed(following)) == 1
    spam = next(one["address"] for one in page.context["tabs"] if one["tab"] == "spam")
    assert desk.get(spam).context["question"].filters == {"q": "harbour", "least": 0.4}
    without = {one["name"]: one["address"] for one in page.context["filters_set"]}
    assert without == {"Words in the text": "?tab=pending&least=0.4", "Score from": "?tab=pending&q=harbour"}


def test_an_empty_tab_says_so_and_what_a_filter_hides(desk, said) -> None:
    assert "Nothing waits. Well done." in desk.get(QUEUE).content.decode()
    said("one that waits")
    page = desk.get(QUEUE, {"q": "nowhere"}).content.decode()
    assert "Nothing here fits these filters." in page
    assert "1 comment stands under this tab without them." in page


# --- who sees what ----------------------------------------------------------------------------------------


def test_strangers_log_in_first_and_readers_are_refused(client, desk, person, signed_in) -> None:
    assert client.get(QUEUE).status_code == 302
    clerk = person("clerk", is_staff=True)
    assert signed_in(clerk).get(QUEUE).status_code == 403


def test_who_may_look_and_not_decide_sees_no_buttons(said, person, signed_in) -> None:
    said("a comment to look at")
    looker = person("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_comment"))
    page = signed_in(looker).get(QUEUE)
    assert listed(page) == ["a comment to look at"]
    assert 'name="action"' not in page.content.decode()


@pytest.fixture
def of_the_weather(various, person) -> User:
    keeper = person("keeper", "Section moderator", is_staff=True)
    SectionModerator.objects.create(user=keeper, section="weather")
    return keeper


def test_a_moderator_of_a_section_sees_it_alone_also_in_the_numbers(of_the_weather, signed_in) -> None:
    page = signed_in(of_the_weather).get(QUEUE)
    assert listed(page) == ["elsewhere"]
    assert next(one["number"] for one in page.context["tabs"] if one["tab"] == "pending") == 1
    assert list(page.context["numbers"].sections) == ["weather"]
    assert listed(signed_in(of_the_weather).get(QUEUE, {"section": "harbour"})) == []


# --- a row ------------------------------------------------------------------------------------------------


def test_a_row_shows_all_that_a_decision_needs(desk, said, person) -> None:
    with time_machine.travel(NOON, tick=False):
        parent = said("What the answer answers.", state=State.APPROVED, name="Ada Quill")
        account = person("mira", email="mira@example.org", display_name="Mira Sand")
        said("earlier", state=State.REJECTED, author=account, submitted_at=NOON - timedelta(days=9))
        Restriction.objects.create(account=account, effect="ban")
        comment = said(
            "See http://a.example/x now", author=account, email="mira@example.org", parent=parent, root=parent,
            submitted_at=NOON - timedelta(hours=3), score=0.65, reasons=[LINKS], is_redacted=True,
            open_reports=1, report_weight=0.5,
            html='<p>See <a href="http://a.example/x" rel="nofollow">http://a.example/x</a> now</p>',
        )  # fmt: skip
        Report.objects.create(comment=comment, reason="advertising", note="A shop.", weight=0.5)
        page = desk.get(QUEUE)
    html = " ".join(page.content.decode().split())
    for words in (
        "Mira Sand", "mira@example.org", "0 approved · 1 rejected · 0 spam · since 06/01/2026", "banned",
        "In reply to Ada Quill:", "What the answer answers.", "Story 1",
        '<mark>http://a.example/x</mark></a>', '<strong dir="ltr">a.example</strong>', "Spam 65 %",
        "1 link, to a.example", "waits for 3 hours", "Advertising", "A shop.", "weight 0.5", "redacted",
    ):  # fmt: skip
        assert words in html, words
    assert html.count('<details class="desk-score">') == 1


def test_a_row_says_who_decided_last_and_why(desk, said, second) -> None:
    comment = said("Rejected words", state=State.REJECTED)
    Decision.objects.create(
        comment=comment, by=second, action="reject", before="pending", after="rejected",
        reason="off-topic", note="It is about cats.",
    )  # fmt: skip
    html = " ".join(desk.get(QUEUE, {"tab": "rejected"}).content.decode().split())
    assert "Reject: second," in html
    assert "Not about the article" in html
    assert "It is about cats." in html


def test_what_was_reported_waits_since_the_first_report(desk, said) -> None:
    with time_machine.travel(NOON, tick=False):
        comment = said(state=State.APPROVED, submitted_at=NOON - timedelta(days=30), open_reports=2)
        for hours in (2, 5):
            Report.objects.create(comment=comment, reporter_key=f"{hours}", made_at=NOON - timedelta(hours=hours))
        page = desk.get(QUEUE, {"tab": "reported"})
    assert "waits for 5 hours" in " ".join(page.content.decode().replace("\xa0", " ").split())


def test_a_link_that_hides_where_it_leads_is_said_plainly(desk, said) -> None:
    said(
        "x", html='<p><a href="https://evil.example/in">bank.example</a> <a href="https://b.example/">here</a>'
        ' <a href="https://bаnk.example/">https://bаnk.example/</a></p>',
    )  # fmt: skip
    [row] = desk.get(QUEUE).context["rows"]
    assert [(one.host, one.remark) for one in row.targets] == [
        ("evil.example", "shown as bank.example"),
        ("b.example", "behind the words “here”"),
        ("bаnk.example (xn--bnk-6cd.example)", "letters of another alphabet: may look like another address"),
    ]


def test_nothing_that_was_typed_becomes_markup(desk, said) -> None:
    nasty = "<script>alert(1)</script>"
    said(nasty, html="<p>safe</p>", name=nasty, reasons=[{**CAPITALS, "rule": nasty}])
    assert nasty not in desk.get(QUEUE).content.decode()


def test_masked_words_are_shown_when_one_asks(desk, said) -> None:
    WordList.objects.create(name="Care", entries="dreadful", masks=True, holds=False)
    comment = said("A dreadful word")
    page = desk.get(QUEUE)
    assert "A •••••••• word" in page.content.decode()
    assert "A dreadful word" in desk.get(QUEUE, {"unmask": comment.pk}).content.decode()
    assert f"unmask={comment.pk}" in page.content.decode()


def test_hard_comments_of_today_are_counted_with_a_word_of_care(desk, said, moderator) -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(20):
            line = {"by": moderator, "action": "abuse", "before": "pending", "after": "rejected"}
            reason = "abuse" if number % 2 else "hatred"
            Decision.objects.create(comment=said(), reason=reason, made_at=NOON, **line)
        Decision.objects.create(comment=said(), reason="abuse", made_at=NOON - timedelta(days=1), **line)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        page = desk.get(QUEUE)
    assert "20 hard comments decided today." in page.content.decode()
    assert "Take a break" in page.content.decode()


def queries_of(desk: Client, django_assert_max_num_queries: Any, tab: str) -> int:
    with django_assert_max_num_queries(12) as counted:
        assert desk.get(QUEUE, {"tab": tab}).status_code == 200
    return len(counted)


@pytest.mark.parametrize("tab", ["pending", "reported", "rejected"])
def test_a_page_of_fifty_costs_what_a_page_of_three_costs(
    desk, said, person, django_assert_max_num_queries, tab: str
) -> None:
    def more(first: int, end: int) -> None:
        for number in range(first, end):
            state = State.REJECTED if tab == "rejected" else State.PENDING
            comment = said(
                f"{number}", state=state, author=person(f"reader-{number}"), reasons=[LINKS], score=0.5,
                open_reports=1, report_weight=1,
            )  # fmt: skip
            Report.objects.create(comment=comment, reason="abuse")

    more(0, 3)
    desk.get(QUEUE, {"tab": tab})  # what a process keeps is read once in five seconds
    of_three = queries_of(desk, django_assert_max_num_queries, tab)
    more(3, 50)
    assert queries_of(desk, django_assert_max_num_queries, tab) == of_three


def test_a_row_leads_to_what_was_commented_on(desk, said) -> None:
    comment = said("about the harbour")
    where = f"/admin/comments/desk/about/{comment.thread_id}/"
    assert f'href="{where}"' in desk.get(QUEUE).content.decode()
    assert desk.get(where).headers["Location"] == "/news/7001/story-1/"
    comment.thread.target.delete()
    answer = desk.get(where)
    assert (answer.status_code, desk.get("/admin/comments/desk/about/999999/").status_code) == (404, 404)


def test_the_admin_leads_to_the_desk(desk) -> None:
    for page in ("/admin/", "/admin/comments/comment/"):
        assert f'href="{QUEUE}"' in desk.get(page).content.decode()


def test_without_htmx_the_check_says_what_to_add_and_the_desk_stays_whole(desk, said, settings) -> None:
    said("still here")
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "django_htmx"]
    told = [one for one in run_checks() if one.id == "comments.W001"]
    assert [one.hint for one in told] == ['Install django-htmx and add "django_htmx" to INSTALLED_APPS.']
    page = desk.get(QUEUE)
    assert listed(page) == ["still here"]
    assert "htmx-2" not in page.content.decode()
