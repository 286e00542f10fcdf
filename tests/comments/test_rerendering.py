"""`manage.py rerender_comments`: what an older sanitiser rendered is rendered again, and caches are told."""

from io import StringIO

import pytest
from django.core.management import call_command

from comments import sanitize, targets, threads
from comments.management.commands import rerender_comments
from comments.models import Comment, Thread
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(article: Article) -> Thread:
    return threads.open_thread(targets.of(article))


def rendered(thread: Thread, source: str, *, html: str = "", sanitizer: int = 0, is_html: bool = False) -> Comment:
    """A comment as an older sanitiser left it, unless told."""
    return Comment.objects.create(
        thread=thread, source=source, html=html, sanitizer=sanitizer, is_html=is_html, state="approved"
    )


def render_again(*options: str) -> str:
    said = StringIO()
    call_command("rerender_comments", *options, stdout=said)
    return said.getvalue().strip()


def stored() -> list[tuple[str, int]]:
    return list(Comment.objects.order_by("pk").values_list("html", "sanitizer"))


def test_what_an_older_sanitiser_left_is_rendered_again(thread: Thread) -> None:
    rendered(thread, "<b>bold</b>", html="<b>bold</b>")
    rendered(thread, "<b>bold</b> word", html="bold word", is_html=True)
    rendered(thread, "as before", html="<p>as before</p>")
    rendered(thread, "by the present one", html="kept", sanitizer=sanitize.VERSION)
    assert render_again() == "3 comments rendered again, 2 read differently now."
    assert stored() == [
        ("<p>&lt;b&gt;bold&lt;/b&gt;</p>", sanitize.VERSION),
        ("<p><b>bold</b> word</p>", sanitize.VERSION),
        ("<p>as before</p>", sanitize.VERSION),
        ("kept", sanitize.VERSION),
    ]
    assert set(Comment.objects.values_list("state", "version")) == {("approved", 0)}


def test_done_once_nothing_is_left_to_do_but_by_all(thread: Thread) -> None:
    rendered(thread, "a word", html="<p>a word</p>")
    assert render_again() == "1 comment rendered again, 0 read differently now."
    assert render_again() == "Every comment has been rendered by the present sanitiser."
    Comment.objects.update(html="tampered with")
    assert render_again() == "Every comment has been rendered by the present sanitiser."
    assert render_again("--all") == "1 comment rendered again, 1 reads differently now."
    assert stored() == [("<p>a word</p>", sanitize.VERSION)]


def test_only_threads_that_read_differently_are_new_to_the_caches(thread: Thread, write) -> None:
    untouched = threads.open_thread(targets.of(write(2)))
    rendered(untouched, "a word", html="<p>a word</p>")
    rendered(thread, "a word", html="a word")
    rendered(thread, "another", html="another")
    render_again()
    assert Thread.objects.get(pk=thread.pk).version == 1
    assert Thread.objects.get(pk=untouched.pk).version == 0


def test_doubts_are_renewed_with_the_text(thread: Thread) -> None:
    comment = rendered(thread, "word " * 2000, html="<p>word</p>")
    render_again()
    comment.refresh_from_db()
    assert comment.doubts == [sanitize.WAS_CUT]


def test_many_batches_are_all_done(thread: Thread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerender_comments, "AT_ONCE", 2)
    for number in range(7):
        rendered(thread, f"word {number}", html="" if number % 2 else f"<p>word {number}</p>")
    assert render_again() == "7 comments rendered again, 3 read differently now."
    assert stored() == [(f"<p>word {number}</p>", sanitize.VERSION) for number in range(7)]


def test_a_comment_that_is_edited_meanwhile_keeps_its_new_text(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = rendered(thread, "old", html="old")
    render = sanitize.render

    def edited_meanwhile(source: str, *, html: bool = False) -> sanitize.Rendered:
        Comment.objects.filter(pk=comment.pk).update(source="new", html="<p>new</p>", sanitizer=sanitize.VERSION)
        return render(source, html=html)

    monkeypatch.setattr(sanitize, "render", edited_meanwhile)
    assert render_again() == "1 comment rendered again, 0 read differently now."
    assert stored() == [("<p>new</p>", sanitize.VERSION)]
