"""The author of a comment that was turned down asks, once, for a second look by another person."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from comments import appealing, moderation, refusals, tallies
from comments.models import Appeal, Comment, Decision
from comments.readers import Reader
from comments.states import State
from comments.tallies import Tab

AUTHOR = Reader(author_key="key-1")
LATER = timedelta(minutes=5)


@pytest.fixture
def turned_down(written, moderator):
    """A comment that a moderator turned down long enough ago."""

    def make(action: str = "reject", **differing) -> Comment:
        comment = written(**{"author_key": "key-1"} | differing)
        moderation.decide(comment, action, by=moderator, reason="off-topic")
        Decision.objects.update(settles_at=None)
        return comment

    return make


def test_an_author_asks_and_another_person_overturns(turned_down, moderator, person) -> None:
    comment = turned_down()
    appeal = appealing.appeal(comment, reader=AUTHOR, text="It is about the harbour.\x00")
    comment.refresh_from_db()
    assert (appeal.text, appeal.contested) == ("It is about the harbour.", Decision.objects.get())
    assert (comment.state, comment.has_open_appeal, comment.version) == (State.REJECTED, True, 1)
    assert comment.urgent_at == appeal.made_at
    assert tallies.counts()[Tab.APPEALS] == 1
    second = person("second", "Moderator")
    with pytest.raises(moderation.NotPermittedError, match=r"somebody else has to look at it\.$"):
        moderation.decide(comment, "approve", by=moderator)
    moderation.decide(comment, "approve", by=second)
    assert Appeal.objects.get().outcome == "overturned"
    assert (Comment.objects.get().has_open_appeal, tallies.counts()[Tab.APPEALS]) == (False, 0)


def test_where_nobody_else_may_decide_the_desk_says_so(turned_down, moderator, person) -> None:
    """A section moderator of another section is nobody here; nor is a moderator who has left."""
    person("elsewhere", "Section moderator")
    person("gone", "Moderator", is_active=False)
    comment = turned_down()
    appealing.appeal(comment, reader=AUTHOR)
    comment.refresh_from_db()
    with pytest.raises(moderation.NotPermittedError, match="Nobody else may decide here"):
        moderation.decide(comment, "keep", by=moderator)


@pytest.mark.parametrize("action", ["spam", "abuse"])
def test_spam_and_abuse_are_contested_too_and_upheld_by_keeping(turned_down, person, action) -> None:
    comment = turned_down(action)
    appealing.appeal(comment, reader=AUTHOR)
    comment.refresh_from_db()
    decision = moderation.decide(comment, "keep", by=(second := person("second", "Moderator")))
    assert Appeal.objects.get().outcome == "upheld"
    moderation.undo(decision, by=second)
    assert (Appeal.objects.get().outcome, tallies.counts()[Tab.APPEALS]) == ("", 1)


def test_what_a_rule_decided_any_moderator_answers(written, moderator) -> None:
    comment = written(author_key="key-1")
    moderation.decide(comment, "spam", rule="screening")
    appealing.appeal(comment, reader=AUTHOR)
    comment.refresh_from_db()
    moderation.decide(comment, "approve", by=moderator)
    assert Appeal.objects.get().outcome == "overturned"


def test_the_contested_decision_is_the_last_that_stands(turned_down, moderator, person) -> None:
    comment, second = turned_down("spam"), person("second", "Moderator")
    moderation.decide(comment, "reject", by=second)
    last = Decision.objects.last()
    moderation.redact(comment, "Something milder.", by=moderator)
    with time_machine.travel(timezone.now() + LATER):
        assert appealing.appeal(comment, reader=AUTHOR).contested == last


def test_one_appeal_for_each_comment(turned_down, person) -> None:
    comment = turned_down()
    appealing.appeal(comment, reader=AUTHOR)
    comment.refresh_from_db()
    for _time in range(2):
        with pytest.raises(refusals.AlreadyDoneError, match="asked for a second look at this comment already"):
            appealing.appeal(comment, reader=AUTHOR)
        if not _time:
            moderation.decide(comment, "keep", by=person("second", "Moderator"))
    assert Appeal.objects.count() == 1


def test_only_the_author_asks(turned_down, registered, person) -> None:
    account = registered()
    comment = turned_down(author=account)
    for stranger in (Reader(), AUTHOR, Reader(account=person("another"), author_key="key-1")):
        with pytest.raises(refusals.Forbidden, match="Only the author"):
            appealing.appeal(comment, reader=stranger)
    appealing.appeal(comment, reader=Reader(account=account))


def test_not_before_the_time_to_undo_is_over_and_not_after_sixty_days(written, moderator, settings) -> None:
    comment = written(author_key="key-1")
    moderation.decide(comment, "reject", by=moderator)
    made_at = Decision.objects.get().made_at
    for moment in (made_at + timedelta(seconds=9), made_at + timedelta(days=60)):
        with (
            time_machine.travel(moment, tick=False),
            pytest.raises(refusals.AlreadyDoneError, match="no decision"),
        ):
            appealing.appeal(comment, reader=AUTHOR)
    settings.COMMENTS = {"APPEAL_DAYS": 0}
    with time_machine.travel(made_at + LATER), pytest.raises(refusals.AlreadyDoneError):
        appealing.appeal(comment, reader=AUTHOR)
    settings.COMMENTS = {}
    with time_machine.travel(made_at + timedelta(days=59)):
        appealing.appeal(comment, reader=AUTHOR)


@pytest.mark.parametrize("state", [State.PENDING, State.APPROVED, State.REMOVED])
def test_what_was_not_turned_down_is_not_contested(written, state) -> None:
    with pytest.raises(refusals.AlreadyDoneError, match="no decision"):
        appealing.appeal(written(author_key="key-1", state=state), reader=AUTHOR)


def test_a_text_that_is_too_long_is_refused(turned_down) -> None:
    with pytest.raises(refusals.Refused, match="40000 characters; at most 1000"):
        appealing.appeal(turned_down(), reader=AUTHOR, text="t" * 40_000)
    assert not Appeal.objects.exists()


def test_removing_the_comment_ends_the_appeal(turned_down) -> None:
    comment = turned_down()
    appealing.appeal(comment, reader=AUTHOR)
    comment.refresh_from_db()
    moderation.decide(comment, "remove", rule="author")
    assert (Appeal.objects.get().outcome, tallies.counts()[Tab.APPEALS]) == ("moot", 0)


def test_nothing_to_guess_for_who_is_nobody(client: Client, turned_down) -> None:
    comment = turned_down(author_key="")
    for way in ("appeal", "remove"):
        assert client.post(f"/comments/mine/{comment.pk}/{way}/").status_code == 404
        assert client.get(f"/comments/mine/{comment.pk}/{way}/").status_code == 405
    assert client.post(f"/comments/mine/{2**80}/appeal/").status_code == 404
