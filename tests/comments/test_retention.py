"""What was turned down is kept as long as the owner settles, hashes of addresses as long as the settings say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from comments import moderation, restrictions, tallies, tasks, transparency
from comments.models import Appeal, Comment, Decision, House, Note, Report, Restriction
from comments.periods import Period
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget
from newsroom.tasks import run_due

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def says(article: Article) -> Callable[..., Comment]:
    def say(text: str, **differing: Any) -> Comment:
        thread = open_thread(ArticleTarget(article))
        fields = {"submitted_at": START, "name": "Nadia", "email": "nadia@example.org", "author_key": "a" * 64}
        return Comment.objects.create(thread=thread, source=text, html=f"<p>{text}</p>", **fields | differing)

    return say


def settle(**rules: Any) -> None:
    House.objects.update_or_create(pk=1, defaults=rules)


def days_later(days: float) -> time_machine.travel:
    return time_machine.travel(START + timedelta(days=days), tick=False)


def left() -> list[str]:
    return sorted(filter(None, Comment.objects.values_list("source", flat=True)))


def test_what_was_turned_down_is_emptied_when_its_time_is_over(says, moderator) -> None:
    settle(keep_rejected_days=150, keep_spam_days=90)
    with days_later(1):
        for action in ("approve", "reject", "abuse", "spam"):
            moderation.decide(says(action), action, by=moderator, note=f"A note on {action}")
        says("pending")
    Note.objects.create(comment=Comment.objects.get(source="spam"), text="Rubbish")
    with days_later(90.9):
        assert tasks.forget_rejected() == 0
    with days_later(91.1):
        assert tasks.forget_rejected() == 1
        assert left() == ["abuse", "approve", "pending", "reject"]
    with days_later(151.1):
        assert run_due()["rejected comments emptied"] == 2
        assert tasks.forget_rejected() == 0
    assert "approve" in left()
    assert not {"abuse", "reject", "spam"} & set(left())
    emptied = Comment.objects.filter(source="").values_list("name", "email", "author_key", "state")
    assert set(emptied) == {("", "", "", "removed")}
    assert Decision.objects.filter(rule="retention", action="remove").count() == 3
    assert set(Decision.objects.values_list("note", flat=True)) == {"", "A note on approve"}
    assert not Note.objects.exists()
    march = transparency.figures(Period(since=START.date(), until=START.date() + timedelta(days=5)))
    assert (march.received, march.by_people, march.seen_by_people, march.median) == (5, 4, 4, timedelta(days=1))


def test_the_numbers_on_the_tabs_follow(says, moderator) -> None:
    settle(keep_spam_days=90)
    moderation.decide(says("Spam"), "spam", by=moderator)
    tallies.recount()
    Decision.objects.update(made_at=START)
    with days_later(100):
        assert tasks.forget_rejected() == 1
    assert tallies.counts()[tallies.Tab.SPAM] == 0
    assert tallies.recount() == 0


def test_without_a_time_everything_is_kept(says, moderator) -> None:
    says("Rejected", state="rejected")
    with days_later(9999):
        assert tasks.forget_rejected() == 0


def test_who_appeals_or_is_decided_about_again_keeps_the_comment(says, moderator) -> None:
    settle(keep_rejected_days=90)
    with days_later(1):
        appealing, again, other = says("Appealing"), says("Again"), says("Other")
        for comment in (appealing, again, other):
            moderation.decide(comment, "reject", by=moderator)
    Appeal.objects.create(comment=appealing, contested=Decision.objects.get(comment=appealing))
    Comment.objects.filter(pk=appealing.pk).update(has_open_appeal=True)
    with days_later(60):
        moderation.decide(again, "restore", by=moderator)
        moderation.decide(again, "reject", by=moderator)
    with days_later(100):
        assert tasks.forget_rejected() == 1
    assert left() == ["Again", "Appealing"]


def test_what_an_import_brought_as_rejected_counts_from_its_day(says) -> None:
    settle(keep_rejected_days=90)
    says("Old", state="rejected", origin="old:1")
    with days_later(91):
        assert tasks.forget_rejected() == 1
    assert Comment.objects.values_list("origin", "source").get() == ("old:1", "")


def test_a_run_takes_on_no_more_than_it_can(says, monkeypatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 3)
    settle(keep_rejected_days=0, keep_spam_days=0)
    for number in range(4):
        says(f"Rejected {number}", state="rejected")
        says(f"Spam {number}", state="spam")
    with days_later(100):
        assert [tasks.forget_rejected() for _ in range(4)] == [3, 3, 2, 0]


def test_hashes_of_addresses_end_everywhere_and_bans_of_networks_with_them(says) -> None:
    network = {"address_hash": "d" * 64}
    comment = says("Hello", **network)
    with days_later(0):
        Report.objects.create(comment=comment, **network)
        Restriction.objects.create(**network)
        Restriction.objects.create(author_key="a" * 64, **network)
    with days_later(29.9):
        assert tasks.forget_addresses() == 0
    with days_later(30.1):
        assert tasks.forget_addresses() == 4
        assert tasks.forget_addresses() == 0
    kept = sorted(Restriction.objects.values_list("author_key", "address_hash"))
    assert kept == [("", restrictions.FORGOTTEN), ("a" * 64, "")]
    assert Report.objects.values_list("address_hash", flat=True).get() == ""
    assert Comment.objects.values_list("address_hash", flat=True).get() == ""
