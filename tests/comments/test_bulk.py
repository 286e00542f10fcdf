"""One decision about many comments: all of them or none, for the price of one."""

import pytest
from django.db import connection

from comments import house, moderation, tallies
from comments.models import Appeal, Comment, Decision, Report
from comments.states import State
from tests.comments.conftest import appealed, reported

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("numbers_stay_right")]

QUERIES = 7
"""Of a bulk that readers see: lock, facts, the change, log, tallies, threads, roots.

SQLite takes the hundred lines of the log in two parts.
"""

SAVEPOINT = 2


def test_a_hundred_cost_what_three_cost(waiting, write, moderator, django_assert_num_queries) -> None:
    moderation.decide(waiting(), "approve", by=moderator)  # permissions and rules are remembered
    articles = [write(number) for number in range(2, 12)]
    for number, in_parts in ((3, 0), (100, connection.vendor == "sqlite")):
        chosen = []
        for one in range(number):
            article = articles[one % 10]
            root = waiting(f"root {number} {one}", on=article)
            chosen.append(waiting(f"reply {number} {one}", on=article, parent=root, root=root, depth=1))
        with django_assert_num_queries(QUERIES + in_parts + SAVEPOINT):
            moderation.decide_all(chosen, "approve", by=moderator)
        assert Comment.objects.filter(approved_replies=1).count() in (3, 103)


def test_a_hundred_reported_ones_cost_at_most_forty(waiting, published, moderator, django_assert_max_num_queries):
    chosen = [published(f"Comment {number}") for number in range(100)]
    for comment in chosen:
        reported(comment)
    with django_assert_max_num_queries(15):
        made = moderation.decide_all(chosen, "spam", by=moderator)
    answers = dict(Report.objects.values_list("comment", "answer"))
    assert answers == {one.comment_id: one.pk for one in made}
    assert set(Report.objects.values_list("outcome", flat=True)) == {Report.Outcome.AGREED}
    assert not Comment.objects.filter(open_reports__gt=0).exists()


def test_of_a_selection_that_went_stale_nothing_is_decided_and_the_one_is_named(
    waiting, moderator, person
) -> None:
    chosen = [waiting(f"Comment {number}") for number in range(5)]
    seen = {comment.pk: comment.version for comment in chosen}
    moderation.decide(chosen[3], "reject", by=person("second", "Moderator"))
    with pytest.raises(moderation.StaleError, match=f"Comment {chosen[3].pk} was decided .*: second, rejected"):
        moderation.decide_all(moderation.as_seen(seen), "approve", by=moderator)
    assert sorted(Comment.objects.values_list("state", flat=True)) == ["pending"] * 4 + ["rejected"]


def test_keep_answers_those_who_asked_and_nobody_else(waiting, published, moderator) -> None:
    asked, left_alone = published(), published()
    report = reported(asked)
    with pytest.raises(moderation.NotAllowedError, match=f"Comment {left_alone.pk}: nobody asks"):
        moderation.decide_all([asked, left_alone], "keep", by=moderator)
    assert Report.objects.get().outcome == Report.Outcome.OPEN
    moderation.decide(asked, "keep", by=moderator)
    report.refresh_from_db()
    assert (report.outcome, Comment.objects.get(pk=asked.pk).state) == (Report.Outcome.DISAGREED, State.APPROVED)


@pytest.mark.parametrize("action", ["keep", "approve", "spam", "restore"])
def test_nobody_answers_an_appeal_against_their_own_decision(published, moderator, person, action: str) -> None:
    comment = published()
    appealed(comment, moderation.decide(comment, "reject", by=moderator))
    with pytest.raises(moderation.NotPermittedError, match="somebody else has to look at it"):
        moderation.decide(comment, action, by=moderator)
    assert Appeal.objects.get().outcome == Appeal.Outcome.OPEN
    moderation.decide(comment, "keep", by=person("second", "Moderator"))
    assert Appeal.objects.get().outcome == Appeal.Outcome.UPHELD
    assert Comment.objects.get().state == State.REJECTED


def test_what_its_author_removes_makes_nobody_right_or_wrong(published, person) -> None:
    comment, author = published(), person("author")
    reported(comment)
    moderation.decide(comment, "remove", by=author)
    assert Report.objects.get().outcome == Report.Outcome.MOOT
    assert Comment.objects.get().open_reports == 0


def test_holding_a_comment_is_no_answer_to_a_report(published, moderator) -> None:
    comment = published()
    reported(comment)
    moderation.decide(comment, "hold", by=moderator)
    assert Report.objects.get().outcome == Report.Outcome.OPEN
    assert tallies.counts() == {"pending": 1, "reported": 1, "appeals": 0, "spam": 0, "approved": 0, "rejected": 0}
    moderation.decide(comment, "reject", by=moderator)
    assert Report.objects.get().outcome == Report.Outcome.AGREED


def test_each_of_a_bulk_has_its_line_and_they_know_each_other(waiting, moderator) -> None:
    house.settled()
    made = moderation.decide_all([waiting(), waiting()], "reject", by=moderator, reason="off-topic", note="Both.")
    rows = Decision.objects.values_list("comment", "batch", "reason", "note", "version")
    assert sorted(rows) == sorted((one.comment_id, made[0].batch, "off-topic", "Both.", 1) for one in made)
    assert made[0].batch is not None
