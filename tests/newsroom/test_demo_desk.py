"""The demo's day at the moderators' desk: something of everything, as if moderators and readers had done it."""

from collections import Counter

import pytest
from django.test import Client
from django.utils import timezone

from comments import own, tallies, verdicts
from comments.models import Appeal, Comment, Decision, HandOver, Note, Report, Restriction, WordList
from comments.readers import Reader
from comments.states import Action, State
from comments.tallies import Tab
from newsroom.accounts.models import User
from newsroom.demo_content import setting_up

pytestmark = pytest.mark.django_db

KEPT = (Comment, Decision, Report, Appeal, Restriction, Note, HandOver, WordList, User)


@pytest.fixture
def busy() -> None:
    setting_up.set_up("busy")


@pytest.fixture
def reasons(busy: None) -> dict[str, set[str]]:
    """Why each comment of the desk waits, by its code."""
    waiting = Comment.objects.filter(origin__startswith="demo:desk/", state=State.PENDING, score__isnull=False)
    return {
        (comment.origin or "").removeprefix("demo:desk/"): {reason["rule"] for reason in comment.reasons}
        for comment in waiting
    }


def test_run_again_it_adds_nothing_and_leaves_what_moderators_did_since(busy: None) -> None:
    waiting = Comment.objects.get(origin="demo:desk/private-address")
    Comment.objects.get(origin="demo:desk/budget-false").reports.update(note="Read by a moderator")
    before = [model.objects.count() for model in KEPT], tallies.counts()
    setting_up.set_up("busy")
    assert ([model.objects.count() for model in KEPT], tallies.counts()) == before
    assert Comment.objects.get(pk=waiting.pk).urgent_at == waiting.urgent_at
    assert Report.objects.filter(note="Read by a moderator").count() == 2


def test_the_numbers_of_the_desk_are_right_and_none_is_nothing(busy: None) -> None:
    assert tallies.recount() == 0
    counted = tallies.counts()
    assert all(counted[tab] for tab in Tab)
    assert (counted[Tab.REPORTED], counted[Tab.APPEALS]) == (5, 2)
    assert Comment.objects.being_checked().count() == 2
    for comment in Comment.objects.being_checked():
        verdicts.screen_and_decide(comment)
    assert tallies.recount() == 0


def test_comments_wait_for_different_reasons(reasons: dict[str, set[str]]) -> None:
    found = Counter(rule for rules in reasons.values() for rule in rules)
    assert reasons["nia-first"] == {"house_newcomer"}
    assert reasons["tom-again"] == {"watched"}
    assert {"house_words"} <= reasons["corvin-heated"] & reasons["muckspout"] & reasons["ferry-rumour"]
    assert {"offer", "links"} <= reasons["orla-tours"]
    assert "near_duplicate" in reasons["roof-2"] & reasons["roof-3"]
    assert len(found) >= 8
    for_it = Comment.objects.filter(restrictions__isnull=False)
    assert not [one for one in for_it if {"banned", "watched"} & {reason["rule"] for reason in one.reasons}]


def test_a_grudging_reader_counts_for_less_once_moderators_have_answered(busy: None) -> None:
    grudging = Report.objects.filter(comment__origin="demo:desk/marit-seeds").get()
    answered = Report.objects.filter(reporter_key=grudging.reporter_key).exclude(pk=grudging.pk)
    assert set(answered.values_list("outcome", flat=True)) == {Report.Outcome.DISAGREED}
    assert (answered.count(), grudging.weight, grudging.outcome) == (3, 0.4, Report.Outcome.OPEN)


def test_the_appeals_are_for_another_moderator_to_answer(busy: None) -> None:
    maren = User.objects.get(username="moderator2")
    assert {appeal.contested.by for appeal in Appeal.objects.all()} == {maren}
    from_readers = Comment.objects.filter(has_open_appeal=True)
    assert {comment.decisions.get().action for comment in from_readers} == {Action.REJECT, Action.ABUSE}
    assert not Decision.objects.filter(settles_at__gt=timezone.now()).exists()


def test_the_reader_has_a_comment_of_each_fate_and_one_to_appeal_about(busy: None) -> None:
    page = own.page(Reader(account=User.objects.get(username="reader")))
    fates = {one.fate for one in page.shown}
    assert {own.Fate.PUBLISHED, own.Fate.WAITING, own.Fate.REJECTED} <= fates
    assert [one.comment.origin for one in page.shown if one.appeal_until] == ["demo:desk/reader-rejected"]


def test_each_tab_opens_for_a_moderator_and_shows_comments(busy: None, client: Client) -> None:
    client.force_login(User.objects.get(username="moderator"))
    for tab in Tab:
        answer = client.get("/admin/comments/desk/", {"tab": tab.value})
        page = answer.content.decode()
        assert (answer.status_code, tab, "desk-row" in page, "desk-empty" in page) == (200, tab, True, False)
