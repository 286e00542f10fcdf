"""The door for programs: the same rules as on the pages, and errors as problem documents."""

import json

import pytest
from django.test import Client

from comments.models import Comment
from comments.states import State
from newsroom.articles.models import Article
from tests.conftest import PARAGRAPHS, body_of, sentence

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

GOOD = "The ferry was late again, and nobody at the pier knew why."


def say(client: Client, article: Article, **said):
    return client.post(f"/api/v1/articles/{article.code}/comments/", said, content_type="application/json")


def test_the_list_has_what_a_list_needs_and_spends_nothing(client: Client, write) -> None:
    written = [write(number) for number in range(1, 24)]
    page = client.get("/api/v1/articles/").json()
    assert len(page["results"]) == 20
    assert page["results"][0] == {
        "code": 7001,
        "url": "http://testserver/news/7001/story-1/",
        "title": "Story 1",
        "section": {"slug": "harbour", "name": "Harbour"},
        "published_at": written[0].published_at.isoformat().replace("+00:00", "Z"),
        "policy": "metered",
    }
    rest = client.get(page["next"]).json()
    assert ([one["code"] for one in rest["results"]], rest["next"]) == ([7021, 7022, 7023], None)
    assert client.get("/api/v1/articles/?after=nonsense").json()["errors"] == {
        "after": ["The news code that `next` of the page before gave."]
    }
    assert not client.cookies


def test_an_article_through_the_gate_and_at_the_wall(client: Client, articles) -> None:
    first = client.get(f"/api/v1/articles/{articles[0].code}/").json()
    assert first["body"] == body_of(1)
    assert first["access"].pop("resets_at") is not None
    assert first["access"] == {"outcome": "open", "reason": "read_spent", "used": 1, "limit": 5}
    for article in articles[1:5]:
        client.get(f"/api/v1/articles/{article.code}/")
    answer = client.get(f"/api/v1/articles/{articles[5].code}/")
    walled = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert walled["body"] is None
    assert walled["teaser"] == "\n".join(f"<p>{sentence(6, n)}</p>" for n in (1, 2, 3))
    assert (walled["access"]["outcome"], walled["access"]["reason"]) == ("wall", "registration_wall")
    assert sentence(6, PARAGRAPHS) not in answer.content.decode()


def test_the_meter_tells_where_a_reader_stands(client: Client, article) -> None:
    assert client.get("/api/v1/meter/").json()["left"] == 5
    client.get(article.get_absolute_url())
    state = client.get("/api/v1/meter/").json()
    assert state.pop("resets_at") is not None
    assert state == {"used": 1, "limit": 5, "left": 4, "unlimited": False}


def test_a_comment_is_posted_read_and_answered(client: Client, article) -> None:
    client.get(article.get_absolute_url())
    answer = say(client, article, text=GOOD, name="Mira", email="mira@example.org")
    comment = Comment.objects.get()
    assert answer.status_code == 201
    assert answer.json()["id"] == comment.pk
    assert answer.json()["state"] == "approved"
    assert say(client, article, text="At noon it came.", parent=comment.pk).json()["parent"] == comment.pk
    page = client.get(f"/api/v1/articles/{article.code}/comments/").json()
    assert (page["count"], page["mode"], page["may_read"], page["next"]) == (2, "open", True, None)
    assert [(one["depth"], one["name"], one["text"]) for one in page["results"]] == [
        (0, "Mira", f"<p>{GOOD}</p>"),
        (1, "", "<p>At noon it came.</p>"),
    ]
    assert "mira@example.org" not in json.dumps(page)


def test_who_has_not_opened_the_article_sees_the_count_alone(client: Client, article) -> None:
    client.get(article.get_absolute_url())
    say(client, article, text=GOOD)
    stranger = Client()
    page = stranger.get(f"/api/v1/articles/{article.code}/comments/").json()
    assert (page["count"], page["may_read"], page["results"]) == (1, False, [])
    refused = say(stranger, article, text="Me too.")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert refused.json() == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "errors": {"text": ["Please open the article first: only its readers can comment on it."]},
        "detail": "Please open the article first: only its readers can comment on it.",
    }


def test_moderators_list_and_decide_and_others_do_not(client, article, moderator, signed_in) -> None:
    client.get(article.get_absolute_url())
    say(
        client,
        article,
        text="Earn 5000 a week from home!!! WhatsApp +1 555 010 2030 http://a.example http://b.example",
    )
    assert client.get("/api/v1/moderation/comments/").status_code == 403
    desk = signed_in(moderator)
    [waiting] = desk.get("/api/v1/moderation/comments/").json()["results"]
    assert waiting["state"] == "pending"
    assert waiting["actions"] == ["approve", "reject", "spam", "abuse"]
    assert all(reason["sentence"] for reason in waiting["reasons"])
    address = f"/api/v1/moderation/comments/{waiting['id']}/decide/"
    done = desk.post(
        address, {"action": "spam", "version": waiting["version"], "note": "Seen before."}, "application/json"
    )
    assert (done.status_code, done.json()["after"]) == (200, "spam")
    late = desk.post(address, {"action": "approve", "version": waiting["version"]}, "application/json")
    assert late.status_code == 409
    assert "decided in the meantime: moderator" not in late.json()["title"]
    assert Comment.objects.get().state == State.SPAM


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"text": 7, "parent": []}', "application/json", 400),
        (b'{"text": "\\u0000"}', "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b'{"text": "x", "parent": 99999999999999999999}', "application/json", 400),
        (b'{"text": "x", "parent": 1e999}', "application/json", 400),
        (b'{"text": "\xff\xfe"}', "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b'{"text": ""}', "application/json", 422),
        (b'{"text": "x", "email": "none"}', "application/json", 422),
        (b"text=x", "application/x-www-form-urlencoded", 415),
        (b"<text/>", "application/xml", 415),
        (b"x", "nonsense", 415),
        (b'{"text": "' + b"x" * 10_000_000 + b'"}', "application/json", 413),
        (b'{"text": "' + b"x" * 70_000 + b'"}', "application/json", 413),
    ],
    ids=lambda value: repr(value)[:40] if isinstance(value, bytes) else str(value),
)
def test_whatever_is_sent_the_answer_is_a_problem_in_words(client, article, body, content_type, status) -> None:
    client.get(article.get_absolute_url())
    answer = client.post(f"/api/v1/articles/{article.code}/comments/", body, content_type=content_type)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == status
    assert problem.get("detail") or problem.get("errors")
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/v1/articles/999999/", 404),
        ("get", "/api/v1/articles/99999999999999999999999/", 404),
        ("get", "/api/v1/nothing/", 404),
        ("delete", "/api/v1/articles/", 405),
        ("put", "/api/v1/articles/7001/comments/", 405),
        ("get", "/api/v1/moderation/comments/1/decide/", 403),
        ("get", "/api/v1/articles/?after=%00", 400),
    ],
)
def test_every_error_of_the_api_is_a_problem_document(client, article, method, address, status) -> None:
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    "sent", [{"action": "\ud800", "version": 1}, {"action": "approve", "version": 10**30}, {}]
)
def test_a_decision_that_cannot_be_read_is_a_problem_too(article, moderator, signed_in, client, sent) -> None:
    client.get(article.get_absolute_url())
    say(client, article, text=GOOD)
    body = json.dumps(sent)
    address = f"/api/v1/moderation/comments/{Comment.objects.get().pk}/decide/"
    answer = signed_in(moderator).post(address, body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_the_schema_names_every_address_of_the_api(client: Client) -> None:
    from drf_spectacular.validation import validate_schema

    schema = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()
    validate_schema(schema)
    assert set(schema["paths"]) == {
        "/api/v1/articles/",
        "/api/v1/articles/{code}/",
        "/api/v1/articles/{code}/comments/",
        "/api/v1/comments/{id}/report/",
        "/api/v1/meter/",
        "/api/v1/moderation/comments/",
        "/api/v1/moderation/comments/{id}/decide/",
    }
    page = client.get("/api/v1/docs/").content.decode()
    assert "http://" not in page.replace("http://testserver", "")
    assert "<script>" not in page
