"""Comments from elsewhere come in onto a target: once, in their order, with their states and dates."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import importing, moderation, sanitize, targets, tasks, threads
from comments.importing import Brought, Incoming
from comments.models import Comment, Decision, Thread
from comments.states import Action, State
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Section

pytestmark = pytest.mark.django_db

NOON = datetime(2017, 3, 3, 12, tzinfo=UTC)


def said(number: int, parent: int = 0, state: State = State.APPROVED, **differing) -> Incoming:
    """Comment `number` of the old site, a minute after the one before it."""
    fields = {
        "origin": f"old:{number}",
        "parent": f"old:{parent}" if parent else "",
        "text": f"What reader {number} said",
        "submitted_at": NOON + timedelta(minutes=number),
        "state": state,
    }
    return Incoming(**fields | differing)


def tree() -> dict[str, tuple[str, str, int, int]]:
    """By origin: the parent's origin, the root's, the depth, and the approved replies."""
    return {
        comment.origin: (
            comment.parent.origin if comment.parent else "",
            comment.root.origin if comment.root else "",
            comment.depth,
            comment.approved_replies,
        )
        for comment in Comment.objects.select_related("parent", "root")
    }


@pytest.fixture
def target(article: Article) -> targets.Target:
    return targets.of(article)


@pytest.fixture
def come_in(target: targets.Target) -> Callable[..., Brought]:
    return lambda *incoming, **how: importing.bring_in(target, incoming, **how)


def test_a_comment_comes_in_with_all_that_was_known_of_it(come_in, article: Article) -> None:
    arrived = said(
        7,
        text='<p class="x">See <b onclick="go()">this</b></p>',
        is_html=True,
        name="  Sara\u202e \n Amini ",
        email=" sara@example.org ",
    )
    assert come_in(arrived) == Brought(new=1)
    comment = Comment.objects.get()
    assert {
        "thread": comment.thread.target,
        "parent": comment.parent,
        "name": comment.name,
        "email": comment.email,
        "source": comment.source,
        "is_html": comment.is_html,
        "html": comment.html,
        "sanitizer": comment.sanitizer,
        "submitted_at": comment.submitted_at,
        "state": comment.state,
        "origin": comment.origin,
        "keys": (comment.author_key, comment.address_hash),
    } == {
        "thread": article,
        "parent": None,
        "name": "Sara Amini",
        "email": "sara@example.org",
        "source": arrived.text,
        "is_html": True,
        "html": sanitize.clean(arrived.text, html=True),
        "sanitizer": sanitize.VERSION,
        "submitted_at": NOON + timedelta(minutes=7),
        "state": State.APPROVED,
        "origin": "old:7",
        "keys": ("", ""),
    }
    thread = Thread.objects.get()
    assert (thread.title, thread.section, thread.approved, thread.version) == ("Story 1", "harbour", 1, 1)


def test_any_target_will_do(section: Section) -> None:
    assert importing.bring_in(targets.Target(section), [said(1)]) == Brought(new=1)
    assert Thread.objects.get().target == section


def test_a_thread_keeps_its_shape_and_its_counts(come_in) -> None:
    brought = come_in(
        said(1),
        said(2, 1),
        said(3, 2),
        said(4, 1, State.SPAM),
        said(5, 4),
        said(6, state=State.REJECTED),
        said(7, 6),
        said(8),
    )
    assert brought == Brought(new=8)
    assert tree() == {
        "old:1": ("", "", 0, 3),
        "old:2": ("old:1", "old:1", 1, 0),
        "old:3": ("old:2", "old:1", 2, 0),
        "old:4": ("old:1", "old:1", 1, 0),
        "old:5": ("old:4", "old:1", 2, 0),
        "old:6": ("", "", 0, 1),
        "old:7": ("old:6", "old:6", 1, 0),
        "old:8": ("", "", 0, 0),
    }
    assert Thread.objects.get().approved == 6


def test_a_reply_may_come_long_before_what_it_answers(come_in, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    assert come_in(said(4, 3), said(9), said(3, 2), said(8), said(2, 1), said(1)) == Brought(new=6)
    assert tree() == {
        "old:1": ("", "", 0, 3),
        "old:2": ("old:1", "old:1", 1, 0),
        "old:3": ("old:2", "old:1", 2, 0),
        "old:4": ("old:3", "old:1", 3, 0),
        "old:8": ("", "", 0, 0),
        "old:9": ("", "", 0, 0),
    }


def test_replies_to_nothing_and_in_a_circle_stand_on_the_target(come_in) -> None:
    brought = come_in(said(2, 1), said(3, 2), said(5, 5), said(6, 7), said(7, 8), said(8, 6))
    assert brought == Brought(new=6, orphaned=3)
    assert tree() == {
        "old:2": ("", "", 0, 1),
        "old:3": ("old:2", "old:2", 1, 0),
        "old:5": ("", "", 0, 0),
        "old:6": ("", "", 0, 2),
        "old:7": ("old:8", "old:6", 2, 0),
        "old:8": ("old:6", "old:6", 1, 0),
    }


def test_what_shows_nothing_is_left_out_and_its_replies_move_up(come_in) -> None:
    blank = {"text": "<p>\u200b &nbsp;</p><img src=x>", "is_html": True}
    brought = come_in(said(1), said(2, 1, **blank), said(3, 2), said(4, **blank), said(5, 4))
    assert brought == Brought(new=3, empty=2, moved_up=2)
    assert tree() == {
        "old:1": ("", "", 0, 1),
        "old:3": ("old:1", "old:1", 1, 0),
        "old:5": ("", "", 0, 0),
    }


def test_nothing_comes_of_nothing(come_in) -> None:
    assert come_in() == Brought()
    assert come_in(said(1, text=" ")) == Brought(empty=1)
    assert Thread.objects.count() == 0


def test_brought_twice_it_is_there_once(come_in) -> None:
    stream = [said(1), said(2, 1), said(3, 1, State.PENDING), said(1, text="Again")]
    assert come_in(*stream) == Brought(new=3, held=1, repeated=1)
    before = list(Comment.objects.order_by("pk").values()), Thread.objects.values().get()
    assert come_in(*stream) == Brought(unchanged=3, repeated=1)
    assert (list(Comment.objects.order_by("pk").values()), Thread.objects.values().get()) == before


def test_a_later_stream_goes_on_where_the_first_one_ended(come_in) -> None:
    come_in(said(1), said(2, 1))
    assert come_in(said(3, 2), said(4)) == Brought(new=2)
    assert tree()["old:3"] == ("old:2", "old:1", 2, 0)
    assert tree()["old:1"] == ("", "", 0, 2)
    assert Thread.objects.get().approved == 4


def test_what_stands_on_another_thing_is_not_brought_again(come_in, write: Callable[..., Article]) -> None:
    come_in(said(1))
    other = targets.of(write(2))
    assert importing.bring_in(other, [said(1), said(2, 1)]) == Brought(new=1, elsewhere=1, moved_up=1)
    assert threads.thread_of(other).approved == 1


def test_the_thread_of_a_deleted_thing_comes_back_with_it(
    come_in, article: Article, write: Callable[..., Article], moderator: User
) -> None:
    come_in(said(1), said(2, 1))
    moderation.decide(Comment.objects.get(origin="old:2"), Action.REJECT, by=moderator)
    article.delete()
    again = targets.of(write(2))
    assert importing.bring_in(again, [said(1), said(2, 1), said(3, 1)]) == Brought(new=1, unchanged=2)
    thread = Thread.objects.get()
    assert (thread.target, thread.approved) == (again.obj, 2)
    assert Comment.objects.get(origin="old:2").state == State.REJECTED


def test_a_held_comment_waits_for_a_person_and_for_nobody_else(come_in) -> None:
    assert come_in(said(1, state=State.PENDING), said(2, state=State.SPAM)) == Brought(new=2, held=1)
    assert [comment.origin for comment in Comment.objects.waiting()] == ["old:1"]
    assert tasks.sweep() == 0
    restored = moderation.decide(Comment.objects.get(origin="old:2"), Action.RESTORE, rule="test").comment
    assert tasks.sweep() == 0
    assert set(Comment.objects.waiting()) == {restored, Comment.objects.get(origin="old:1")}


def test_a_closed_thread_takes_its_old_comments(come_in, article: Article) -> None:
    article.discussion = Article.Discussion.CLOSED
    assert come_in(said(1)) == Brought(new=1)


def test_either_all_of_a_stream_comes_in_or_nothing(target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 1)

    def breaks_off() -> Iterator[Incoming]:
        yield said(1)
        yield said(2)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        importing.bring_in(target, breaks_off())
    assert (Comment.objects.count(), Thread.objects.count()) == (0, 0)


def test_what_cannot_be_kept_as_it_is_is_kept_as_well_as_it_can_be(come_in) -> None:
    long = said(1, text="word " * 2000, name="n" * 500, email="not an address")
    assert come_in(long, said(2, text="a\x00b\ud800c")) == Brought(new=2, doubtful=1)
    first, second = Comment.objects.order_by("origin")
    assert (first.name, first.email, first.doubts) == ("n" * 80, "", [sanitize.WAS_CUT])
    assert first.source == long.text
    assert (second.source, second.html) == ("abc", "<p>abc</p>")


def test_the_same_words_have_the_same_fingerprint_with_and_without_tags(come_in) -> None:
    words = "the ships lay in the harbour until the storm was over"
    come_in(said(1, text=words), said(2, text=f"<p>the ships <b>lay</b>{words[13:]}</p>", is_html=True))
    one, other = Comment.objects.values_list("fingerprint", flat=True)
    assert one == other != 0


class TestUpdate:
    """With `update`, what was brought before follows the stream, as far as nobody here has decided."""

    def test_text_and_state_follow_with_a_line_in_the_log(self, come_in) -> None:
        come_in(said(1), said(2, 1, State.PENDING))
        changed = said(2, 1, text="What reader 2 meant")
        assert come_in(said(1), changed) == Brought(unchanged=2)
        assert come_in(said(1), changed, update=True) == Brought(updated=1, unchanged=1)
        comment = Comment.objects.get(origin="old:2")
        assert (comment.html, comment.state) == ("<p>What reader 2 meant</p>", State.APPROVED)
        logged = Decision.objects.values_list("comment__origin", "by", "rule", "action", "before", "after")
        assert list(logged) == [("old:2", None, "import", "approve", "pending", "approved")]
        assert tree()["old:1"] == ("", "", 0, 1)
        assert Thread.objects.get().approved == 2

    def test_it_follows_again_and_again(self, come_in) -> None:
        for state in (State.PENDING, State.APPROVED, State.SPAM, State.APPROVED, State.REJECTED, State.PENDING):
            come_in(said(1, state=state), update=True)
            assert Comment.objects.get().state == state
        assert Thread.objects.get().approved == 0

    def test_what_a_moderator_decided_stays(self, come_in, moderator: User) -> None:
        come_in(said(1))
        moderation.decide(Comment.objects.get(), Action.REJECT, by=moderator)
        assert come_in(said(1, text="Other words"), update=True) == Brought(unchanged=1)
        assert Comment.objects.values_list("state", "source").get() == (State.REJECTED, "What reader 1 said")

    def test_what_its_author_removed_does_not_come_back(self, come_in) -> None:
        come_in(said(1))
        moderation.decide(Comment.objects.get(), Action.REMOVE, rule="author")
        Comment.objects.update(source="", html="")
        assert come_in(said(1), update=True) == Brought(unchanged=1)
        assert Comment.objects.values_list("state", "source").get() == (State.REMOVED, "")

    def test_a_moderator_who_has_the_old_text_open_is_told(self, come_in, moderator: User) -> None:
        come_in(said(1, state=State.PENDING))
        as_seen = Comment.objects.get()
        come_in(said(1, state=State.PENDING, text="Other words"), update=True)
        with pytest.raises(moderation.StaleError):
            moderation.decide(as_seen, Action.APPROVE, by=moderator)


def test_thirty_comments_cost_the_queries_of_three(target, write: Callable[..., Article]) -> None:
    def queries(onto: targets.Target, numbers: range) -> int:
        first = numbers[0]
        with CaptureQueriesContext(connection) as asked:
            importing.bring_in(onto, (said(n, 0 if n == first else first) for n in numbers))
        return len(asked)

    ContentType.objects.get_for_model(Article)
    assert queries(target, range(1, 4)) == queries(targets.of(write(2)), range(101, 131))


def test_the_page_of_an_imported_thread(come_in, target) -> None:
    come_in(said(1), said(2, 1), said(3, state=State.SPAM))
    page = threads.page(threads.thread_of(target))
    assert [(one.comment.origin, one.depth) for one in page.shown] == [("old:1", 0), ("old:2", 1)]
