"""The self-test finds nothing where nothing leaks, and the leak that is planted."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from metering import selftest, wall
from metering.models import Meter, Read
from metering.policy import Policy
from newsroom.articles.models import Article
from newsroom.reading import ArticlePiece

pytestmark = pytest.mark.django_db


def run(*options: str) -> str:
    told = StringIO()
    call_command("meter_selftest", *options, stdout=told, stderr=told)
    return told.getvalue()


def test_nothing_leaks_and_nothing_is_left_behind(articles: list[Article]) -> None:
    assert run().startswith("2 pieces looked behind, ")
    assert Read.objects.count() == 0


@pytest.mark.parametrize("where", ["lead", "feed", "structured data"])
def test_a_planted_leak_is_found(articles, monkeypatch, where: str) -> None:
    told = StringIO()
    if where == "lead":
        leaking = articles[6]
        Article.objects.filter(pk=leaking.pk).update(lead=selftest.readable(leaking.body))
    elif where == "feed":
        monkeypatch.setattr("newsroom.surfaces.feeds.wall.teaser", lambda body, policy: body)
        hidden = {article.pk: selftest.readable(article.body)[-60:] for article in articles}
        monkeypatch.setattr(selftest, "hidden_sentences", lambda piece, policy: [hidden[piece.obj.pk]])
    else:
        monkeypatch.setattr("newsroom.reading.structured_data.of", lambda article, request: article.body)
    with pytest.raises(CommandError, match="leaks"):
        call_command("meter_selftest", stdout=told, stderr=told)
    assert "LEAK articles.article:" in told.getvalue()
    assert Read.objects.count() == 0


def test_with_nothing_behind_a_wall_there_is_nothing_to_find(articles) -> None:
    Article.objects.update(policy=Article.Policy.FREE)
    with pytest.raises(CommandError, match="no piece behind a wall"):
        run()


def test_a_hard_wall_is_looked_behind_too(articles) -> None:
    Meter.objects.update_or_create(pk=1, defaults={"limit": 0})
    assert run().startswith("7 pieces looked behind, ")


@pytest.mark.parametrize(
    "wrapped",
    [
        "<p>It was a <b>long</b> and quiet night at the pier.</p>",
        '{"body": "It was a long and quiet night at the pier."}',
        '{"body": "\\u0049t was a long and quiet night at the pier."}',
        '<div data-body="It was a long and quiet night at the pier."></div>',
        "&lt;p&gt;It was a long and quiet&amp;#32;night at the pier.&lt;/p&gt;",
        "<noscript><p>It was a long\n  and quiet night at the pier.</p></noscript>",
        "<!-- It was a long and quiet night at the pier. -->",
    ],
)
def test_a_sentence_is_found_however_it_is_wrapped(wrapped: str) -> None:
    assert "It was a long and quiet night at the pier." in selftest.readable(wrapped)


def test_the_sentences_come_from_behind_the_teaser(article: Article) -> None:
    hidden = selftest.hidden_sentences(ArticlePiece(article), Policy())
    given = selftest.readable(wall.teaser(article.body, Policy()))
    assert len(hidden) == 3
    assert not any(sentence in given for sentence in hidden)
