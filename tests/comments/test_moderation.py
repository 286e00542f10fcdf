"""The one door by which a comment changes its state."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from comments import moderation, states, tasks
from comments.models import Comment, Decision, Thread
from comments.states import Action, State
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget


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
        "remove": "removed",
    },
    "approved": {
        "reject": "rejected",
        "spam": "spam",
        "abuse": "rejected",
        "hold": "pending",
        "remove": "removed",
    },
    "rejected": {"approve": "approved", "spam": "spam", "restore": "pending", "remove": "removed"},
    "spam": {
        "approve": "approved",
        "reject": "rejected",
        "abuse": "rejected",
        "restore": "pending",
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
    comment = held(state=state)
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
def test_of_two_moderators_at_once_one_is_told(held, moderator, person) -> None:
    comment = held()
    as_the_other_sees_it = Comment.objects.get(pk=comment.pk)
    moderation.decide(comment, "approve", by=moderator)
    with pytest.raises(moderation.StaleError, match="moderator, approved"):
        moderation.decide(as_the_other_sees_it, "spam", by=person("second"))
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
    with pytest.raises(moderation.NotAllowedError, match="101 comments are too many"):
        moderation.decide_all(chosen, "approve", by=moderator)
    assert not Decision.objects.exists()


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
