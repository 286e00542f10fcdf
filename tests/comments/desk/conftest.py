"""What the stories of the desk have in common: comments under every tab, and moderators who sit at it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from comments import tallies, urgency
from comments.models import Comment, Thread
from comments.states import State
from comments.tallies import Standing
from comments.threads import open_thread
from newsroom.accounts.models import User
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget

QUEUE, DECIDE, BULK, UNDO = (f"/admin/comments/desk/{page}" for page in ("", "decide/", "bulk/", "undo/"))
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture
def thread(article: Article) -> Thread:
    return open_thread(ArticleTarget(article))


@pytest.fixture
def said(thread: Thread) -> Callable[..., Comment]:
    """A comment in any state, as screening leaves it, counted under its tabs."""

    def say(text: str = "A comment", **differing: Any) -> Comment:
        fields: dict[str, Any] = {"thread": thread, "source": text, "html": f"<p>{text}</p>"}
        fields |= {"screened_at": timezone.now(), "submitted_at": timezone.now()} | differing
        fields.setdefault(
            "urgent_at",
            urgency.moment(
                fields["submitted_at"], score=fields.get("score"), report_weight=fields.get("report_weight", 0)
            ),
        )
        comment = Comment.objects.create(**fields)
        if comment.state == State.APPROVED:
            Thread.objects.filter(pk=comment.thread_id).update(approved=F("approved") + 1)
        standing = Standing(
            State(comment.state), comment.screened_at is not None, comment.open_reports, comment.has_open_appeal
        )
        tallies.note([(comment.thread.section, None, standing)])
        return comment

    return say


@pytest.fixture
def desk(moderator: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(moderator)


@pytest.fixture
def second(person: Callable[..., User]) -> User:
    return person("second", "Moderator", is_staff=True)


def listed(page: HttpResponse) -> list[str]:
    """What the rows say, in the order of the page."""
    return [row.comment.source for row in page.context["rows"]]


def decided(client: Client, comment: Comment, action: str, **differing: Any) -> HttpResponse:
    """The form of a row, sent as it stands in the page that shows this comment."""
    fields = {"comment": comment.pk, "version": comment.version, "action": action, "back": QUEUE} | differing
    headers = fields.pop("headers", {})
    return client.post(DECIDE, fields, headers=headers)


def all_decided(client: Client, comments: list[Comment], action: str, **differing: Any) -> HttpResponse:
    chosen = [f"{comment.pk}:{comment.version}" for comment in comments]
    headers = differing.pop("headers", {})
    return client.post(BULK, {"chosen": chosen, "action": action, "back": QUEUE} | differing, headers=headers)


def told(page: HttpResponse) -> list[str]:
    return [str(message) for message in page.context["messages"]]
