"""What stories about moderators begin with: comments that wait, and numbers that add up at the end."""

from collections.abc import Callable, Iterator

import pytest
from django.db.models import F
from django.utils import timezone

from comments import moderation, tallies
from comments.models import Appeal, Comment, Decision, Report, Thread
from comments.states import State
from comments.tallies import Standing
from comments.threads import open_thread
from newsroom.articles.models import Article
from newsroom.reading import ArticleTarget


@pytest.fixture
def waiting(article: Article) -> Callable[..., Comment]:
    """Makes a comment that was screened and waits for a person: `waiting("What it says", on=article)`."""

    def make(text: str = "A comment that waits", *, on: Article | None = None, **differing) -> Comment:
        thread = open_thread(ArticleTarget(on or article))
        values = {"html": f"<p>{text}</p>", "screened_at": timezone.now(), "score": 0.5} | differing
        comment = Comment.objects.create(thread=thread, source=text, **values)
        tallies.note([(thread.section, None, Standing(State.PENDING))])
        return comment

    return make


@pytest.fixture
def published(waiting, moderator) -> Callable[..., Comment]:
    """The same, approved by a moderator whose time to undo is over."""

    def make(text: str = "A comment that everybody reads", **differing) -> Comment:
        comment = waiting(text, **differing)
        moderation.decide(comment, "approve", by=moderator)
        Decision.objects.filter(comment=comment).update(settles_at=None)
        return comment

    return make


def reported(comment: Comment, *, weight: float = 1.0, key: str = "a reader", reason: str = "") -> Report:
    """A reader's report, with the numbers that follow from it."""
    before = Standing(State(comment.state), True, comment.open_reports, comment.has_open_appeal)
    comment.open_reports += 1
    comment.report_weight += weight
    comment.save(update_fields=["open_reports", "report_weight"])
    after = Standing(State(comment.state), True, comment.open_reports, comment.has_open_appeal)
    tallies.note([(comment.thread.section, before, after)])
    return Report.objects.create(comment=comment, reporter_key=key, weight=weight, reason=reason)


def appealed(comment: Comment, contested: Decision) -> Appeal:
    """The author asks for a second look, with the numbers that follow from it."""
    before = Standing(State(comment.state), True, comment.open_reports, False)
    comment.has_open_appeal = True
    comment.save(update_fields=["has_open_appeal"])
    after = Standing(State(comment.state), True, comment.open_reports, True)
    tallies.note([(comment.thread.section, before, after)])
    return Appeal.objects.create(comment=comment, contested=contested, text="Please look again.")


@pytest.fixture
def numbers_stay_right(db: None) -> Iterator[None]:
    """At the end of the story the numbers on the tabs are those of the comments."""
    yield
    assert tallies.recount() == 0


@pytest.fixture
def written(article: Article, numbers_stay_right: None) -> Callable[..., Comment]:
    """A comment on the article in any state, counted as it should be."""

    def make(text: str = "The harbour belongs to us.", **differing) -> Comment:
        thread = open_thread(ArticleTarget(article))
        fields = {"source": text, "html": f"<p>{text}</p>", "screened_at": timezone.now()} | differing
        comment = Comment.objects.create(thread=thread, **fields)
        if comment.state == State.APPROVED:
            Thread.objects.filter(pk=thread.pk).update(approved=F("approved") + 1)
        tallies.recount()
        return comment

    return make
