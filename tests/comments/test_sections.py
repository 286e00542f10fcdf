"""Moderators of some sections decide there, and nowhere else."""

import pytest

from comments import moderation, permissions
from comments.models import Comment, SectionModerator
from comments.states import State
from newsroom.articles.models import Section

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("numbers_stay_right")]


@pytest.fixture
def of_the_harbour(person):
    user = person("harbour-master", "Section moderator", is_staff=True)
    SectionModerator.objects.create(user=user, section="harbour")
    return user


@pytest.fixture
def abroad(write):
    return write(2, section=Section.objects.create(name="World", slug="world"))


def test_they_decide_in_their_section_and_nowhere_else(waiting, abroad, of_the_harbour) -> None:
    at_home, elsewhere = waiting(), waiting(on=abroad)
    moderation.decide(at_home, "approve", by=of_the_harbour)
    with pytest.raises(moderation.NotPermittedError, match="You may not decide"):
        moderation.decide(elsewhere, "approve", by=of_the_harbour)
    assert dict(Comment.objects.values_list("pk", "state")) == {at_home.pk: "approved", elsewhere.pk: "pending"}


def test_one_of_another_section_stops_the_whole_bulk(waiting, abroad, of_the_harbour) -> None:
    with pytest.raises(moderation.NotPermittedError):
        moderation.decide_all([waiting(), waiting(on=abroad)], "spam", by=of_the_harbour)
    assert set(Comment.objects.values_list("state", flat=True)) == {State.PENDING}


def test_without_a_section_they_decide_nothing(waiting, person) -> None:
    nobody = person("new", "Section moderator", is_staff=True)
    assert not permissions.may_decide(nobody)
    with pytest.raises(moderation.NotPermittedError):
        moderation.decide(waiting(), "approve", by=nobody)


def test_who_lost_the_section_in_between_is_told(waiting, of_the_harbour) -> None:
    made = moderation.decide(waiting(), "approve", by=of_the_harbour)
    SectionModerator.objects.all().delete()
    same = type(of_the_harbour).objects.get(pk=of_the_harbour.pk)
    with pytest.raises(moderation.NotPermittedError, match="not any more"):
        moderation.undo(made, by=same)


def test_the_api_shows_and_decides_only_there(waiting, abroad, of_the_harbour, signed_in) -> None:
    at_home, elsewhere = waiting("At home"), waiting("Abroad", on=abroad)
    client = signed_in(of_the_harbour)
    listed = client.get("/api/v1/moderation/comments/").json()["results"]
    assert [one["source"] for one in listed] == ["At home"]
    answers = [
        client.post(
            f"/api/v1/moderation/comments/{one.pk}/decide/",
            {"action": "approve", "version": 0},
            content_type="application/json",
        )
        for one in (at_home, elsewhere)
    ]
    assert [answer.status_code for answer in answers] == [200, 403]


def test_the_list_of_the_admin_shows_only_theirs(waiting, abroad, of_the_harbour, signed_in) -> None:
    waiting("At home")
    waiting("Abroad", on=abroad)
    page = signed_in(of_the_harbour).get("/admin/comments/comment/").content.decode()
    assert ("At home" in page, "Abroad" in page) == (True, False)


def test_the_log_and_its_file_tell_only_of_theirs(waiting, abroad, of_the_harbour, moderator, signed_in) -> None:
    for comment in (waiting("Decided at home"), waiting("Decided abroad", on=abroad)):
        moderation.decide(comment, "approve", by=moderator)
    client = signed_in(of_the_harbour)
    page = client.get("/admin/comments/decision/").content.decode()
    assert ("Decided at home" in page, "Decided abroad" in page) == (True, False)
    file = client.get("/admin/comments/decision/log.csv").getvalue().decode()
    assert len(file.splitlines()) == 2


@pytest.mark.parametrize(("action", "version"), [("hold", 0), ("approve", 7), ("restore", 0)])
def test_a_refusal_tells_nothing_of_how_comments_elsewhere_stand(
    waiting, abroad, moderator, of_the_harbour, action: str, version: int
) -> None:
    elsewhere = waiting(on=abroad)
    moderation.decide(elsewhere, "spam", by=moderator)
    elsewhere.version = version
    with pytest.raises(moderation.NotPermittedError) as refused:
        moderation.decide(elsewhere, action, by=of_the_harbour)
    assert str(refused.value) == moderation.not_permitted()
    assert moderation.obstacles({elsewhere.pk: version}, action, by=of_the_harbour) == [
        f"Comment {elsewhere.pk} is not yours to decide about."
    ]
