"""Why a comment waits by the rules of the house, as a moderator reads it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from comments import holds, house, moderation, tallies, threads, verdicts
from comments.models import Comment, Decision, WordList
from comments.screening import Context, Reason
from comments.screening.sentences import SENTENCES
from comments.states import State
from comments.tallies import Tab
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db


def why(comment: Comment) -> list[str]:
    """The sentences of the house's own reasons."""
    reasons = [Reason.from_json(stored) for stored in comment.reasons]
    return [reason.sentence() for reason in reasons if reason.rule.startswith("house_")]


@pytest.fixture
def earlier(article: Article) -> Callable[..., list[Comment]]:
    """Comments of an account that were decided about some days ago."""

    def make(author: User, *states: str, days_ago: float = 1, **differing: object) -> list[Comment]:
        thread, at = threads.open_thread(ArticleTarget(article)), timezone.now() - timedelta(days=days_ago)
        found = []
        for state in states:
            one = Comment.objects.create(
                thread=thread, author=author, source="Earlier", html="", state=state, submitted_at=at, **differing
            )
            Decision.objects.create(
                comment=one, made_at=at, rule="screening", action="approve", before="pending", after=state
            )
            found.append(one)
        return found

    return make


def test_a_newcomer_waits_until_two_comments_are_approved(say, registered, moderator) -> None:
    reader = registered()
    first = say("The first thing I have to say.", user=reader)
    assert (first.state, why(first)) == ("pending", ["A newcomer: 0 of 2 comments approved so far"])
    moderation.decide(first, "approve", by=moderator)
    second = say("The second thing I have to say.", user=reader)
    assert why(second) == ["A newcomer: 1 of 2 comments approved so far"]
    moderation.decide(second, "approve", by=moderator)
    third = say("The third thing I have to say.", user=reader)
    assert (third.state, why(third)) == ("approved", [])


def test_what_was_imported_for_an_account_counts(say, registered, earlier) -> None:
    reader = registered()
    earlier(reader, "approved", "approved", days_ago=900, origin=None)
    assert say(user=reader).state == "approved"


def test_what_was_approved_and_rejected_later_does_not_count(say, registered, earlier) -> None:
    reader = registered()
    earlier(reader, "approved", "rejected", "spam", "removed", days_ago=30)
    assert why(say(user=reader)) == ["A newcomer: 1 of 2 comments approved so far"]


def test_a_guest_is_judged_by_score_and_gains_nothing_from_an_address_anybody_can_type(
    say, settle, registered, earlier
) -> None:
    reader = registered()
    earlier(reader, "approved", "approved", email=reader.email)
    settle(newcomer_approvals=2)
    assert say(email=reader.email).state == "approved"
    settle(newcomer_approvals=2, guests="hold")
    waiting = say("Somebody with a known address says so.", email=reader.email, name="Reader")
    assert (waiting.state, why(waiting)) == ("pending", ["Written without an account"])


def test_staff_are_no_newcomers(say, moderator) -> None:
    assert say(user=moderator).state == "approved"


def test_no_newcomers_where_the_owner_wants_none(say, settle, registered) -> None:
    settle(newcomer_approvals=0)
    assert say(user=registered()).state == "approved"


@pytest.mark.parametrize(
    ("states", "days_ago", "held"),
    [
        (("approved", "approved", "rejected"), 1, True),
        (("approved", "approved", "spam"), 1, True),
        (("approved", "approved", "rejected"), 8, False),
        (("rejected", "rejected"), 1, False),
        (("approved",) * 7 + ("rejected",) * 3, 1, False),
        (("approved",) * 6 + ("rejected",) * 3, 1, True),
        (("approved", "approved", "removed", "removed", "pending"), 1, False),
    ],
)
def test_more_than_thirty_per_cent_turned_down_within_seven_days(
    say, settle, registered, earlier, states: tuple[str, ...], days_ago: float, held: bool
) -> None:
    settle(history_percent=30, history_days=7)
    reader = registered()
    earlier(reader, *states, days_ago=days_ago)
    assert (say(user=reader).state == "pending") is held


def test_the_share_is_told_in_numbers(say, settle, registered, earlier) -> None:
    settle(history_percent=30)
    reader = registered()
    earlier(reader, "approved", "rejected", "spam")
    assert why(say(user=reader)) == ["Turned down: 2 of 3 comments decided about in the last 7 days"]


def test_what_was_undone_at_once_is_not_held_against_anybody(say, settle, registered, earlier) -> None:
    settle(history_percent=30)
    reader = registered()
    earlier(reader, "approved", "rejected", "rejected")
    Decision.objects.filter(after="rejected").update(is_undone=True)
    assert say(user=reader).state == "approved"


def test_words_hold_and_are_shown_where_they_stand(say, settle) -> None:
    settle()
    WordList.objects.create(name="Names", entries="crane*\nharbour needs")
    WordList.objects.create(name="Slurs", entries="second", masks=True)
    said = say("What the harbour needs is a second ｃｒａｎｅ, cranes.")
    assert (said.state, why(said)) == (
        "pending",
        ["From the list “Names”: “harbour needs” and others, 3 in all", "From the list “Slurs”: “s•••••”"],
    )
    [names, _slurs] = [one for one in said.reasons if one["rule"] == "house_words"]
    assert [said.source[start:end] for start, end in names["spans"]] == ["harbour needs", "ｃｒａｎｅ", "cranes"]


def test_a_list_that_only_masks_or_has_ended_holds_nothing(say, settle) -> None:
    settle()
    WordList.objects.create(name="Masking", entries="harbour", holds=False, masks=True)
    WordList.objects.create(name="Ended", entries="crane", until=timezone.now())
    assert say().state == "approved"


def test_a_list_holds_from_the_moment_it_is_saved(say, settle) -> None:
    settle()
    assert say().state == "approved"
    WordList.objects.create(name="New", entries="lorries")
    assert say("Lorries, day and night.").state == "pending"


def test_links_over_the_limit_hold_and_those_to_the_site_itself_do_not_count(say, settle, settings) -> None:
    settings.ALLOWED_HOSTS = ["news.example.org", "testserver"]
    settle(most_links=1)
    own = "https://news.example.org/1 and https://news.example.org/2"
    assert say(f"See {own} and https://tides.example.com/today where the tide is told.").state == "approved"
    many = say("Two of them: https://tides.example.com/a and https://moon.example.com/b, and again "
               "https://moon.example.com/b for those who did not see it.")  # fmt: skip
    assert why(many) == ["2 links, more than the 1 allowed"]
    settle(most_links=0)
    assert why(say("One to https://tides.example.com/c for the curious.")) == ["1 link, more than the 0 allowed"]


@pytest.mark.parametrize(
    ("email", "host"),
    [
        ("a@wait.example", "wait.example"),
        ("a@deep.Below.wait.example", "deep.below.wait.example"),
        ("a@münchen.example", "xn--mnchen-3ya.example"),
        ("a@notwait.example", None),
        ("", None),
    ],
)
def test_addresses_at_the_owner_s_domains_wait(say, settle, email: str, host: str | None) -> None:
    settle(email_domains="# those of spring\n@wait.example\n\nmünchen.example")
    said = say(email=email)
    assert why(said) == ([f"An e-mail address at a domain that waits: {host}"] if host else [])


def test_throw_away_addresses_wait_also_those_of_accounts(say, settle, person) -> None:
    settle(hold_disposable=True)
    expected = ["A throw-away e-mail address: mailinator.com"]
    assert why(say(email="a@mailinator.com")) == expected
    assert why(say("Another remark.", user=person("one", email="one@mailinator.com"))) == expected
    settle(hold_disposable=False)
    assert why(say("A third remark.", email="a@mailinator.com")) == []


def test_what_the_score_calls_spam_goes_to_the_spam_all_the_same(say, settle, settings) -> None:
    settings.COMMENTS = {"SPAM_ABOVE": 0.5, "TRUSTED_AFTER_DECISIONS": 0}
    settle(guests="hold")
    spam = say("Earn $500 daily from home, message me on WhatsApp +1 202 555 0143 https://bit.ly/x", honeypot="x")
    assert (spam.state, why(spam)) == ("spam", ["Written without an account"])


def test_the_reasons_of_the_house_come_after_those_of_the_score_and_add_nothing_to_it(say, settle) -> None:
    settle()
    without = say("See https://tides.example.com/today for it.")
    Comment.objects.update(fingerprint=0)  # or the second were a repetition
    settle(guests="hold", most_links=0)
    held = say("See https://tides.example.com/today for it. ")
    assert held.score == without.score
    assert [reason["rule"] for reason in held.reasons] == [
        *(reason["rule"] for reason in without.reasons),
        "house_guest",
        "house_links",
    ]
    assert {one["weight"] for one in held.reasons if one["rule"].startswith("house_")} == {0}


def test_each_rule_has_a_sentence_in_every_language(say, settle) -> None:
    settle(guests="hold")
    with override("fa"):
        assert "house_guest" not in " ".join(why(say()))
    assert set(holds.RULES) | {"house_words"} <= set(SENTENCES)


def test_the_facts_cost_two_queries_for_an_account_and_none_for_a_guest(
    say, registered, earlier, django_assert_num_queries
) -> None:
    rules = house.settled(fresh=True)
    reader = registered()
    for author, queries in ((reader, 2), (None, 0)):
        comment = say("What I think of it.", user=author)
        comment = Comment.objects.select_related("author").get(pk=comment.pk)
        earlier(reader, *("approved", "rejected") * 6)
        context = Context(verdicts.submission_of(comment))
        with django_assert_num_queries(queries):
            holds.facts_of(comment, context, rules)


def test_what_is_held_is_counted_under_its_tab(say, settle) -> None:
    settle(guests="hold")
    said = say()
    assert (said.state, said.is_being_checked) == (State.PENDING, False)
    assert tallies.counts()[Tab.PENDING] == 1
