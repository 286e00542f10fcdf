"""Open, held or closed: what is said in several places, and what holds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from comments import house, posting, threads
from comments.models import BreakingNews, House
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db


def mode(article: Article) -> str:
    target = ArticleTarget(article)
    return threads.mode_of(target, threads.thread_of(target))


@pytest.mark.parametrize(
    ("thread", "host", "rules", "news", "expected"),
    [
        ("", "open", {}, "", "open"),
        ("", "held", {}, "", "held"),
        ("", "closed", {}, "", "closed"),
        # The owner's word for all of the site opens nothing that an article closes.
        ("", "open", {"mode": "held"}, "", "held"),
        ("", "open", {"mode": "closed"}, "", "closed"),
        ("", "held", {"mode": "open"}, "", "held"),
        ("", "closed", {"mode": "held"}, "", "closed"),
        # By age: the article is ten days old.
        ("", "open", {"hold_after_days": 10}, "", "held"),
        ("", "open", {"hold_after_days": 11}, "", "open"),
        ("", "open", {"close_after_days": 10}, "", "closed"),
        ("", "open", {"close_after_days": 11}, "", "open"),
        ("", "open", {"hold_after_days": 5, "close_after_days": 10}, "", "closed"),
        ("", "closed", {"hold_after_days": 5}, "", "closed"),
        # Breaking news: stricter, never more open.
        ("", "open", {}, "held", "held"),
        ("", "open", {}, "closed", "closed"),
        ("", "closed", {}, "held", "closed"),
        ("", "open", {"close_after_days": 5}, "held", "closed"),
        ("", "open", {"mode": "closed"}, "held", "closed"),
        # The desk's word for this thread stands above all of that.
        ("open", "closed", {"mode": "closed", "close_after_days": 1}, "closed", "open"),
        ("held", "open", {"mode": "closed"}, "closed", "held"),
        ("closed", "open", {}, "", "closed"),
    ],
)
def test_which_word_holds(
    article: Article,
    settle: Callable[..., House],
    thread: str,
    host: str,
    rules: dict[str, Any],
    news: str,
    expected: str,
) -> None:
    Article.objects.filter(pk=article.pk).update(
        discussion=host, published_at=timezone.now() - timedelta(days=10, minutes=1)
    )
    article.refresh_from_db()
    target = open_thread(ArticleTarget(article))
    target.mode = thread
    target.save()
    if news:
        BreakingNews.objects.create(mode=news, until=timezone.now() + timedelta(hours=1))
    settle(**rules)
    assert mode(article) == expected


def test_the_owner_s_days_stand_above_the_settings(article: Article, settle, settings) -> None:
    settings.COMMENTS = {"CLOSE_AFTER_DAYS": 1}
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now() - timedelta(days=3))
    article.refresh_from_db()
    assert mode(article) == "closed"
    settle(close_after_days=7)
    assert mode(article) == "open"


def test_breaking_news_concerns_its_section_or_all(article: Article, settle) -> None:
    for section, expected in (("elsewhere", "open"), ("harbour", "closed"), ("", "closed")):
        BreakingNews.objects.all().delete()
        BreakingNews.objects.create(section=section, mode="closed", until=timezone.now() + timedelta(hours=1))
        house.forget()
        assert mode(article) == expected


def test_of_two_breaking_news_the_stricter_holds(article: Article) -> None:
    until = timezone.now() + timedelta(hours=1)
    BreakingNews.objects.create(mode="closed", until=until)
    BreakingNews.objects.create(mode="held", until=until + timedelta(hours=1))
    assert mode(article) == "closed"
    with time_machine.travel(until, tick=False):
        assert mode(article) == "held"


def test_breaking_news_ends_at_its_minute_by_itself_on_the_page_and_at_the_door(
    article: Article, client: Client, settle
) -> None:
    settle()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        BreakingNews.objects.create(mode="closed", until=timezone.now() + timedelta(hours=1))
        assert "data-comment-form" not in client.get(article.get_absolute_url()).content.decode()
        with pytest.raises(posting.Forbidden):
            posting.post(ArticleTarget(article), posting.Draft(text="Too soon."))
        clock.shift(timedelta(minutes=59, seconds=59))
        assert "data-comment-form" not in client.get(article.get_absolute_url()).content.decode()
        clock.shift(timedelta(seconds=1))
        assert "data-comment-form" in client.get(article.get_absolute_url()).content.decode()
        assert posting.post(ArticleTarget(article), posting.Draft(text="At last.")).pk


def test_a_page_that_is_kept_loses_its_reply_buttons_when_news_breaks(
    article: Article, client: Client, say, settle
) -> None:
    settle()
    said = say()
    assert f"reply_to={said.pk}" in client.get(article.get_absolute_url()).content.decode()
    BreakingNews.objects.create(mode="closed", until=timezone.now() + timedelta(hours=1))
    house.forget()
    assert f"reply_to={said.pk}" not in client.get(article.get_absolute_url()).content.decode()


def test_a_post_is_judged_by_the_rules_as_they_are_now(article: Article, say, settle) -> None:
    """Not as a page of five seconds ago saw them."""
    settle()
    mode(article)
    House.objects.update(mode="held")
    assert mode(article) == "open"
    assert say().state == "pending"


def test_pages_ask_for_the_rules_once_in_five_seconds(article: Article, django_assert_num_queries) -> None:
    mode(article)
    with django_assert_num_queries(0):
        for _again in range(3):
            assert threads.mode_of(ArticleTarget(article), None) == "open"


def test_what_runs_is_told_to_those_whom_it_concerns(db: None) -> None:
    now = timezone.now()
    for section, hours in (("", 3), ("harbour", 1), ("hills", 2), ("", -1)):
        BreakingNews.objects.create(section=section, until=now + timedelta(hours=hours))
    assert [news.section for news in house.running_now()] == ["harbour", "hills", ""]
    assert [news.section for news in house.running_now(["hills"])] == ["hills", ""]
