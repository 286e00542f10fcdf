"""A house, and how one comments in it."""

from collections.abc import Callable
from typing import Any

import pytest

from comments import house, posting
from comments.models import Comment, House
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget


@pytest.fixture
def settle(db: None) -> Callable[..., House]:
    """Fills in the rules of the house, the rules not named being off."""

    def fill_in(**rules: Any) -> House:
        off = {"newcomer_approvals": 0, "history_percent": 0, "hold_disposable": False}
        found, _made = House.objects.update_or_create(pk=1, defaults=off | rules)
        house.forget()
        return found

    return fill_in


@pytest.fixture
def say(article: Article, django_capture_on_commit_callbacks: Callable) -> Callable[..., Comment]:
    """Somebody comments on the article; the comment as it is after screening."""

    def post(text: str = "What the harbour needs is a second crane.", **differing: Any) -> Comment:
        with django_capture_on_commit_callbacks(execute=True):
            comment = posting.post(ArticleTarget(article), posting.Draft(text=text, **differing))
        comment.refresh_from_db()
        return comment

    return post
