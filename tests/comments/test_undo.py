"""A moderator takes back what was decided a moment ago: one decision, or a whole bulk."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from comments import house, moderation, presenting, tallies
from comments.models import Appeal, Comment, Decision, Redaction, Report, Thread
from comments.states import State
from comments.tallies import Tab
from newsroom.reading import ArticleTarget
from tests.comments.conftest import appealed, reported

SAVEPOINT = 2

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("numbers_stay_right")]


def test_what_was_decided_a_moment_ago_is_taken_back(waiting, moderator) -> None:
    comment = waiting()
    made = moderation.decide(comment, "spam", by=moderator)
    [undone] = moderation.undo(made, by=moderator)
    comment.refresh_from_db()
    made.refresh_from_db()
    assert (comment.state, comment.version) == (State.PENDING, 2)
    assert (made.is_undone, made.settles_at) == (True, None)
    assert (undone.action, undone.before, undone.after, undone.undoes) == ("undo", "spam", "pending", made)
    assert tallies.counts()[Tab.PENDING] == 1
    assert not Decision.objects.of_people().standing().exists()


def test_undone_in_the_log_is_not_undone_twice(waiting, moderator) -> None:
    made = moderation.decide(waiting(), "spam", by=moderator)
    moderation.undo(made, by=moderator)
    with pytest.raises(moderation.TooLateError, match="undone already"):
        moderation.undo(made, by=moderator)
    assert Decision.objects.count() == 2


def test_after_its_time_a_decision_stands(waiting, moderator) -> None:
    comment = waiting()
    made = moderation.decide(comment, "approve", by=moderator)
    later = timezone.now() + house.settled().undo_time + timedelta(seconds=1)
    with time_machine.travel(later), pytest.raises(moderation.TooLateError, match="time to undo this is over"):
        moderation.undo(made, by=moderator)
    assert Comment.objects.get().state == State.APPROVED
    assert Decision.objects.count() == 1


def test_the_owner_settles_how_long_that_is(waiting, moderator) -> None:
    house.House.objects.create(pk=1, undo_seconds=60)
    house.forget()
    made = moderation.decide(waiting(), "approve", by=moderator)
    with time_machine.travel(timezone.now() + timedelta(seconds=55)):
        moderation.undo(made, by=moderator)
    assert Comment.objects.get().state == State.PENDING


def test_nobody_undoes_what_another_decided(waiting, moderator, person) -> None:
    made = moderation.decide(waiting(), "approve", by=moderator)
    with pytest.raises(moderation.NotPermittedError, match="Only who decided can undo it"):
        moderation.undo(made, by=person("second", "Moderator"))
    assert Comment.objects.get().state == State.APPROVED


def test_who_is_no_moderator_any_more_undoes_nothing(waiting, moderator) -> None:
    made = moderation.decide(waiting(), "approve", by=moderator)
    moderator.groups.clear()
    with pytest.raises(moderation.NotPermittedError, match="not any more"):
        moderation.undo(made, by=type(moderator).objects.get(pk=moderator.pk))
    assert Comment.objects.get().state == State.APPROVED


def test_what_was_decided_again_is_not_undone(waiting, moderator, person) -> None:
    comment = waiting()
    made = moderation.decide(comment, "approve", by=moderator)
    moderation.decide(comment, "reject", by=person("second", "Moderator"))
    with pytest.raises(moderation.StaleError) as told:
        moderation.undo(made, by=moderator)
    assert str(told.value) == f"Comment {comment.pk} was decided in the meantime: second, rejected."
    assert Comment.objects.get().state == State.REJECTED


def test_a_bulk_is_undone_as_one(waiting, moderator) -> None:
    root = waiting("root")
    replies = [waiting(f"reply {number}", parent=root, root=root, depth=1) for number in range(3)]
    made = moderation.decide_all([root, *replies], "approve", by=moderator)
    assert Thread.objects.get().approved == 4
    undone = moderation.undo(made[2], by=moderator)
    assert {one.comment_id for one in undone} == {root.pk, *(reply.pk for reply in replies)}
    assert set(Comment.objects.values_list("state", flat=True)) == {State.PENDING}
    thread, root = Thread.objects.get(), Comment.objects.get(pk=root.pk)
    assert (thread.approved, root.approved_replies) == (0, 0)


def test_of_a_bulk_with_one_decided_again_nothing_is_undone_and_that_one_is_named(
    waiting, moderator, person
) -> None:
    comments = [waiting(f"Comment {number}") for number in range(3)]
    made = moderation.decide_all(comments, "spam", by=moderator)
    moderation.decide(comments[1], "approve", by=person("second", "Moderator"))
    with pytest.raises(moderation.StaleError, match=rf"Comment {comments[1].pk} was .*: second, approved"):
        moderation.undo(made[0], by=moderator)
    assert sorted(Comment.objects.values_list("state", flat=True)) == ["approved", "spam", "spam"]
    assert not Decision.objects.filter(action="undo").exists()


def test_a_bulk_from_different_states_goes_back_to_each(waiting, published, moderator) -> None:
    pending, approved = waiting(), published()
    made = moderation.decide_all([pending, approved], "spam", by=moderator)
    moderation.undo(made[0], by=moderator)
    states = dict(Comment.objects.values_list("pk", "state"))
    assert states == {pending.pk: State.PENDING, approved.pk: State.APPROVED}
    assert Thread.objects.get().approved == 1


def test_readers_reports_are_open_again(published, moderator) -> None:
    comment = published()
    report = reported(comment, weight=1.5)
    made = moderation.decide(comment, "keep", by=moderator)
    report.refresh_from_db()
    assert (report.outcome, report.answer) == (Report.Outcome.DISAGREED, made)
    assert tallies.counts()[Tab.REPORTED] == 0
    moderation.undo(made, by=moderator)
    report.refresh_from_db()
    comment.refresh_from_db()
    assert (report.outcome, report.answer) == (Report.Outcome.OPEN, None)
    assert (comment.open_reports, comment.report_weight) == (1, 1.5)
    assert tallies.counts()[Tab.REPORTED] == 1


def test_an_appeal_is_open_again(published, moderator, person) -> None:
    comment, second = published(), person("second", "Moderator")
    contested = moderation.decide(comment, "reject", by=moderator)
    appeal = appealed(comment, contested)
    made = moderation.decide(comment, "approve", by=second)
    appeal.refresh_from_db()
    assert (appeal.outcome, appeal.answer) == (Appeal.Outcome.OVERTURNED, made)
    moderation.undo(made, by=second)
    appeal.refresh_from_db()
    comment.refresh_from_db()
    assert (appeal.outcome, appeal.answer) == (Appeal.Outcome.OPEN, None)
    assert (comment.state, comment.has_open_appeal) == (State.REJECTED, True)
    assert tallies.counts()[Tab.APPEALS] == 1


def test_a_redaction_is_taken_back_with_its_words(published, moderator) -> None:
    comment = published("My neighbour lives at 7 Quay Street.")
    made = moderation.redact(comment, "My neighbour lives at […].", by=moderator, reason="personal-data")
    assert Redaction.objects.get().source == "My neighbour lives at 7 Quay Street."
    moderation.undo(made, by=moderator)
    comment.refresh_from_db()
    assert (comment.source, comment.is_redacted) == ("My neighbour lives at 7 Quay Street.", False)
    assert "Quay Street" in comment.html


def test_what_came_as_html_is_html_again(published, moderator) -> None:
    comment = published()
    Comment.objects.filter(pk=comment.pk).update(source="<b>Loud</b> words", is_html=True, sanitizer=0)
    call_command("rerender_comments", stdout=StringIO())
    comment.refresh_from_db()
    html = comment.html
    moderation.undo(moderation.redact(comment, "[…] words", by=moderator), by=moderator)
    call_command("rerender_comments", stdout=StringIO())
    comment.refresh_from_db()
    assert (comment.is_html, comment.html) == (True, html)


def test_readers_see_a_redaction_and_its_undoing_at_once(published, moderator, article, rf) -> None:
    comment = published("My neighbour lives at 7 Quay Street.")

    def page() -> str:
        seen = presenting.look(rf.get("/"), article, may_read=True)
        return presenting.fragment(seen)

    assert "Quay Street" in page()
    made = moderation.redact(comment, "My neighbour lives at […].", by=moderator)
    assert "Quay Street" not in page()
    moderation.undo(made, by=moderator)
    assert "Quay Street" in page()
    assert ArticleTarget(article).obj == article


@pytest.mark.parametrize("text", ["", "  \x00 ", "My neighbour lives at 7 Quay Street."])
def test_a_redaction_that_changes_nothing_is_refused(published, moderator, text: str) -> None:
    comment = published("My neighbour lives at 7 Quay Street.")
    with pytest.raises(moderation.NotAllowedError, match="change the text"):
        moderation.redact(comment, text, by=moderator)
    assert not Redaction.objects.exists()


def test_undoing_a_hundred_costs_what_undoing_three_costs(
    waiting, moderator, django_assert_max_num_queries
) -> None:
    house.settled()
    for number in (3, 100):
        made = moderation.decide_all([waiting(f"{number}-{one}") for one in range(number)], "spam", by=moderator)
        with django_assert_max_num_queries(11 + SAVEPOINT):
            moderation.undo(made[0], by=moderator)
