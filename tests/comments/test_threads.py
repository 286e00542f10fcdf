"""Reading a thread a page at a time, at the same cost whatever its size."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import threads
from comments.models import Comment, Thread
from comments.states import State
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

pytestmark = pytest.mark.django_db


def fill(article: Article, roots: int, replies: int = 0) -> Thread:
    """A thread of approved comments: `roots` on the article, each with `replies` below it."""
    thread, now = threads.open_thread(ArticleTarget(article)), timezone.now()

    def comment(text: str, minutes_ago: float, **more) -> Comment:
        at = now - timedelta(minutes=minutes_ago)
        return Comment(
            thread=thread, source=text, html=f"<p>{text}</p>", state=State.APPROVED, submitted_at=at, **more
        )

    made = Comment.objects.bulk_create(comment(f"root {n}", n, approved_replies=replies) for n in range(roots))
    Comment.objects.bulk_create(
        comment(f"reply {n}.{m}", n - 0.01 * (m + 1), parent=root, root=root, depth=1)
        for n, root in enumerate(made)
        for m in range(replies)
    )
    Thread.objects.filter(pk=thread.pk).update(approved=roots * (1 + replies))
    return Thread.objects.get(pk=thread.pk)


def all_pages(thread: Thread) -> list[list[str]]:
    pages, after = [], ""
    while True:
        page = threads.page(thread, after=after)
        pages.append([one.comment.source for one in page.shown])
        after = page.next
        if not after:
            return pages


def test_every_comment_stands_on_exactly_one_page_newest_first(article: Article) -> None:
    pages = all_pages(fill(article, 120))
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [text for page in pages for text in page] == [f"root {n}" for n in range(120)]


def test_a_page_holds_fifty_comments_replies_included_and_five_below_each(article: Article) -> None:
    thread = fill(article, 12, replies=7)
    page = threads.page(thread)
    assert len(page.shown) == 48
    assert [one.comment.source for one in page.shown[:6]] == ["root 0", *(f"reply 0.{m}" for m in range(5))]
    assert [one.hidden_replies for one in page.shown[:6]] == [0, 0, 0, 0, 0, 2]
    assert threads.page(thread, after=page.next).shown[0].comment.source == "root 8"


def test_the_rest_of_the_replies_has_pages_of_its_own(article: Article) -> None:
    thread = fill(article, 1, replies=60)
    root = thread.comments.get(parent=None)
    first = threads.replies_page(root)
    rest = threads.replies_page(root, after=first.next)
    assert [one.comment.source for one in (*first.shown[1:], *rest.shown[1:])] == [
        f"reply 0.{m}" for m in range(60)
    ]
    assert rest.next == ""


def test_a_key_that_nobody_gave_is_the_first_page(article: Article) -> None:
    thread = fill(article, 3)
    for nonsense in ("x", "-", "1-", "9" * 40 + "-1", "1-" + "9" * 5000, "\x00", "1٣-2"):
        assert len(threads.page(thread, after=nonsense).shown) in (0, 3)


def queries(client: Client, address: str) -> list[str]:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("roots", [1, 10, 1000])
def test_the_article_page_with_its_thread_costs_the_same_whatever_the_thread(client, articles, roots: int) -> None:
    """Cold cache, anonymous: 9 queries for an article that is open already, 10 for a new one."""
    fill(articles[0], roots, replies=1)
    fill(articles[1], roots, replies=1)
    client.get(articles[0].get_absolute_url())
    assert len(queries(client, articles[0].get_absolute_url())) == 9
    assert len(queries(client, articles[1].get_absolute_url())) == 10


def test_the_thread_itself_costs_at_most_four_queries(client, article) -> None:
    fill(article, 300, replies=3)
    client.get(article.get_absolute_url())
    asked = queries(client, f"{article.get_absolute_url()}comments/")
    assert len([sql for sql in asked if "comments_" in sql]) == 3


def test_a_warm_thread_costs_one_query_and_a_decision_shows_at_once(client, article, moderator) -> None:
    from comments import moderation

    fill(article, 30)
    client.get(article.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        client.get(article.get_absolute_url())
    assert sum("comments_" in query["sql"] for query in captured.captured_queries) == 1
    comment = Comment.objects.get(source="root 7")
    moderation.decide(comment, "reject", by=moderator)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "root 7<" not in page
    assert "29 comments" in page


def test_signed_in_authors_cost_no_query_each(client, articles, person) -> None:
    """One more query for all of their badges, however many they are."""
    for article, authors in ((articles[0], 2), (articles[1], 20)):
        thread = fill(article, authors)
        for number, comment in enumerate(thread.comments.all()):
            Comment.objects.filter(pk=comment.pk).update(author=person(f"{article.pk}-{number}"))
        client.get(article.get_absolute_url())
    counts = [len(queries(client, article.get_absolute_url())) for article in articles[:2]]
    api = [len(queries(client, f"/api/v1/articles/{article.code}/comments/")) for article in articles[:2]]
    assert counts[0] == counts[1] <= 9
    assert api[0] == api[1]


def test_the_api_reaches_every_reply(client, article) -> None:
    thread = fill(article, 1, replies=9)
    client.get(article.get_absolute_url())
    address = f"/api/v1/articles/{article.code}/comments/"
    first = client.get(address).json()["results"]
    assert first[-1]["hidden_replies"] == 4
    root = thread.comments.get(parent=None)
    assert len(client.get(f"{address}?under={root.pk}").json()["results"]) == 10


def test_made_up_keys_fill_no_cache(client, article, monkeypatch) -> None:
    fill(article, 3)
    client.get(article.get_absolute_url())
    stored = []
    monkeypatch.setattr(cache, "set", lambda key, *args, **kwargs: stored.append(key))
    for number in range(20):
        client.get(f"{article.get_absolute_url()}comments/?after=junk{number}&under=x{number}")
    assert len({key for key in stored if key.startswith("comments.")}) <= 1
