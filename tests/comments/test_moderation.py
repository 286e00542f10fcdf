"""The one door by which a comment changes its state."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.utils import timezone

from comments import checks, house, moderation, permissions, states, tasks
from comments.models import Comment, Decision, Thread
from comments.states import Action, State
from comments.threads import open_thread
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

LIST = "/admin/comments/comment/?state__exact=pending"


@pytest.fixture
def held(article: Article) -> Callable[..., Comment]:
    def make(text: str = "A comment", **differing) -> Comment:
        thread = open_thread(ArticleTarget(article))
        if differing.get("state") == State.APPROVED:
            Thread.objects.update(approved=F("approved") + 1)
        return Comment.objects.create(thread=thread, source=text, html=f"<p>{text}</p>", **differing)

    return make


TABLE = {
    "pending": {
        "approve": "approved",
        "reject": "rejected",
        "spam": "spam",
        "abuse": "rejected",
        "redact": "pending",
        "remove": "removed",
    },
    "approved": {
        "reject": "rejected",
        "spam": "spam",
        "abuse": "rejected",
        "hold": "pending",
        "keep": "approved",
        "redact": "approved",
        "remove": "removed",
    },
    "rejected": {
        "approve": "approved",
        "spam": "spam",
        "restore": "pending",
        "keep": "rejected",
        "redact": "rejected",
        "remove": "removed",
    },
    "spam": {
        "approve": "approved",
        "reject": "rejected",
        "abuse": "rejected",
        "restore": "pending",
        "keep": "spam",
        "redact": "spam",
        "remove": "removed",
    },
    "removed": {},
}


def test_the_life_of_a_comment() -> None:
    """The whole table, as a moderator would draw it."""
    drawn = {
        state.value: {action.value: after.value for action in Action if (after := states.after(action, state))}
        for state in State
    }
    assert drawn == TABLE


@pytest.mark.django_db
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_each_action_from_each_state(held, moderator, state: State, action: Action) -> None:
    comment = held(state=state, open_reports=1 if action is Action.KEEP else 0)
    expected = states.after(action, state)
    if expected is None:
        with pytest.raises(moderation.NotAllowedError, match="is not possible"):
            moderation.decide(comment, action, by=moderator)
        assert not Decision.objects.exists()
        return
    moderation.decide(comment, action, by=moderator, note="Seen.")
    comment.refresh_from_db()
    line = Decision.objects.values("by", "action", "before", "after", "note").get()
    assert comment.state == expected
    assert line == {"by": moderator.pk, "action": action, "before": state, "after": expected, "note": "Seen."}


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["spam", "approve"])
def test_of_two_moderators_at_once_one_is_told(held, moderator, person, action: str) -> None:
    """Also where the second wants what the table has no way to from there."""
    comment, second = held(), person("second", "Moderator")
    as_the_other_sees_it = Comment.objects.get(pk=comment.pk)
    moderation.decide(comment, "approve", by=moderator)
    [as_an_old_list_shows_it] = moderation.as_seen({comment.pk: 0})
    for seen in (as_the_other_sees_it, as_an_old_list_shows_it):
        with pytest.raises(moderation.StaleError) as told:
            moderation.decide(seen, action, by=second)
        assert str(told.value) == f"Comment {comment.pk} was decided in the meantime: moderator, approved."
    comment.refresh_from_db()
    assert comment.state == State.APPROVED
    assert Decision.objects.count() == 1


@pytest.mark.django_db
def test_numbers_follow_every_decision(held, moderator) -> None:
    root = held("root")
    reply = held("reply", parent=root, root=root, depth=1)
    moderation.decide(root, "approve", by=moderator)
    moderation.decide(reply, "approve", by=moderator)
    thread, root = Thread.objects.get(), Comment.objects.get(pk=root.pk)
    assert (thread.approved, root.approved_replies) == (2, 1)
    moderation.decide(reply, "hold", by=moderator)
    thread, root = Thread.objects.get(), Comment.objects.get(pk=root.pk)
    assert (thread.approved, root.approved_replies) == (1, 0)


@pytest.mark.django_db
def test_spam_and_rejected_comments_come_back_with_their_text(held, moderator) -> None:
    for action in ("spam", "reject"):
        comment = held(f"Not lost by {action}")
        moderation.decide(comment, action, by=moderator)
        moderation.decide(comment, "restore", by=moderator)
        comment.refresh_from_db()
        assert (comment.state, comment.source) == (State.PENDING, f"Not lost by {action}")


@pytest.mark.django_db
def test_a_note_that_is_too_long_changes_nothing(held, moderator) -> None:
    comment = held()
    with pytest.raises(moderation.NotAllowedError, match="40000 characters"):
        moderation.decide(comment, "approve", by=moderator, note="n" * 40_000)
    assert Comment.objects.get().state == State.PENDING


@pytest.mark.django_db
def test_more_than_a_hundred_at_once_are_refused(held, moderator) -> None:
    chosen = [held(f"Comment {number}") for number in range(101)]
    with pytest.raises(moderation.NotAllowedError, match="at most 100"):
        moderation.decide_all(chosen, "approve", by=moderator)
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_all_that_a_filter_finds_is_decided_up_to_a_hundred(held, moderator, signed_in) -> None:
    desk, everything = signed_in(moderator), {"action": "spam_chosen", "select_across": 1, "_selected_action": 1}
    assert "No comment was chosen" in desk.post(LIST, everything, follow=True).content.decode()
    for number in range(100):
        held(f"Comment {number}")
    desk.post(LIST, everything)
    assert Comment.objects.filter(state=State.SPAM).count() == 100
    for number in range(101):
        held(f"Comment {number}")
    assert "choose at most 100" in desk.post(LIST, everything, follow=True).content.decode()
    assert Comment.objects.filter(state=State.SPAM).count() == 100


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_twenty_threads_that_decide_at_once_one_wins(held, moderator) -> None:
    comment, outcomes = held(), []
    start = threading.Barrier(20)

    def decide() -> None:
        seen = Comment.objects.get(pk=comment.pk)
        start.wait()
        try:
            outcomes.append(moderation.decide(seen, "approve", by=moderator).after)
        except moderation.StaleError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved"] + ["told"] * 19
    assert Decision.objects.count() == 1
    assert Thread.objects.get().approved == 1


@pytest.mark.django_db
@pytest.mark.parametrize("way", [("reject", "restore"), ("approve", "hold")])
def test_what_a_person_has_decided_about_the_machine_leaves_alone(held, moderator, way) -> None:
    comment = held("Never screened", submitted_at=timezone.now() - timedelta(hours=1))
    for action in way:
        moderation.decide(comment, action, by=moderator)
    assert tasks.sweep() == 0
    comment.refresh_from_db()
    assert comment.state == State.PENDING
    assert Comment.objects.waiting().count() == 1


@pytest.mark.django_db
def test_comments_that_cannot_be_screened_do_not_hold_up_the_others(held, monkeypatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    for number in range(4):
        held(
            f"{'bad' if number < 2 else 'good'} {number}",
            submitted_at=timezone.now() - timedelta(hours=9 - number),
        )
    real = tasks.verdicts.screen_and_decide

    def fails_on_bad(comment: Comment):
        if comment.source.startswith("bad"):
            raise ConnectionError("the scorer is away")
        return real(comment)

    monkeypatch.setattr(tasks.verdicts, "screen_and_decide", fails_on_bad)
    assert [tasks.sweep() for _ in range(2)] == [0, 2]
    assert Comment.objects.being_checked().count() == 2


@pytest.mark.django_db
def test_a_note_keeps_no_control_characters(held, moderator) -> None:
    assert moderation.decide(held(), "approve", by=moderator, note="Fine.\x00\x07").note == "Fine."


@pytest.mark.django_db
def test_of_who_has_left_the_moderators_nothing_is_kept(held, moderator) -> None:
    comment = held()
    moderator.groups.clear()
    with pytest.raises(moderation.NotPermittedError, match="You may not decide about comments"):
        moderation.decide(comment, "approve", by=moderator)
    with pytest.raises(moderation.NotPermittedError):
        moderation.decide_all([comment], "approve", by=moderator)
    comment.refresh_from_db()
    assert (comment.state, comment.version, Decision.objects.count()) == (State.PENDING, 0, 0)


@pytest.mark.django_db
def test_an_author_who_is_no_moderator_removes_what_is_theirs(held, person) -> None:
    comment = held(state=State.APPROVED)
    assert moderation.decide(comment, "remove", by=person("mira")).after == State.REMOVED


@pytest.mark.django_db
def test_every_line_of_the_log_is_a_persons_or_a_rules(held, moderator) -> None:
    for nobody_or_both in ({}, {"by": moderator, "rule": "screening"}):
        with pytest.raises(ValueError, match="either a person's or a rule's"):
            moderation.decide(held(), "approve", **nobody_or_both)
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_a_reason_is_one_of_the_list_and_has_a_name(held, moderator, settings) -> None:
    comment = held()
    with pytest.raises(moderation.NotAllowedError, match=r"“rude” is not one of the reasons: off-topic, abuse, "):
        moderation.decide(comment, "reject", by=moderator, reason="rude")
    assert Comment.objects.get().state == State.PENDING
    kept = moderation.decide(comment, "reject", by=moderator, reason="off-topic")
    assert (kept.reason, kept.reason_name) == ("off-topic", "Not about the article")
    settings.COMMENTS = settings.COMMENTS | {"REASONS": {"abuse": "Insults", "rude": "Against rule 4"}}
    assert kept.reason_name == "off-topic"
    again = moderation.decide(comment, "approve", by=moderator)
    assert (again.reason, again.reason_name) == ("", "")
    assert moderation.decide(comment, "reject", by=moderator, reason="rude").reason_name == "Against rule 4"


@pytest.mark.django_db
def test_abuse_is_its_own_reason(held, moderator) -> None:
    assert moderation.decide(held(), "abuse", by=moderator).reason == "abuse"


@pytest.mark.parametrize("reasons", [{"rude": "Against rule 4"}, {"abuse": "Insults", "": "Other"}])
def test_a_list_of_reasons_that_the_log_cannot_keep_is_named_by_the_checks(settings, reasons) -> None:
    settings.COMMENTS = settings.COMMENTS | {"REASONS": reasons}
    assert [found.id for found in checks.check_settings(None)] == ["comments.E006"]


@pytest.mark.django_db
def test_a_comment_that_is_gone_is_named(held, moderator) -> None:
    kept, erased = held("Kept"), held("Erased")
    number = erased.pk
    Comment.objects.filter(pk=number).delete()
    for decide in (
        lambda: moderation.decide(erased, "approve", by=moderator),
        lambda: moderation.as_seen({kept.pk: 0, number: 0}),
    ):
        with pytest.raises(moderation.StaleError, match=f"Comment {number} is not there any more"):
            decide()
    assert not Decision.objects.exists()


@pytest.mark.django_db
def test_who_decided_is_not_named_where_the_account_is_gone(held, moderator, person) -> None:
    comment = held()
    moderation.decide(Comment.objects.get(), "approve", by=person("gone", "Moderator"))
    User.objects.get(username="gone").delete()
    with pytest.raises(moderation.StaleError, match="somebody whose account is gone, approved"):
        moderation.decide(comment, "reject", by=moderator)


def on_the_list(page: HttpResponse) -> dict[str, str]:
    """What a browser would send of a list on which everything is ticked."""
    text = page.content.decode()
    return dict(re.findall(r'name="(seen-\d+)" value="(\d+)"', text)) | {
        "_selected_action": re.findall(r'name="_selected_action" value="(\d+)"', text)
    }


@pytest.mark.django_db
@pytest.mark.parametrize("meanwhile", ["approve", "reject"])
def test_a_choice_that_went_stale_on_the_list_is_not_carried_out(
    held, moderator, person, signed_in, meanwhile: str
) -> None:
    """Rejected, it could still be spam; approved, it has left the list of those that wait. Neither was seen."""
    first, second = held("First"), held("Second")
    desk = signed_in(moderator)
    ticked = on_the_list(desk.get(LIST))
    assert len(ticked) == 3
    decided = moderation.decide(first, meanwhile, by=person("second", "Moderator"))
    told = desk.post(LIST, ticked | {"action": "spam_chosen"}, follow=True).content.decode()
    assert f"Nothing was changed. Comment {first.pk} was decided in the meantime: second, {decided.after}." in told
    second.refresh_from_db()
    assert second.state == State.PENDING
    assert desk.post(LIST, on_the_list(desk.get(LIST)) | {"action": "spam_chosen"}).status_code == 302
    second.refresh_from_db()
    assert second.state == State.SPAM


@pytest.mark.django_db
def test_a_choice_of_what_is_gone_is_not_carried_out(held, moderator, signed_in) -> None:
    first, second = held("First"), held("Second")
    desk = signed_in(moderator)
    ticked = on_the_list(desk.get(LIST))
    number = first.pk
    first.delete()
    told = desk.post(LIST, ticked | {"action": "spam_chosen"}, follow=True).content.decode()
    assert f"Nothing was changed. Comment {number} is not there any more." in told
    second.refresh_from_db()
    assert second.state == State.PENDING


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["Section moderator", None])
def test_a_moderator_who_lost_the_permission_with_the_page_open_is_told(
    held, moderator, signed_in, group: str | None
) -> None:
    """One who still may look is told on the page; who may not even do that is shut out."""
    comment = held()
    desk = signed_in(moderator)
    ticked = on_the_list(desk.get(LIST))
    moderator.groups.set(Group.objects.filter(name=group))
    one = desk.post(f"/admin/comments/comment/{comment.pk}/decide/", {"action": "spam", "version": 0}, follow=True)
    many = desk.post(LIST, ticked | {"action": "spam_chosen"}, follow=True)
    for answer in (one, many):
        assert answer.status_code == (200 if group else 403)
        assert ("You may not decide about comments, or not any more." in answer.content.decode()) is bool(group)
    comment.refresh_from_db()
    assert (comment.state, Decision.objects.count()) == (State.PENDING, 0)


@pytest.mark.django_db
def test_on_a_comments_own_page_a_reason_is_chosen_and_a_long_note_is_refused(held, moderator, signed_in) -> None:
    comment = held()
    desk, address = signed_in(moderator), f"/admin/comments/comment/{comment.pk}/decide/"
    page = desk.get(f"/admin/comments/comment/{comment.pk}/change/").content.decode()
    assert '<option value="off-topic">Not about the article</option>' in page
    sent = {"action": "reject", "version": 0, "reason": "off-topic", "note": "n" * 40_000}
    told = desk.post(address, sent, follow=True).content.decode()
    assert "Nothing was changed. The note is too long: 40000 characters, at most 2000 are kept." in told
    assert not Decision.objects.exists()
    desk.post(address, sent | {"note": "About football."})
    assert Decision.objects.values("action", "after", "reason", "note").get() == {
        "action": "reject",
        "after": "rejected",
        "reason": "off-topic",
        "note": "About football.",
    }
    logged = desk.get(f"/admin/comments/comment/{comment.pk}/change/").content.decode()
    assert "Not about the article</p>" in logged


@pytest.mark.django_db
def test_a_decision_costs_five_to_seven_queries(held, moderator, django_assert_num_queries) -> None:
    assert permissions.may_decide(moderator)
    house.settled()  # the rules of the house are remembered for some seconds
    root = held("root")
    replies = [held(f"reply {number}", parent=root, root=root, depth=1) for number in range(9)]
    savepoint = 2
    with django_assert_num_queries(5 + savepoint):
        moderation.decide(root, "spam", by=moderator)
    with django_assert_num_queries(6 + savepoint):
        moderation.decide(root, "approve", by=moderator)
    with django_assert_num_queries(7 + savepoint):
        moderation.decide(replies[0], "approve", by=moderator)
