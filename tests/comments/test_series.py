"""The numbers of moderation by day, week and month: a story with exact numbers."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from comments import moderation, series
from comments.models import Comment
from comments.periods import Period
from comments.series import Line, Series, Step
from comments.threads import open_thread
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db

JUNE = Period(since=date(2026, 6, 1), until=date(2026, 6, 30))
ADDRESS = "/admin/comments/decision/"


def june(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=UTC)


@pytest.fixture
def story(article, moderator) -> None:
    """Two comments on the 1st, which is a Monday, one on the 3rd, one on the 10th; one before, one imported."""
    thread = open_thread(ArticleTarget(article))

    def says(at: datetime, **differing) -> Comment:
        return Comment.objects.create(thread=thread, source="Hi", html="<p>Hi</p>", submitted_at=at, **differing)

    def decided(comment: Comment, action: str, at: datetime, **how) -> moderation.Decision:
        with time_machine.travel(at, tick=False):
            return moderation.decide(comment, action, **how)

    first, second, third = says(june(1)), says(june(1)), says(june(3))
    fourth = says(june(10))
    says(june(1) - timedelta(days=1))
    says(june(4), origin="elsewhere")
    decided(first, "approve", june(1, 13), by=moderator)  # 1 h
    decided(second, "approve", june(1, 15), by=moderator)  # 3 h
    decided(third, "spam", june(3), rule="screening")
    decided(third, "approve", june(3, 22), by=moderator)  # 10 h, and a reversal
    regretted = decided(fourth, "spam", june(10), by=moderator)
    with time_machine.travel(june(10) + timedelta(seconds=2), tick=False):
        moderation.undo(regretted, by=moderator)


def test_each_day_has_its_line_also_one_without_anything(story) -> None:
    found = series.series(JUNE, Step.DAY)
    assert found.lines[:4] == (
        Line(day=date(2026, 6, 1), received=2, people=2, median=timedelta(hours=2)),
        Line(day=date(2026, 6, 2)),
        Line(day=date(2026, 6, 3), received=1, machine=1, people=1, reversals=1, median=timedelta(hours=10)),
        Line(day=date(2026, 6, 4)),
    )
    assert (len(found.lines), found.lines[-1]) == (10, Line(day=date(2026, 6, 10), received=1))


def test_weeks_begin_on_monday_and_months_on_their_first_day(story) -> None:
    whole = {"machine": 1, "people": 3, "reversals": 1, "median": timedelta(hours=3)}
    assert series.series(JUNE, Step.WEEK).lines == (
        Line(day=date(2026, 6, 1), received=3, **whole),
        Line(day=date(2026, 6, 8), received=1),
    )
    assert series.series(JUNE, Step.MONTH).lines == (Line(day=date(2026, 6, 1), received=4, **whole),)


def test_a_long_period_is_given_in_longer_steps_by_as_many_queries(story, django_assert_num_queries) -> None:
    ever = Period(since=date(1970, 1, 1), until=date(2999, 12, 31))
    for period, step in ((JUNE, Step.DAY), (ever, Step.MONTH)):
        with django_assert_num_queries(3):
            assert series.series(period, Step.DAY).step is step


def test_of_a_period_without_comments_there_are_no_lines(db) -> None:
    assert series.series(JUNE, Step.DAY) == Series(Step.DAY, ())


def test_the_report_shows_them_and_gives_them_away(story, moderator, signed_in) -> None:
    desk, asked = signed_in(moderator), {"since": "2026-06-01", "until": "2026-06-30", "step": "week"}
    page = desk.get(f"{ADDRESS}report/", asked).content.decode()
    assert '<option value="week" selected>' in page
    assert page.count('class="series-line"') == 2
    assert desk.get(f"{ADDRESS}series.csv", asked).content.decode().splitlines() == [
        "week,received,decided_by_machine,decided_by_people,reversals,median_seconds",
        "2026-06-01,3,1,3,1,10800.0",
        "2026-06-08,1,0,0,0,",
    ]
    assert desk.get(f"{ADDRESS}series.json", asked).json() == series.as_json(series.series(JUNE, Step.WEEK))


@pytest.mark.parametrize("step", ["year", "x" * 40_000])
def test_a_step_that_there_is_not_is_told_on_the_page(story, moderator, signed_in, step: str) -> None:
    desk, asked = signed_in(moderator), {"since": "2026-06-01", "until": "2026-06-30", "step": step}
    answer = desk.get(f"{ADDRESS}report/", asked)
    assert (answer.status_code, "series-line" in answer.content.decode()) == (200, False)
    assert desk.get(f"{ADDRESS}series.csv", asked).status_code == 302
