"""What readers of the small site meet; run by Django's own test runner under `tests.hosts.settings`."""

import re
from unittest import skipUnless

from django.conf import settings
from django.core.checks import run_checks
from django.test import TestCase, TransactionTestCase

from tests.hosts.stories.models import Story

HIDDEN = "The last words of the story stand here."
BODY = "<p>A paragraph of the story.</p>" * 8 + f"<p>{HIDDEN}</p>"


class TheSite(TestCase):
    def test_it_has_nothing_to_complain_about(self) -> None:
        assert run_checks() == []


@skipUnless("metering" in settings.USES, "the site does not meter")
class AMeteredStory(TestCase):
    def test_five_open_and_the_sixth_is_walled(self) -> None:
        stories = [Story.objects.create(title=f"Story {n}", html=BODY) for n in range(6)]
        pages = [self.client.get(story.get_absolute_url()).content.decode() for story in stories]
        assert [HIDDEN in page for page in pages] == [True] * 5 + [False]
        assert "You have read 5 of 5 free articles" in pages[5]
        assert '<section class="wall"' in pages[5]
        Story.objects.filter(pk=stories[5].pk).update(is_free=True)
        assert HIDDEN in self.client.get(stories[5].get_absolute_url()).content.decode()


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
