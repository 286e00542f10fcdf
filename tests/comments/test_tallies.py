"""The numbers on the desk's tabs: right after every act, folded, and put right where something went past them."""

import random
from collections import Counter
from contextlib import suppress

import pytest

from comments import moderation, tallies, tasks
from comments.models import Comment, Decision, Tally
from comments.states import ON_THE_MENU
from comments.tallies import HOLDING, Tab
from newsroom.articles.models import Section
from tests.comments.conftest import reported

pytestmark = pytest.mark.django_db


def counted(section: str | None = None) -> dict[Tab, int]:
    comments = Comment.objects.all() if section is None else Comment.objects.filter(thread__section=section)
    return {tab: comments.filter(condition).count() for tab, condition in HOLDING.items()}


@pytest.mark.parametrize("seed", range(5))
def test_whatever_moderators_and_readers_do_the_numbers_are_right(waiting, write, moderator, seed: int) -> None:
    chance, done = random.Random(seed), Counter[str]()
    elsewhere = write(2, section=Section.objects.create(name="World", slug="world"))
    comments = [waiting(f"Comment {number}") for number in range(4)]
    comments += [waiting(f"Comment {number}", on=elsewhere) for number in range(4)]
    for _ in range(60):
        chosen = list(
            Comment.objects.filter(pk__in=chance.sample([one.pk for one in comments], chance.choice([1, 3])))
        )
        act = chance.choice(["decide", "decide", "undo", "report"])
        with suppress(moderation.DecisionError):
            if act == "decide":
                moderation.decide_all(chosen, chance.choice([*ON_THE_MENU, "keep"]), by=moderator)
            elif act == "undo" and (last := Decision.objects.filter(is_undone=False, batch__isnull=False).last()):
                moderation.undo(last, by=moderator)
            elif act == "report":
                reported(chosen[0], key=f"reader {chance.random()}")
            done[act] += 1
        assert tallies.counts() == counted()
        assert tallies.counts(["world"]) == counted("world")
    assert tallies.recount() == 0
    assert min(done.values()) > 2


def test_folding_keeps_every_sum(waiting) -> None:
    for number in range(tallies.MOST_LINES + 50):
        waiting(f"Comment {number}")
    before = tallies.counts()
    assert tasks.fold_tallies() == tallies.MOST_LINES + 49
    assert (tallies.counts(), Tally.objects.count()) == (before, 1)
    assert tasks.fold_tallies() == 0


def test_what_went_past_them_is_put_right_in_the_night(waiting) -> None:
    comment = waiting()
    Comment.objects.filter(pk=comment.pk).update(state="spam")
    Tally.objects.create(section="gone", tab="approved", number=7)
    assert tallies.recount() == 3
    assert tallies.counts() == counted()
    assert tallies.recount() == 0


def test_the_night_comes_once_a_day(waiting) -> None:
    waiting()
    Tally.objects.all().delete()
    assert (tasks.recount_tallies(), tasks.recount_tallies()) == (1, 0)
    Tally.objects.all().delete()
    assert tasks.recount_tallies() == 0


def test_a_comment_that_is_being_checked_stands_under_no_tab(article, waiting, client) -> None:
    waiting()
    Comment.objects.create(thread=Comment.objects.get().thread, source="new", html="<p>new</p>")
    assert (tallies.counts()[Tab.PENDING], tallies.recount()) == (1, 0)


def test_a_posted_comment_is_counted_when_it_has_been_screened(client, article) -> None:
    client.get(article.get_absolute_url())
    for text in (
        "A quiet remark about the harbour.",
        "Earn money online daily, whatsapp +1 555 010 0199 now http://a.example http://b.example",
    ):
        client.post("/comments/post/", {"target": f"articles.article:{article.pk}", "text": text})
    assert (sum(tallies.counts().values()), Comment.objects.count()) == (0, 2)
    for number in Comment.objects.values_list("pk", flat=True):
        tasks.screen_comment(number)
    assert tallies.counts()[Tab.APPROVED] == 1
    assert tallies.counts()[Tab.PENDING] == 1
    assert tallies.recount() == 0
