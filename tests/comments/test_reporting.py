"""A reader says that a comment should not stand there."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from comments import checks, moderation, refusals, reporting, tallies, tasks
from comments.models import Comment, Report, Thread
from comments.readers import Reader
from comments.states import State
from comments.tallies import Tab
from newsroom.accounts.models import User
from newsroom.articles.models import Article

REASON = {"reason": "abuse"}


@pytest.fixture
def shown(written: Callable[..., Comment]) -> Callable[..., Comment]:
    """A comment that every reader sees."""
    return partial(written, state=State.APPROVED)


def reader(number: int = 1) -> Reader:
    return Reader(author_key=f"key-{number}", address_hash=f"address-{number}")


def report(comment: Comment, who: Reader | None = None, **said) -> Report:
    return reporting.report(comment, reader=who or reader(), **REASON | said)


def page_of(comment: Comment) -> str:
    return f"/comments/{comment.pk}/report/"


def standing(comment: Comment) -> tuple[str, int, float]:
    return Comment.objects.values_list("state", "open_reports", "report_weight").get(pk=comment.pk)


# --- the door ---------------------------------------------------------------------------------------------


def test_a_reported_comment_stays_and_comes_before_the_moderators(shown) -> None:
    comment = shown()
    version, edition = comment.version, Thread.objects.get().version
    report(comment, note="He means my neighbours.")
    comment.refresh_from_db()
    assert standing(comment) == (State.APPROVED, 1, 1.0)
    assert (comment.version, Thread.objects.get().version) == (version, edition)
    assert tallies.counts()[Tab.REPORTED] == 1
    made = Report.objects.get()
    assert (made.reason, made.note, made.weight, made.outcome) == ("abuse", "He means my neighbours.", 1.0, "")
    assert comment.urgent_at == made.made_at - timedelta(hours=6)


def test_the_second_report_of_the_same_reader_is_one_report(shown, registered) -> None:
    comment, account = shown(), registered()
    report(comment)
    report(comment, Reader(account=account))
    for again in (reader(), Reader(account=account, author_key="a new telephone")):
        with pytest.raises(refusals.AlreadyDoneError, match="You have reported this already"):
            report(comment, again)
    assert standing(comment) == (State.APPROVED, 2, 2.0)
    assert tallies.counts()[Tab.REPORTED] == 1


def test_nobody_reports_what_is_their_own(shown, registered) -> None:
    account = registered()
    for own in (shown(author_key="key-1"), shown(author=account)):
        with pytest.raises(refusals.Forbidden, match="your own comment"):
            report(own, Reader(account=account, author_key="key-1"))
    assert not Report.objects.exists()


@pytest.mark.parametrize("state", [State.PENDING, State.REJECTED, State.SPAM, State.REMOVED])
def test_only_what_readers_see_is_reported(shown, state) -> None:
    comment = shown(state=state)
    with pytest.raises(refusals.AlreadyDoneError, match="not shown any more"):
        report(comment)
    assert not Report.objects.exists()


def test_everything_that_is_wrong_is_said_at_once(shown) -> None:
    with pytest.raises(refusals.Refused) as refused:
        report(shown(), reason="ugly", note="n" * 1001)
    assert sorted(refused.value.errors) == ["note", "reason"]
    assert report(shown(), note="n" * 1000 + "\x00").note == "n" * 1000


# --- what moderators answer -------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "outcome"), [("keep", "disagreed"), ("reject", "agreed")])
def test_an_answer_that_is_undone_leaves_the_report_open(shown, moderator, action, outcome) -> None:
    comment = shown()
    report(comment)
    report(comment, reader(2))
    decision = moderation.decide(comment, action, by=moderator)
    assert standing(comment)[1:] == (0, 0.0)
    assert set(Report.objects.values_list("outcome", flat=True)) == {outcome}
    assert (tallies.counts()[Tab.REPORTED], tallies.recount()) == (0, 0)
    moderation.undo(decision, by=moderator)
    assert standing(comment) == (State.APPROVED, 2, 2.0)
    assert set(Report.objects.values_list("outcome", flat=True)) == {""}
    assert tallies.counts()[Tab.REPORTED] == 1


def test_a_page_that_a_moderator_had_open_before_the_report_still_decides(shown, moderator) -> None:
    comment = shown()
    report(Comment.objects.get(pk=comment.pk))
    moderation.decide(comment, "hold", by=moderator)
    assert standing(comment) == (State.PENDING, 1, 1.0)
    assert {tab.value for tab, number in tallies.counts().items() if number} == {"pending", "reported"}


def test_what_moderators_have_kept_is_reported_again_by_others_and_weighs_half(shown, moderator) -> None:
    comment = shown()
    report(comment)
    moderation.decide(comment, "keep", by=moderator)
    with pytest.raises(refusals.AlreadyDoneError):
        report(comment)
    assert report(comment, reader(2)).weight == 0.5
    assert standing(comment) == (State.APPROVED, 1, 0.5)


# --- how much a report weighs -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agreed", "disagreed", "weight"),
    [(0, 0, 1.0), (1, 0, 4 / 3), (0, 1, 2 / 3), (8, 0, 1.8), (0, 8, 0.2), (3, 1, 4 / 3), (0, 50, 0.1)],
)
def test_a_report_weighs_what_the_reader_was_right_before(agreed, disagreed, weight) -> None:
    assert reporting.accuracy(agreed, disagreed) == pytest.approx(weight)


def answered(comment: Callable[..., Comment], outcome: str, times: int) -> None:
    for _number in range(times):
        Report.objects.create(comment=comment(), reporter_key="key-1", outcome=outcome)


def test_the_record_is_that_of_the_account_and_of_the_browser(shown, registered) -> None:
    answered(shown, "agreed", 1)
    answered(shown, "moot", 5)
    assert report(shown()).weight == pytest.approx(4 / 3)
    account = registered()
    Report.objects.create(comment=shown(), reporter=account, outcome="agreed")
    both = Reader(account=account, author_key="key-1")
    assert report(shown(), both).weight == pytest.approx(3 / 4 * 2)


def test_a_reader_who_was_always_wrong_brings_nothing_into_the_queue_alone(shown, moderator) -> None:
    answered(shown, "agreed", 30)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        answered(shown, "disagreed", 10)
    comment = shown()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert report(comment).weight == 0.1
        assert standing(comment) == (State.APPROVED, 0, 0.0)
        assert tallies.counts()[Tab.REPORTED] == 0
        report(comment, reader(2))
        assert standing(comment) == (State.APPROVED, 2, pytest.approx(1.1))
        decision = moderation.decide(comment, "reject", by=moderator)
        moderation.undo(decision, by=moderator)
    assert standing(comment) == (State.APPROVED, 2, pytest.approx(1.1))


def test_one_address_with_many_browsers_counts_once(shown) -> None:
    comment = shown()
    for number in range(5):
        report(comment, Reader(author_key=f"key-{number}", address_hash="the same"))
    assert standing(comment) == (State.APPROVED, 5, pytest.approx(1.4))


# --- limits -----------------------------------------------------------------------------------------------


def test_who_reports_too_many_within_an_hour_is_told_how_long_to_wait(shown, settings) -> None:
    settings.COMMENTS = {"REPORTS_PER_HOUR": 2}
    with time_machine.travel("2026-03-01 12:00Z", tick=False) as clock:
        report(shown())
        clock.shift(timedelta(minutes=10))
        report(shown())
        with pytest.raises(refusals.TooManyError, match="many comments within an hour") as told:
            report(shown())
        assert told.value.retry_after == 50 * 60
        clock.shift(timedelta(minutes=50))
        report(shown())
    assert Report.objects.count() == 3


def test_throwing_cookies_away_does_not_help(shown, settings) -> None:
    settings.COMMENTS = {"REPORTS_PER_HOUR": 1}
    for number in range(3):
        report(shown(), Reader(author_key=f"key-{number}", address_hash="the same"))
    with pytest.raises(refusals.TooManyError):
        report(shown(), Reader(author_key="key-4", address_hash="the same"))


@pytest.mark.parametrize("wrong", [0, "many", True])
def test_a_limit_that_is_none_is_named_by_the_check(settings, wrong) -> None:
    settings.COMMENTS = {"REPORTS_PER_HOUR": wrong}
    assert [one.id for one in checks.check_settings(None)] == ["comments.E011"]


@pytest.mark.parametrize("before", [0, 3])
def test_a_report_costs_the_same_however_many_came_before(shown, before, django_assert_num_queries) -> None:
    comment = shown()
    for number in range(before):
        report(comment, reader(number + 10))
    report(shown(), reader(10))
    # One more for the first: the number under the tab changes. Four of them begin and end transactions.
    with django_assert_num_queries(14 if before == 0 else 13):
        report(comment)


def test_the_address_of_who_reported_is_forgotten_in_time(shown) -> None:
    report(shown())
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        tasks.forget_addresses()
    assert Report.objects.get().address_hash == ""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_clicks_at_once_one_is_a_report(shown) -> None:
    comment, outcomes = shown(), []
    start = threading.Barrier(8)

    def click() -> None:
        start.wait()
        try:
            outcomes.append(report(comment).outcome)
        except refusals.AlreadyDoneError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [""] + ["told"] * 7
    assert standing(comment) == (State.APPROVED, 1, 1.0)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_readers_who_report_at_once_each_counts(shown) -> None:
    comment, start = shown(), threading.Barrier(6)

    def click(number: int) -> None:
        start.wait()
        report(comment, reader(number))
        connection.close()

    threads = [threading.Thread(target=click, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert standing(comment) == (State.APPROVED, 6, 6.0)
    assert tallies.counts()[Tab.REPORTED] == 1


# --- the page ---------------------------------------------------------------------------------------------


def test_a_reader_reports_on_a_page_and_is_thanked(client: Client, shown, article) -> None:
    comment = shown("The <b>pier</b> is ours.")
    client.get(article.get_absolute_url())
    thread = client.get(article.get_absolute_url() + "comments/").content.decode()
    assert f'<a href="{page_of(comment)}" rel="nofollow">Report</a>' in thread
    form = client.get(page_of(comment))
    assert (form.status_code, form["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "no-store" in form["Cache-Control"]
    assert "The <b>pier</b> is ours." in form.content.decode()
    answer = client.post(page_of(comment), {"reason": "hatred", "note": "See the second line."})
    assert (answer.status_code, answer["Location"]) == (303, f"{page_of(comment)}?sent=1")
    assert Report.objects.get().reason == "hatred"
    thanks = client.get(answer["Location"]).content.decode()
    assert "Your report is with the moderators" in thanks
    assert "Your report is with the moderators" in client.get(page_of(comment)).content.decode()
    again = client.post(page_of(comment), REASON)
    assert again.status_code == 409
    assert "You have reported this already" in again.content.decode()


def test_what_cannot_be_read_is_said_in_words_and_kept(client: Client, shown, article) -> None:
    client.get(article.get_absolute_url())
    comment = shown()
    for sent in ({}, {"reason": "\x00"}, {"reason": "r" * 40_000}, {"reason": "abuse", "note": "ü" * 40_000}):
        answer = client.post(page_of(comment), sent)
        assert answer.status_code == 422
        assert sent.get("note", "") in answer.content.decode()
    assert not Report.objects.exists()
    assert client.get(f"/comments/{2**80}/report/").status_code == 404
    assert client.put(page_of(comment)).status_code == 405


def test_too_many_on_the_page(client: Client, shown, article, settings) -> None:
    settings.COMMENTS = {"REPORTS_PER_HOUR": 1}
    client.get(article.get_absolute_url())
    client.post(page_of(shown()), REASON)
    answer = client.post(page_of(shown()), REASON | {"note": "<b>Look</b>"})
    assert answer.status_code == 429
    assert 3590 < int(answer["Retry-After"]) <= 3600
    assert "&lt;b&gt;Look&lt;/b&gt;" in answer.content.decode()


def test_a_report_from_another_site_is_refused(shown) -> None:
    assert Client(enforce_csrf_checks=True).post(page_of(shown()), REASON).status_code == 403
    assert not Report.objects.exists()


def test_who_may_not_read_the_article_sees_no_comment_and_reports_none(client: Client, shown) -> None:
    hidden = shown("Only for readers of the article.")
    for answer in (client.get(page_of(hidden)), client.post(page_of(hidden), REASON)):
        assert answer.status_code == 403
        assert "Only for readers of the article." not in answer.content.decode()
        assert "Please open the article first" in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize("state", [State.PENDING, State.REJECTED, State.SPAM, State.REMOVED])
def test_what_nobody_sees_has_no_page(client: Client, shown, state) -> None:
    assert client.get(page_of(shown(state=state))).status_code == 404


def test_comments_on_a_draft_have_no_page(client: Client, shown, article) -> None:
    comment = shown()
    Article.objects.update(status=Article.Status.DRAFT)
    assert client.get(page_of(comment)).status_code == 404


def test_an_account_reports_as_itself(shown, article, registered, signed_in) -> None:
    account: User = registered()
    browser = signed_in(account)
    browser.get(article.get_absolute_url())
    browser.post(page_of(shown()), REASON)
    assert Report.objects.get().reporter == account


# --- the API ----------------------------------------------------------------------------------------------


def test_a_program_reports_with_the_same_rules(client: Client, shown, article, settings) -> None:
    settings.COMMENTS = {"REPORTS_PER_HOUR": 2}
    client.get(article.get_absolute_url())
    comment = shown()

    def send(**said):
        return client.post(f"/api/v1/comments/{comment.pk}/report/", said, content_type="application/json")

    assert send(reason="ugly").json()["errors"] == {"reason": ["Please choose what is wrong with the comment."]}
    assert send().status_code == 400
    answer = send(reason="abuse", note="See line two.")
    assert (answer.status_code, answer.json()) == (201, {"comment": comment.pk, "reason": "abuse"})
    assert send(reason="abuse").status_code == 409
    report(shown(), Reader(author_key=Report.objects.get().reporter_key))
    limited = send(reason="abuse")
    assert (limited.status_code, limited["Content-Type"]) == (429, "application/problem+json")
    assert 3590 < int(limited["Retry-After"]) <= 3600
    assert client.post("/api/v1/comments/99999/report/", REASON).status_code in (404, 415)
