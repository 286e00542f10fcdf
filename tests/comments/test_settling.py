"""What follows from a decision once nobody can undo it."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from comments import house, moderation, settling, signals, tasks
from comments.models import Decision, House, Letter, Note
from comments.states import State

LATER = timedelta(seconds=11)


@pytest.fixture
def heard() -> Iterator[list[Decision]]:
    """The decisions that a receiver was told of."""
    told: list[Decision] = []

    def listen(decision: Decision, **kwargs: object) -> None:
        told.append(decision)

    signals.decision_settled.connect(listen)
    yield told
    signals.decision_settled.disconnect(listen)


@pytest.fixture
def failing() -> Iterator[list[bool]]:
    """A receiver that writes something and then raises, until it is told not to."""
    fails = [True]

    def listen(decision: Decision, **kwargs: object) -> None:
        Note.objects.create(comment=decision.comment, text="learnt")
        if fails[0]:
            raise RuntimeError("the listener is out of order")

    signals.decision_settled.connect(listen)
    yield fails
    signals.decision_settled.disconnect(listen)


@pytest.fixture
def tells_authors(db: None) -> None:
    House.objects.update_or_create(pk=1, defaults={"tell_authors": True})
    house.forget()


def later(by: timedelta = LATER) -> int:
    with time_machine.travel(timezone.now() + by):
        return tasks.settle()


def test_a_decision_settles_once_when_its_time_is_over(written, moderator, heard) -> None:
    decision = moderation.decide(written(), "reject", by=moderator)
    assert (tasks.settle(), heard) == (0, [])
    assert (later(), heard) == (1, [decision])
    assert (later(), heard) == (0, [decision])
    assert Decision.objects.get().settles_at is None


def test_what_was_undone_never_settles(written, moderator, heard) -> None:
    moderation.undo(moderation.decide(written(), "reject", by=moderator), by=moderator)
    assert (later(), heard) == (0, [])


def test_what_has_settled_cannot_be_undone(written, moderator) -> None:
    decision = moderation.decide(written(), "reject", by=moderator)
    later()
    with pytest.raises(moderation.TooLateError):
        moderation.undo(decision, by=moderator)


def test_a_receiver_that_fails_is_told_again_and_keeps_nothing_halfway(
    written, moderator, failing, tells_authors, registered
) -> None:
    bad = moderation.decide(written(author=registered()), "reject", by=moderator)
    assert later() == 0
    assert (Note.objects.count(), Letter.objects.count()) == (0, 0)
    bad.refresh_from_db()
    assert bad.settles_at is not None
    failing[0] = False
    assert later() == 1
    assert (Note.objects.count(), Letter.objects.count()) == (1, 1)


def test_after_a_day_a_receiver_that_fails_is_left_out(
    written, moderator, failing, tells_authors, registered
) -> None:
    moderation.decide(written(author=registered()), "reject", by=moderator)
    assert later(timedelta(hours=23)) == 0
    assert later(timedelta(hours=25)) == 1
    assert (Note.objects.count(), Letter.objects.count()) == (0, 1)


def test_those_that_fail_hold_up_neither_the_new_nor_the_old(written, moderator, monkeypatch) -> None:
    monkeypatch.setattr(settling, "AT_ONCE", 1)
    made = [moderation.decide(written(), "reject", by=moderator) for _number in range(3)]
    for minutes, decision in enumerate(made):
        Decision.objects.filter(pk=decision.pk).update(settles_at=timezone.now() - timedelta(minutes=minutes + 1))
    assert tasks.settle() == 2
    assert Decision.objects.get(settles_at__isnull=False) == made[1]


@pytest.mark.parametrize(("action", "letters"), [("reject", 1), ("spam", 1), ("abuse", 1), ("approve", 0)])
def test_the_author_of_what_was_turned_down_is_written_to(
    written, moderator, tells_authors, registered, action, letters
) -> None:
    author = registered()
    moderation.decide(written(author=author), action, by=moderator)
    assert not Letter.objects.exists()
    later()
    assert list(Letter.objects.values_list("kind", "recipient")) == [("statement", author.pk)] * letters


def test_nobody_else_is_written_to(written, moderator, tells_authors, registered, person) -> None:
    guest, unconfirmed = written(email="guest@example.org"), written(author=person("new", email="new@example.org"))
    own = written(author=registered())
    by_rule = written(author=own.author)
    moderation.decide_all([guest, unconfirmed], "reject", by=moderator)
    moderation.decide(own, "remove", by=own.author)
    moderation.decide(by_rule, "spam", rule="screening")
    again = moderation.decide(written(author=own.author), "reject", by=moderator)
    again.comment.state, again.comment.version = State.REJECTED, again.version
    moderation.decide(again.comment, "approve", by=moderator)
    assert later() == 4
    assert not Letter.objects.exists()


def test_no_letters_unless_the_owner_wants_them(written, moderator, registered) -> None:
    moderation.decide(written(author=registered()), "reject", by=moderator)
    assert later() == 1
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_beats_that_settle_at_once_one_does(written, moderator, heard, registered, tells_authors) -> None:
    moderation.decide(written(author=registered()), "reject", by=moderator)
    Decision.objects.update(settles_at=timezone.now() - LATER)
    settled, start = [], threading.Barrier(8)

    def beat() -> None:
        start.wait()
        settled.append(settling.settle_due())
        connection.close()

    threads = [threading.Thread(target=beat) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(settled), len(heard), Letter.objects.count()) == ([0] * 7 + [1], 1, 1)
