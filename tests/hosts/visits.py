"""What readers of the small site meet; run by Django's own test runner under `tests.hosts.settings`."""

import re
from unittest import skipUnless

from django.conf import settings
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import TestCase, TransactionTestCase

from tests.hosts.stories.models import Story

HIDDEN = "The last words of the story stand here."
BODY = "<p>A paragraph of the story.</p>" * 8 + f"<p>{HIDDEN}</p>"
TEASER = "\n".join(["<p>A paragraph of the story.</p>"] * 3)


class TheSite(TestCase):
    def test_it_has_nothing_to_complain_about(self) -> None:
        assert run_checks() == []


class SixStories(TestCase):
    """Where the same is asked of a door, `door` is its address."""

    def setUp(self) -> None:
        self.stories = [Story.objects.create(title=f"Story {n}", html=BODY) for n in range(6)]

    def visit(self, door: str, number: int, **headers: str):
        return self.client.get(f"/{door}/{self.stories[number].pk}/", headers=headers)

    def reads(self) -> int:
        from metering.models import Read

        return Read.objects.count()


class Door:
    """What every door keeps, whatever kind of view stands behind it."""

    door: str

    def test_five_open_and_the_sixth_is_walled(self) -> None:
        answers = [self.visit(self.door, number) for number in range(6)]
        assert [HIDDEN in answer.content.decode() for answer in answers] == [True] * 5 + [False]
        assert {(answer.status_code, answer["Cache-Control"]) for answer in answers} == {
            (200, "private, no-store")
        }
        assert self.reads() == 5
        Story.objects.filter(pk=self.stories[5].pk).update(is_free=True)
        assert HIDDEN in self.visit(self.door, 5).content.decode()

    def test_looking_at_the_head_or_asking_what_is_possible_spends_nothing(self) -> None:
        address = f"/{self.door}/{self.stories[0].pk}/"
        head = self.client.head(address)
        assert (head.status_code, head.content, head["Cache-Control"]) == (200, b"", "private, no-store")
        assert HIDDEN not in self.client.options(address).content.decode()
        assert HIDDEN not in self.client.post(address).content.decode()
        assert self.reads() == 0

    def test_a_prefetch_is_put_off_until_the_click(self) -> None:
        ahead = {"sec-purpose": "prefetch"}
        refused = self.visit(self.door, 0, **ahead)
        assert (refused.status_code, refused.content, refused["Cache-Control"]) == (503, b"", "private, no-store")
        assert self.reads() == 0
        self.visit(self.door, 0)
        assert self.visit(self.door, 0, **ahead).status_code == 200

    def test_what_is_not_there_is_not_found(self) -> None:
        assert self.client.get(f"/{self.door}/999/").status_code == 404


class PageDoor(Door):
    def test_the_page_tells_where_the_reader_stands(self) -> None:
        pages = [self.visit(self.door, number) for number in range(6)]
        assert pages[0].context["access"].as_dict() | {"resets_at": None} == {
            "outcome": "open",
            "reason": "read_spent",
            "used": 1,
            "limit": 5,
            "resets_at": None,
        }
        assert (pages[5].context["access"].outcome, pages[5].context["body"]) == ("wall", TEASER)
        text = pages[5].content.decode()
        assert "You have read 5 of 5 free articles" in text
        assert '<section class="wall"' in text
        assert "Give this article" not in text

    def test_a_subscriber_reads_on_and_may_give(self) -> None:
        self.client.force_login(User.objects.create_user("subscriber"))
        pages = [self.visit(self.door, number).content.decode() for number in range(6)]
        assert [HIDDEN in page and "Give this article" in page for page in pages] == [True] * 6
        assert self.reads() == 0


@skipUnless("metering" in settings.USES, "the site does not meter")
class AFunctionBehindTheDecorator(PageDoor, SixStories):
    door = "stories"


@skipUnless("metering" in settings.USES, "the site does not meter")
class AClassBehindTheMixin(PageDoor, SixStories):
    door = "pages"


@skipUnless("metering" in settings.USES, "the site does not meter")
class AViewAtTheGate(SixStories):
    def test_five_open_and_the_sixth_is_walled(self) -> None:
        pages = [self.visit("gate", number).content.decode() for number in range(6)]
        assert [HIDDEN in page for page in pages] == [True] * 5 + [False]


@skipUnless("metering" in settings.USES, "the site does not meter")
class AShellForEverybody(SixStories):
    def test_it_is_the_same_for_everybody_and_spends_nothing(self) -> None:
        stranger = self.visit("everybody", 0)
        self.client.force_login(User.objects.create_user("subscriber"))
        subscriber = self.visit("everybody", 0)
        assert stranger.content == subscriber.content
        assert stranger.content.decode() == (
            f'<h1>Story 0</h1>\n<div class="article-body">{TEASER}</div>\n'
            '<form action="/stories/1/"><button type="submit">Continue reading</button></form>\n'
        ).replace("/1/", f"/{self.stories[0].pk}/")
        assert (stranger["Cache-Control"], subscriber.has_header("Vary")) == ("public, max-age=60", False)
        assert self.reads() == 0

    def test_what_is_free_is_whole_and_what_is_not_public_never(self) -> None:
        from tests.hosts.stories.metered import StoryPiece

        Story.objects.update(is_free=True)
        assert HIDDEN in self.visit("everybody", 0).content.decode()
        StoryPiece.is_public = lambda piece: False
        try:
            assert HIDDEN not in self.visit("everybody", 0).content.decode()
        finally:
            del StoryPiece.is_public


@skipUnless("metering" in settings.USES, "the site does not meter")
class CarelessViews(SixStories):
    def test_a_template_that_shows_the_stored_text_shows_the_teaser_of_it(self) -> None:
        pages = [self.visit("careless", number).content.decode() for number in range(6)]
        assert [HIDDEN in page for page in pages] == [True] * 5 + [False]
        assert pages[5] == f"<h1>Story 5</h1>\n{TEASER}{TEASER}\n"

    def test_a_view_that_answers_past_its_door_is_stopped(self) -> None:
        with self.assertRaisesMessage(ImproperlyConfigured, "PastTheDoor answered past the meter"):
            self.visit("past", 0)

    def test_a_teaser_never_replaces_the_stored_text(self) -> None:
        with self.assertRaisesMessage(TypeError, "to change what is stored, update() a queryset"):
            self.visit("counting", 0)
        assert Story.objects.get(pk=self.stories[0].pk).html == BODY


@skipUnless("metering" in settings.USES and settings.HAS_REST_FRAMEWORK, "the site has no metered API")
class AnApiBehindTheMixin(Door, SixStories):
    door = "api/stories"

    def test_the_answer_says_whether_it_is_the_whole_text(self) -> None:
        told = [self.visit(self.door, number).json() for number in range(6)]
        resets_at = told[0]["access"]["resets_at"]
        count = {"used": 5, "limit": 5, "resets_at": resets_at}
        assert told[4] == {
            "title": "Story 4",
            "html": BODY,
            "access": {"outcome": "open", "reason": "read_spent", **count},
        }
        assert told[5] == {
            "title": "Story 5",
            "html": TEASER,
            "access": {"outcome": "wall", "reason": "registration_wall", **count},
        }

    def test_a_list_holds_teasers_and_spends_nothing(self) -> None:
        assert self.client.get("/api/all/").json() == [
            {"title": f"Story {number}", "html": TEASER} for number in range(6)
        ]
        assert self.reads() == 0

    def test_a_subscriber_is_known_by_whatever_the_api_knows_people_by(self) -> None:
        told = [self.visit("api/all", number, **{"x-name": "subscriber"}).json() for number in range(6)]
        assert [(one["html"], one["access"]["reason"]) for one in told] == [(BODY, "subscriber")] * 6

    def test_a_text_that_no_field_is_known_to_hold_is_not_served(self) -> None:
        from tests.hosts.stories.metered import StoryPiece

        StoryPiece.body_field = ""
        try:
            with self.assertRaisesMessage(ImproperlyConfigured, "StoryPiece must name the field of its text"):
                self.visit(self.door, 0)
        finally:
            StoryPiece.body_field = "html"


@skipUnless("comments" in settings.USES, "the site has no comments")
class ACommentedStory(TransactionTestCase):
    def test_a_comment_is_posted_and_stands_on_the_page(self) -> None:
        story = Story.objects.create(title="Story", html=BODY)
        address = f"/talk/{story.pk}/" if "metering" in settings.USES else story.get_absolute_url()
        page = self.client.get(address).content.decode()
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page)) | {"stamp": ""}
        answer = self.client.post("/comments/post/", fields | {"text": "A thought on the story.", "website": ""})
        assert answer.status_code == 303
        page = self.client.get(address).content.decode()
        assert "<p>A thought on the story.</p>" in page
        assert "1 comment" in page
