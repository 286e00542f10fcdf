"""Reader, moderator, editor and owner at real browsers, on a site served by two processes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import browsing, served
from tests.browsing import Visitor
from tests.served import Site

pytestmark = pytest.mark.browser

PREPARE = """
from django.contrib.auth.models import Group
from django.utils import timezone
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Section
for name, group in (("moderator", "Moderator"), ("editor", "Editor"), ("owner", "Owner")):
    person = User.objects.create_user(name, password="newsroom", is_staff=True)
    person.groups.add(Group.objects.get(name=group))
section = Section.objects.create(name="World", slug="world")
for n in range(1, 8):
    Article.objects.create(
        code=n, title=f"Article {n}", slug=f"article-{n}", section=section, status="published",
        lead=f"What article {n} is about.", published_at=timezone.now(),
        body="<p>One of the paragraphs.</p>" * 8 + f"<p>The end of article {n}.</p>")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database = tmp_path_factory.mktemp("browser") / "site.sqlite3"
    with served.site(f"sqlite:///{database}", prepare=PREPARE) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as running:
        yield running


def test_a_comment_from_the_form_to_the_page_by_way_of_a_moderator(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url)
    reader.page.goto("/news/1/")
    assert reader.page.url == f"{site.url}/news/1/article-1/"
    form = reader.page.locator("form[data-comment-form]")
    form.get_by_label("Name").fill("Mira")
    form.get_by_label("Email").fill("mira@example.org")
    form.get_by_label("*Comments").fill("Earn 5000 a week!!! WhatsApp +1 555 010 2030, http://a.example now")
    form.get_by_role("button", name="Send").click()
    waiting = reader.page.locator("[data-comment-id]")
    expect(waiting).to_contain_text("Your comment is being checked")
    expect(waiting.locator(".comment-text")).to_contain_text("Earn 5000 a week")

    stranger = Visitor(browser, site.url)
    stranger.page.goto("/news/1/article-1/")
    expect(stranger.page.locator("[data-comment-id]")).to_have_count(0)

    moderator = Visitor(browser, site.url)
    moderator.log_in("moderator")
    moderator.page.goto("/admin/comments/comment/?state__exact=pending")
    moderator.page.get_by_role("link", name="Earn 5000 a week").click()
    expect(moderator.page.locator("body")).to_contain_text("WhatsApp")
    moderator.page.get_by_role("button", name="Approve").click()
    expect(moderator.page.locator(".messagelist")).to_contain_text("the comment is now approved")

    stranger.page.reload()
    comment = stranger.page.locator("[data-comment-id]")
    expect(comment.locator(".comment-text")).to_contain_text("Earn 5000 a week")
    expect(comment).to_contain_text("Mira")
    assert "mira@example.org" not in stranger.page.content()
    assert reader.faults + stranger.faults + moderator.faults == []


def test_an_editor_writes_previews_and_publishes(site: Site, browser: Browser) -> None:
    editor = Visitor(browser, site.url)
    editor.log_in("editor")
    editor.page.goto("/admin/articles/article/add/")
    editor.page.get_by_label("Title").fill("A bridge opens early")
    editor.page.get_by_label("Lead").fill("It was due in spring.")
    body = editor.page.locator(".ProseMirror[contenteditable=true]")
    body.click()
    body.press_sequentially("The bridge opened on Sunday. ")
    editor.page.keyboard.press("Control+b")
    body.press_sequentially("Nobody had expected it.")
    editor.page.get_by_label("Section:").select_option("World")
    editor.page.get_by_role("button", name="Save and continue editing").first.click()
    expect(editor.page.locator(".messagelist")).to_contain_text("was added successfully")
    editor.page.get_by_role("link", name="View on site").click()
    expect(editor.page.get_by_role("heading", level=1)).to_have_text("A bridge opens early")
    expect(editor.page.locator(".article-body strong")).to_have_text("Nobody had expected it.")
    address = editor.page.url

    reader = Visitor(browser, site.url)
    assert reader.page.goto(address).status == 404
    reader.faults.clear()  # the browser reports the 404 as an error of its own

    editor.page.go_back()
    editor.page.get_by_label("Status").select_option("Published")
    editor.page.get_by_role("button", name="Save", exact=True).first.click()
    expect(editor.page.locator(".messagelist")).to_contain_text("was changed successfully")

    reader.page.goto("/")
    reader.page.get_by_role("link", name="A bridge opens early").first.click()
    expect(reader.page.locator(".article-body")).to_contain_text("The bridge opened on Sunday.")
    assert editor.faults + reader.faults == []


def test_an_owner_changes_five_to_three_and_the_next_page_says_so(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url)
    reader.page.goto("/news/1/")
    assert "You have read 1 of 5 free articles" in reader.text("[data-meter]")

    owner = Visitor(browser, site.url)
    owner.log_in("owner")
    owner.page.goto("/admin/metering/meter/")
    owner.page.get_by_label("Free articles").fill("3")
    owner.page.get_by_role("button", name="Save", exact=True).click()
    expect(owner.page.locator(".messagelist")).to_contain_text("was changed successfully")

    for number in (2, 3):
        reader.page.goto(f"/news/{number}/")
        assert f"You have read {number} of 3 free articles" in reader.text("[data-meter]")
    reader.page.goto("/news/4/")
    expect(reader.page.locator("article[data-access=wall]")).to_be_visible()
    assert "The end of article 4." not in reader.page.content()
    assert reader.faults + owner.faults == []


def test_the_served_site_leaks_nothing(site: Site) -> None:
    told = site.manage("meter_selftest", "--base-url", site.url, "--pieces", "3")
    assert told.endswith(" requests, 0 leaks.\n")
