"""A reader comments through the form, a moderator decides, and everybody sees it; without JavaScript."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.db.models import F
from django.test import Client
from django.utils import timezone

from comments.models import Comment, Decision, Thread
from comments.states import State
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db(
    transaction=True, serialized_rollback=True
)  # comments are screened after the commit

GOOD = "The ferry was late again, and nobody at the pier knew why."
DOUBTFUL = "Earn 5000 a week from home!!! WhatsApp +1 555 010 2030 http://a.example http://b.example"


class Fields(HTMLParser):
    """The fields of the comment form, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.action = ""
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if tag == "form":
            self._inside = "data-comment-form" in told
            self.action = (told.get("action") or "") if self._inside else self.action
        if self._inside and tag in ("input", "textarea") and told.get("name"):
            self.found[told["name"] or ""] = told.get("value") or ""


def comment_on(client: Client, article: Article, text: str, *, reply_to: int | None = None, **more: str):
    """Fills in the form of the article's page and sends it half a minute later, as a person would."""
    query = {"reply_to": reply_to} if reply_to else {}
    with time_machine.travel(timezone.now() - timedelta(seconds=30)):
        form = Fields(client.get(article.get_absolute_url(), query).content.decode())
    return client.post(form.action, form.found | {"text": text, **more})


def shown_on(client: Client, article: Article) -> list[str]:
    """The texts of the comments on the page, markup removed."""
    page = client.get(article.get_absolute_url()).content.decode()
    texts = re.findall(r'<div class="comment-text" dir="auto">(.*?)</div>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", " ", text).strip() for text in texts]


def test_a_good_comment_appears_at_once(client: Client, article: Article) -> None:
    answer = comment_on(client, article, GOOD, name="Mira", email="mira@example.org")
    comment = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{article.get_absolute_url()}#comment-{comment.pk}")
    assert comment.state == State.APPROVED
    stranger = client.get(article.get_absolute_url()).content.decode()
    assert GOOD in stranger
    assert "Mira" in stranger
    assert "mira@example.org" not in stranger
    assert "1 comment" in stranger


def test_a_doubtful_comment_waits_and_only_its_author_sees_it(client: Client, article: Article) -> None:
    comment_on(client, article, DOUBTFUL)
    comment = Comment.objects.get()
    assert comment.state == State.PENDING
    assert comment.screened_at is not None
    assert comment.reasons
    own = client.get(article.get_absolute_url()).content.decode()
    assert "Your comment is being checked" in own
    assert "Earn 5000 a week" in own
    stranger = Client().get(article.get_absolute_url()).content.decode()
    assert "Earn 5000 a week" not in stranger


def test_a_moderator_approves_and_everybody_sees_it(client, article, moderator, signed_in) -> None:
    comment_on(client, article, DOUBTFUL)
    comment = Comment.objects.get()
    desk = signed_in(moderator)
    page = desk.get(f"/admin/comments/comment/{comment.pk}/change/").content.decode()
    assert "Earn 5000 a week" in page
    desk.post(
        f"/admin/comments/comment/{comment.pk}/decide/",
        {"action": "approve", "version": comment.version, "note": "A running joke of our readers."},
    )
    assert "Earn 5000 a week" in Client().get(article.get_absolute_url()).content.decode()
    decision = Decision.objects.get(action="approve")
    assert (decision.by, decision.before, decision.after) == (moderator, State.PENDING, State.APPROVED)
    assert decision.note == "A running joke of our readers."


def test_moderators_decide_about_many_at_once_or_about_none(client, article, moderator, signed_in) -> None:
    for number in range(3):
        comment_on(client, article, f"{DOUBTFUL} {number}")
    desk, chosen = signed_in(moderator), list(Comment.objects.values_list("pk", flat=True))
    desk.post("/admin/comments/comment/", {"action": "spam_chosen", "_selected_action": chosen})
    assert set(Comment.objects.values_list("state", flat=True)) == {State.SPAM}
    Comment.objects.filter(pk=chosen[0]).update(state=State.REMOVED)
    told = desk.post(
        "/admin/comments/comment/", {"action": "approve_chosen", "_selected_action": chosen}, follow=True
    )
    assert "Nothing was changed" in told.content.decode()
    assert Comment.objects.filter(state=State.SPAM).count() == 2


def an_hour_passes() -> None:
    """So that the same reader may say something else without seeming in a hurry."""
    Comment.objects.update(submitted_at=F("submitted_at") - timedelta(hours=1))


def test_replies_stand_below_what_they_answer(client: Client, article: Article) -> None:
    comment_on(client, article, "First of all, a question about the harbour.")
    first = Comment.objects.get()
    an_hour_passes()
    comment_on(client, article, "And something else about the market.")
    an_hour_passes()
    comment_on(client, article, "An answer to the question.", reply_to=first.pk)
    second = Comment.objects.get(source="An answer to the question.")
    an_hour_passes()
    comment_on(client, article, "An answer to the answer.", reply_to=second.pk)
    assert shown_on(client, article) == [
        "And something else about the market.",
        "First of all, a question about the harbour.",
        "An answer to the question.",
        "An answer to the answer.",
    ]
    assert list(Comment.objects.order_by("pk").values_list("depth", "parent", "root")) == [
        (0, None, None),
        (0, None, None),
        (1, first.pk, first.pk),
        (2, second.pk, first.pk),
    ]


def test_a_form_filled_in_faster_than_anybody_types_is_held(client: Client, article: Article) -> None:
    form = Fields(client.get(article.get_absolute_url()).content.decode())
    client.post(form.action, form.found | {"text": GOOD})
    assert Comment.objects.get().state == State.PENDING
    assert [reason["rule"] for reason in Comment.objects.get().reasons] == ["too_fast"]


def test_a_second_click_is_not_a_second_comment(client: Client, article: Article) -> None:
    comment_on(client, article, GOOD)
    comment_on(client, article, GOOD)
    assert Comment.objects.count() == 1


def test_a_reply_to_a_comment_of_another_thread_is_refused_with_the_text_kept(client, articles) -> None:
    comment_on(client, articles[0], GOOD)
    elsewhere = Comment.objects.get()
    answer = comment_on(client, articles[1], "Here is what I think.", parent=str(elsewhere.pk))
    assert answer.status_code == 422
    assert "The comment that you answer is no longer here" in answer.content.decode()
    assert "Here is what I think." in answer.content.decode()
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"text": ""}, 422, "Please write a comment."),
        ({"text": "\u200b\u3164 \u202e"}, 422, "Please write a comment."),
        ({"text": "ن" * 3001}, 422, "Your comment has 3001 characters; at most 3000 fit."),
        ({"text": GOOD, "email": "not an address"}, 422, "This is not an e-mail address."),
        ({"text": GOOD, "name": "n" * 81}, 422, "Please use a name of at most 80 characters."),
        ({"text": GOOD, "parent": "first"}, 422, "Enter a whole number."),
        ({"text": GOOD + "\x00"}, 422, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_taken_is_said_and_stays_in_the_form(client, article, sent, status, told) -> None:
    answer = comment_on(client, article, **sent)
    page = answer.content.decode()
    assert answer.status_code == status
    assert told in page
    assert sent["text"].replace("\x00", "")[:500] in page
    assert Comment.objects.count() == 0


def test_sixty_kilobytes_stay_in_the_form_and_more_is_refused_unread(client, article) -> None:
    long = "word " * 12_000
    answer = comment_on(client, article, long)
    assert answer.status_code == 422
    assert long.strip() in answer.content.decode()
    too_large = comment_on(client, article, "ن" * 33_000)
    assert (too_large.status_code, Comment.objects.count()) == (413, 0)
    assert "too large" in too_large.content.decode()
    ten_megabytes = client.post("/comments/post/", {"text": "x" * 10_000_000})
    assert ten_megabytes.status_code == 413
    assert "This is too large" in ten_megabytes.content.decode()


def test_a_closed_thread_takes_nothing_and_says_so(client, article) -> None:
    page = client.get(article.get_absolute_url()).content.decode()
    form = Fields(page)
    Article.objects.filter(pk=article.pk).update(discussion=Article.Discussion.CLOSED)
    answer = client.post(form.action, form.found | {"text": GOOD})
    assert answer.status_code == 403
    assert "Comments on this article are closed." in answer.content.decode()
    assert GOOD in answer.content.decode()
    assert "data-comment-form" not in client.get(article.get_absolute_url()).content.decode()


def test_the_desk_closes_a_thread_against_what_the_article_says(client, article) -> None:
    comment_on(client, article, GOOD)
    Thread.objects.update(mode=Thread.Mode.CLOSED)
    assert "data-comment-form" not in client.get(article.get_absolute_url()).content.decode()


def test_under_pre_moderation_every_comment_waits(client, article) -> None:
    Article.objects.filter(pk=article.pk).update(discussion=Article.Discussion.HELD)
    comment_on(client, article, GOOD)
    assert Comment.objects.get().state == State.PENDING
    assert Comment.objects.waiting().count() == 1


def test_who_cannot_read_an_article_cannot_comment_on_it_and_loses_nothing(client, articles) -> None:
    for article in articles[:5]:
        client.get(article.get_absolute_url())
    walled = articles[5]
    answer = client.post("/comments/post/", {"target": f"articles.article:{walled.pk}", "text": GOOD})
    assert answer.status_code == 403
    assert "Please open the article first" in answer.content.decode()
    assert GOOD in answer.content.decode()


@pytest.mark.parametrize(
    "target",
    ["", "nonsense", "articles.article:", "articles.article:99999999999999999999", "accounts.user:1", "\x00:\x00"],
)
def test_a_target_that_is_not_there_is_a_404(client: Client, article, target: str) -> None:
    assert client.post("/comments/post/", {"target": target, "text": GOOD}).status_code == 404


def test_an_old_tab_without_its_token_gives_the_text_back(article) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/comments/post/", {"target": f"articles.article:{article.pk}", "text": GOOD})
    assert answer.status_code == 403
    assert GOOD in answer.content.decode()


def test_a_permalink_leads_to_the_comment(client: Client, article) -> None:
    comment_on(client, article, "A question, to begin with.")
    root = Comment.objects.get()
    for number in range(7):
        an_hour_passes()
        comment_on(
            client, article, f"Answer number {number}, each with its own words: {'ab' * number}", reply_to=root.pk
        )
    last = Comment.objects.latest("pk")
    landed = client.get(f"/comments/{last.pk}/", follow=True)
    assert landed.redirect_chain[0][0].endswith(f"#comment-{last.pk}")
    assert f'id="comment-{last.pk}"' in landed.content.decode()
    assert client.get("/comments/999999/").status_code == 404


def test_a_comment_that_is_gone_keeps_the_place_of_its_answers(client, article, moderator) -> None:
    from comments import moderation

    comment_on(client, article, "Something that will not stay.")
    root = Comment.objects.get()
    an_hour_passes()
    comment_on(client, article, "An answer that stays.", reply_to=root.pk)
    root.refresh_from_db()
    moderation.decide(root, "reject", by=moderator)
    page = Client().get(article.get_absolute_url()).content.decode()
    assert "This comment is not shown." in page
    assert "An answer that stays." in page
    assert "Something that will not stay." not in page


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"target=articles.article:{pk}&text=caf\xe9+\xff\xfe", "application/x-www-form-urlencoded"),
        (b"target=articles.article:{pk}&text=%ED%A0%80+%00+%FF", "application/x-www-form-urlencoded"),
        (b"target=articles.article:{pk}&text=" + b"%F0%9F%98%80" * 4000, "application/x-www-form-urlencoded"),
        (
            b"--b\r\nContent-Disposition: form-data; name=text\r\n\r\n\xff\r\n--b--",
            "multipart/form-data; boundary=b",
        ),
        (b"--b\r\nContent-Disposition: form", "multipart/form-data; boundary=b"),
        (b"no boundary", "multipart/form-data"),
        (b"&".join(b"f%d=1" % n for n in range(2000)), "application/x-www-form-urlencoded"),
        (b'{"target": "articles.article:{pk}", "text": "x"}', "application/json"),
        (b"text", "text/plain"),
        (b"text", "nonsense"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_whatever_a_form_sends_the_answer_is_in_words(client, article, body: bytes, content_type: str) -> None:
    client.get(article.get_absolute_url())
    answer = client.post("/comments/post/", body.replace(b"{pk}", b"%d" % article.pk), content_type=content_type)
    assert answer.status_code in (303, 400, 404, 413, 415, 422)
    if answer.status_code != 303:
        assert "<h1" in answer.content.decode()


def test_who_cannot_read_the_thread_reads_none_of_it_by_a_detour(client, articles) -> None:
    comment_on(client, articles[5], "Said where only readers of the article are.")
    parent = Comment.objects.get()
    walled, stranger = Client(), Client()
    for article in articles[:5]:
        walled.get(article.get_absolute_url())
    for visitor in (walled, stranger):
        for text in ("hello", ""):
            sent = {"target": f"articles.article:{articles[5].pk}", "text": text, "parent": parent.pk}
            answer = visitor.post("/comments/post/", sent)
            assert answer.status_code in (403, 422)
            assert "Said where only readers" not in answer.content.decode()


def test_the_same_words_to_two_people_are_two_comments(client, article) -> None:
    for text in ("The ferry is late again today.", "The ferry was early yesterday, I saw it."):
        comment_on(client, article, text)
        an_hour_passes()
    for parent in list(Comment.objects.values_list("pk", flat=True)):
        comment_on(client, article, "I agree with you.", reply_to=parent)
    assert Comment.objects.filter(source="I agree with you.").count() == 2


def test_a_late_reply_is_shown_to_its_author_where_it_stands(client, article) -> None:
    comment_on(client, article, "A question, to begin with.")
    root = Comment.objects.get()
    for number in range(7):
        an_hour_passes()
        answer = comment_on(
            client, article, f"Answer {number}, in words of its own: {'xy' * number}", reply_to=root.pk
        )
    landed = client.get(answer["Location"]).content.decode()
    assert f'id="comment-{Comment.objects.latest("pk").pk}"' in landed


@pytest.mark.parametrize("referer", ["https://evil.example/x", "javascript:alert(1)", "//evil.example/"])
def test_the_page_of_an_old_tab_leads_to_no_other_site(article, referer: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/comments/post/", {"text": GOOD}, headers={"referer": referer})
    assert "evil" not in answer.content.decode()
    assert "javascript:" not in answer.content.decode()


@pytest.mark.parametrize("charset", ["hex", "nonsense", "rot13", "base64"])
def test_an_encoding_that_is_none_is_refused(client, article, charset: str) -> None:
    body = b"--b\r\nContent-Disposition: form-data; name=text\r\n\r\nx\r\n--b--"
    answer = client.generic("POST", "/comments/post/", body, f"multipart/form-data; boundary=b; charset={charset}")
    assert answer.status_code == 400


def test_a_forgotten_slash_is_added_for_readers_and_refused_to_senders(client, article, settings) -> None:
    settings.DEBUG = True
    assert client.get("/meter").status_code == 301
    assert client.post("/comments/post", {"text": "x"}).status_code == 404
    assert client.post("/api/v1/articles/7001/comments", {}, "application/json").status_code == 404


def test_behind_our_own_proxy_readers_are_told_apart_and_no_header_of_theirs_counts(
    client, article, settings
) -> None:
    def hash_of(text: str, **headers: str) -> str:
        comment_on(client, article, text)
        an_hour_passes()
        sent = {"target": f"articles.article:{article.pk}", "text": f"{text} Again."}
        client.post("/comments/post/", sent, **headers)
        return Comment.objects.latest("pk").address_hash

    forged = hash_of("Said directly.", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="198.51.100.1")
    settings.METERING = settings.METERING | {"TRUSTED_PROXIES": ["10.0.0.1"]}
    direct = hash_of("Said without a proxy.", REMOTE_ADDR="192.0.2.7")
    one = hash_of("Said by one.", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7")
    other = hash_of("Said by another.", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.8")
    assert forged == direct == one != other
