"""The transparency report: a story with exact numbers, as page, file and JSON, on both databases."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comments import importing, moderation, targets, transparency
from comments.models import Comment, Decision, Thread
from comments.periods import Period, month_before
from comments.states import Action, State
from comments.threads import open_thread
from comments.transparency import Figures, Line, Tally
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db

REPORT = "/admin/comments/decision/report"
JUNE = Period(since=date(2026, 6, 1), until=date(2026, 6, 30))
MONTH = {"since": "2026-06-01", "until": "2026-06-30"}


def june(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def thread(article: Article) -> Thread:
    return open_thread(ArticleTarget(article))


@pytest.fixture
def says(thread: Thread) -> Callable[[datetime], Comment]:
    return lambda at: Comment.objects.create(thread=thread, source="Hello", html="<p>Hello</p>", submitted_at=at)


@pytest.fixture
def desk(moderator: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(moderator)


def decided(comment: Comment, action: str, at: datetime, **how: object) -> None:
    with time_machine.travel(at, tick=False):
        moderation.decide(comment, action, **how)  # type: ignore[arg-type]


@pytest.fixture
def story(says, moderator: User, person, article: Article) -> None:
    """Seven comments in June, two before it, one after it, and one from elsewhere."""
    second, mira = person("second", "Moderator"), person("mira")
    by_rule, by_first, by_second = {"rule": "screening"}, {"by": moderator}, {"by": second}

    at_once = says(june(1, 0))  # the first moment of the month
    decided(at_once, "approve", june(1, 0), **by_rule)

    overturned = says(june(3))  # the machine's spam was none: 2 h
    decided(overturned, "spam", june(3), **by_rule)
    decided(overturned, "approve", june(3, 14), **by_first)

    quarrel = says(june(5))  # 10 min, then the other moderator takes it down, then it is restored and rejected
    decided(quarrel, "approve", june(5, 12, 10), **by_first)
    decided(quarrel, "reject", june(6), **by_second, reason="off-topic")
    decided(quarrel, "restore", june(7), **by_first)
    decided(quarrel, "reject", june(8), **by_first, reason="off-topic")

    rude = says(june(9))  # 1 h
    decided(rude, "abuse", june(9, 13), **by_second)
    unexplained = says(june(9))  # 4 h
    decided(unexplained, "reject", june(9, 16), **by_second)
    regretted = says(june(10))
    decided(regretted, "approve", june(10), **by_rule)
    decided(regretted, "remove", june(11), by=mira)
    says(june(30, 23, 59))  # nobody has looked at it

    of_may = says(june(1) - timedelta(days=2))  # 2 days and 6 h: decided in June, received in May
    decided(of_may, "approve", june(1, 18), **by_first)
    long_done = says(june(1) - timedelta(days=9))  # its first decision was in May
    decided(long_done, "approve", june(1) - timedelta(days=8), **by_first)
    decided(long_done, "spam", june(20), **by_second)
    of_july = says(june(30) + timedelta(hours=12))  # the first moment of July
    decided(of_july, "reject", june(30) + timedelta(hours=12), **by_first)

    old = importing.Incoming(origin="old:1", text="Said", submitted_at=june(2), state=State.APPROVED)
    importing.bring_in(targets.of(article), [old])
    with time_machine.travel(june(2), tick=False):
        importing.bring_in(targets.of(article), [replace(old, state=State.SPAM)], update=True)
    decided(Comment.objects.get(origin="old:1"), "approve", june(25), **by_first)


FIGURES = Figures(
    period=JUNE,
    received=7,
    removed=1,
    tallies=[
        Tally(Action.ABUSE, "abuse", "", 1),
        Tally(Action.APPROVE, "", "", 4),
        Tally(Action.APPROVE, "", "screening", 2),
        Tally(Action.REJECT, "", "", 1),
        Tally(Action.REJECT, "off-topic", "", 2),
        Tally(Action.RESTORE, "", "", 1),
        Tally(Action.SPAM, "", "", 1),
        Tally(Action.SPAM, "", "import", 1),
        Tally(Action.SPAM, "", "screening", 1),
    ],
    reversals=5,  # overturned, quarrel twice, long_done, and the one from elsewhere
    reversals_of_the_machine=2,
    seen_by_people=5,
    median=timedelta(hours=2),  # of 10 min, 1 h, 2 h, 4 h, 54 h
)


def test_the_numbers_of_june(story) -> None:
    found = transparency.figures(JUNE)
    assert found == FIGURES
    assert (found.decided, found.by_the_machine, found.by_people) == (14, 4, 10)
    assert found.rules == [("screening", 3), ("import", 1)]
    assert found.lines == [
        Line(Action.APPROVE, "", machine=2, people=4),
        Line(Action.REJECT, "off-topic", machine=0, people=2),
        Line(Action.REJECT, "", machine=0, people=1),
        Line(Action.SPAM, "", machine=2, people=1),
        Line(Action.ABUSE, "abuse", machine=0, people=1),
        Line(Action.RESTORE, "", machine=0, people=1),
    ]


def test_every_decision_is_in_one_of_the_numbers(story) -> None:
    found = transparency.figures(JUNE)
    assert found.decided + found.removed == Decision.objects.made_in(JUNE).count() == 15
    assert sum(line.in_all for line in found.lines) == found.decided


def test_two_in_the_middle_have_the_mean_as_their_median(says, moderator) -> None:
    for minutes in (10, 20, 50, 600):
        decided(says(june(1)), "approve", june(1) + timedelta(minutes=minutes), by=moderator)
    assert transparency.figures(JUNE).median == timedelta(minutes=35)


def test_only_what_a_rule_decided_last_is_a_rules_reversed(says, moderator) -> None:
    comment = says(june(1))
    decided(comment, "approve", june(1), rule="screening")
    decided(comment, "reject", june(2), by=moderator)
    decided(comment, "approve", june(3), by=moderator)
    found = transparency.figures(JUNE)
    assert (found.reversals, found.reversals_of_the_machine) == (2, 1)


def test_a_quiet_month_has_numbers_too(desk) -> None:
    assert transparency.figures(JUNE) == Figures(
        period=JUNE,
        received=0,
        removed=0,
        tallies=[],
        reversals=0,
        reversals_of_the_machine=0,
        seen_by_people=0,
        median=None,
    )
    assert "Nothing was decided in this period." in desk.get(f"{REPORT}/", MONTH).content.decode()
    assert desk.get(f"{REPORT}.json", MONTH).json()["median_seconds"] is None


def test_decisions_of_somebody_whose_account_is_gone_stay_a_persons(story) -> None:
    User.objects.filter(username__in=["moderator", "second", "mira"]).delete()
    assert transparency.figures(JUNE) == FIGURES


def test_a_day_is_one_of_the_sites_time_zone(says, settings) -> None:
    settings.TIME_ZONE = "Asia/Tehran"  # three and a half hours ahead
    says(june(10, 20, 29))
    says(june(10, 20, 30))
    days = [Period(since=date(2026, 6, day), until=date(2026, 6, day)) for day in (10, 11)]
    assert [transparency.figures(day).received for day in days] == [1, 1]


@pytest.mark.parametrize(
    ("day", "since", "until"),
    [
        (date(2026, 7, 31), date(2026, 6, 1), date(2026, 6, 30)),
        (date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        (date(2028, 3, 31), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_the_month_before_is_a_whole_one(day: date, since: date, until: date) -> None:
    assert month_before(day) == Period(since=since, until=until)


def test_the_numbers_take_as_many_queries_for_many_decisions_as_for_one(says, moderator, story) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            transparency.figures(JUNE)
        return len(asked)

    few = queries()
    for number in range(40):
        decided(says(june(12)), "approve", june(12, 13, number), by=moderator)
    assert (few, queries()) == (5, 5)


def test_the_page_tells_the_numbers_in_words(story, desk) -> None:
    page = desk.get(f"{REPORT}/", MONTH)
    assert page.context["figures"] == FIGURES
    text = page.content.decode()
    assert "2\xa0hours" in text
    assert "median of 5 comments" in text
    assert "of rules: 2" in text
    assert [(row.action, row.reason, row.machine, row.people, row.in_all) for row in page.context["rows"]] == [
        ("Approve", "", 2, 4, 6),
        ("Reject", "Not about the article", 0, 2, 2),
        ("Reject", "", 0, 1, 1),
        ("Spam", "", 2, 1, 3),
        ("Abuse", "Insults or threatens others", 0, 1, 1),
        ("Restore", "", 0, 1, 1),
    ]


@pytest.mark.parametrize(("kind", "number"), [("person", 10), ("machine", 4), ("removal", 1)])
def test_a_number_leads_to_its_lines_in_the_log(story, desk, kind: str, number: int) -> None:
    page = desk.get(f"{REPORT}/", MONTH)
    link = page.context["log"][kind]
    assert f'<a href="{link.replace("&", "&amp;")}">{number}</a>' in page.content.decode()
    assert len(desk.get(link).context["cl"].result_list) == number


def test_without_days_it_is_the_last_month(story, desk) -> None:
    with time_machine.travel(datetime(2026, 7, 9, tzinfo=UTC), tick=False):
        desk.force_login(User.objects.get(username="moderator"))
        for nothing in ({}, {"since": "", "until": ""}):
            page = desk.get(f"{REPORT}/", nothing)
            assert page.context["figures"] == FIGURES
            assert 'name="since" value="2026-06-01"' in page.content.decode()


def test_the_same_numbers_for_programs(story, desk) -> None:
    answer = desk.get(f"{REPORT}.json", MONTH)
    assert answer["Content-Disposition"] == 'attachment; filename="moderation-2026-06-01-2026-06-30.json"'
    assert answer.json() == {
        "since": "2026-06-01",
        "until": "2026-06-30",
        "time_zone": "UTC",
        "received": 7,
        "decided": {"machine": 4, "people": 10},
        "removed": 1,
        "decisions": [
            {"action": "approve", "reason": "", "machine": 2, "people": 4},
            {"action": "reject", "reason": "off-topic", "machine": 0, "people": 2},
            {"action": "reject", "reason": "", "machine": 0, "people": 1},
            {"action": "spam", "reason": "", "machine": 2, "people": 1},
            {"action": "abuse", "reason": "abuse", "machine": 0, "people": 1},
            {"action": "restore", "reason": "", "machine": 0, "people": 1},
        ],
        "rules": {"screening": 3, "import": 1},
        "reversals": {"all": 5, "of_the_machine": 2},
        "first_decisions_of_people": 5,
        "median_seconds": 7200,
    }


def test_the_same_numbers_for_a_spreadsheet(story, desk) -> None:
    answer = desk.get(f"{REPORT}.csv", MONTH)
    assert answer["Content-Disposition"] == 'attachment; filename="moderation-2026-06-01-2026-06-30.csv"'
    assert list(csv.reader(answer.content.decode().splitlines())) == [
        ["figure", "of", "reason", "number"],
        ["since", "", "", "2026-06-01"],
        ["until", "", "", "2026-06-30"],
        ["received", "", "", "7"],
        ["decided_by_machine", "", "", "4"],
        ["decided_by_people", "", "", "10"],
        ["removed", "", "", "1"],
        ["decisions_by_machine", "approve", "", "2"],
        ["decisions_by_people", "approve", "", "4"],
        ["decisions_by_people", "reject", "off-topic", "2"],
        ["decisions_by_people", "reject", "", "1"],
        ["decisions_by_machine", "spam", "", "2"],
        ["decisions_by_people", "spam", "", "1"],
        ["decisions_by_people", "abuse", "abuse", "1"],
        ["decisions_by_people", "restore", "", "1"],
        ["decisions_by_rule", "screening", "", "3"],
        ["decisions_by_rule", "import", "", "1"],
        ["reversals", "", "", "5"],
        ["reversals_of_the_machine", "", "", "2"],
        ["first_decisions_of_people", "", "", "5"],
        ["median_seconds", "", "", "7200.0"],
    ]


def test_no_name_of_a_rule_is_a_formula(says, desk) -> None:
    decided(says(june(1)), "approve", june(1), rule="=1+1")
    assert "decisions_by_rule,'=1+1,,1" in desk.get(f"{REPORT}.csv", MONTH).content.decode()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "2026-06-30", "until": "2026-06-01"}, "The first day comes after the last one."),
        ({"since": "yesterday", "until": "2026-06-01"}, "Enter a valid date."),
        ({"since": "2026-06-01"}, "This field is required."),
        ({"since": "0001-01-01", "until": "2026-06-01"}, "greater than or equal to"),
        ({"since": "2026-06-01", "until": "9999-12-31"}, "less than or equal to"),
    ],
)
@pytest.mark.parametrize("address", ["/", ".csv", ".json"])
def test_a_period_that_is_none_is_told_on_the_page(story, desk, asked, words: str, address: str) -> None:
    page: HttpResponse = desk.get(f"{REPORT}{address}", asked, follow=True)
    assert words in page.content.decode()
    assert "figures" not in page.context


def test_who_reads_the_log_reads_the_report_and_others_do_not(person, signed_in, desk) -> None:
    addresses = [f"{REPORT}{ending}" for ending in ("/", ".csv", ".json")]
    answers = {}
    for group in ("Moderator", "Section moderator", "Editor", "Owner", "nobody"):
        client = signed_in(person(f"one-{group}", group, is_staff=True))
        answers[group] = {client.get(address).status_code for address in addresses}
    assert answers == {
        "Moderator": {200},
        "Section moderator": {200},
        "Editor": {200},
        "Owner": {200},
        "nobody": {403},
    }
    for stranger in (Client(), signed_in(person("reader"))):
        assert {stranger.get(address).status_code for address in addresses} == {302}
    assert {desk.post(address).status_code for address in addresses} == {405}


def test_what_was_undone_was_never_decided_and_keeping_reverses_nothing(says, moderator: User) -> None:
    hello = says(june(3))
    with time_machine.travel(june(3, 13), tick=False):
        moderation.undo(moderation.decide(hello, "spam", by=moderator), by=moderator)
    hello = Comment.objects.get()
    decided(hello, "approve", june(3, 14), rule="screening")
    Comment.objects.update(open_reports=1)
    decided(hello, "keep", june(3, 15), by=moderator)
    with time_machine.travel(june(3, 16), tick=False):
        moderation.redact(hello, "H█llo", by=moderator)
    found = transparency.figures(JUNE)
    assert [(one.action, one.number) for one in found.tallies] == [("approve", 1), ("keep", 1), ("redact", 1)]
    assert (found.reversals, found.seen_by_people, found.median) == (0, 1, timedelta(hours=3))
    decided(hello, "reject", june(4), by=moderator)
    assert (transparency.figures(JUNE).reversals, transparency.figures(JUNE).reversals_of_the_machine) == (1, 0)
