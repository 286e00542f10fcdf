"""Moderators at a real browser: by keys alone, by mouse without scripts, and what axe finds."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests import browsing, served
from tests.browsing import Visitor
from tests.served import Site

pytestmark = pytest.mark.browser

PREPARE = """
from datetime import timedelta
from django.contrib.auth.models import Group
from django.utils import timezone
from comments import tallies
from comments.models import Comment, House
from comments.threads import open_thread
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Section
from newsroom.reading import ArticleTarget
for name in ("moderator", "mouse", "viewer"):
    person = User.objects.create_user(name, password="newsroom", is_staff=True)
    person.groups.add(Group.objects.get(name="Moderator"))
House.objects.create(pk=1, undo_seconds=600)
section = Section.objects.create(name="World", slug="world")
now = timezone.now()
for code, people in ((1, "keys"), (2, "mouse"), (3, "axe")):
    article = Article.objects.create(
        code=code, title=f"Article for {people}", slug=f"article-{code}", section=section, status="published",
        lead="A lead.", published_at=now, body="<p>A paragraph.</p>")
    thread = open_thread(ArticleTarget(article))
    for number in range(16):
        since = now - timedelta(hours=16 - number)
        Comment.objects.create(
            thread=thread, source=f"{people} {number:02}", name=f"Reader {number}", screened_at=now, score=0.6,
            html=f'<p>{people} {number:02} <a href="https://a.example/{number}">https://a.example/{number}</a></p>',
            reasons=[{"rule": "links", "weight": 1.0, "params": {"count": 1, "hosts": "a.example"}}],
            submitted_at=since, urgent_at=since, email="reader@example.org")
tallies.recount()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database = tmp_path_factory.mktemp("desk") / "site.sqlite3"
    with served.site(f"sqlite:///{database}", prepare=PREPARE) as running:
        yield running


@pytest.fixture(scope="module")
def persian(site: Site) -> Iterator[Site]:
    """The same site in Persian, from right to left."""
    with served.site(site.environment["DATABASE_URL"], LANGUAGE_CODE="fa") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as running:
        yield running


def at_the_desk(visitor: Visitor, username: str, query: str) -> Page:
    visitor.log_in(username)
    visitor.page.goto(f"/admin/comments/desk/?{query}")
    return visitor.page


def states(site: Site, people: str) -> list[str]:
    """Of the comments on one article, the oldest first."""
    theirs = f"Comment.objects.filter(source__startswith='{people}').order_by('source')"
    return site.ask(f"*{theirs}.values_list('state', flat=True)").split()


def test_by_keyboard_alone_ten_are_decided_one_taken_back_and_some_done_together(
    site: Site, browser: Browser
) -> None:
    moderator = Visitor(browser, site.url)
    page = at_the_desk(moderator, "moderator", "q=keys")
    keys = page.keyboard
    rows = page.locator(".desk-row")
    expect(rows).to_have_count(16)
    keys.press("j")
    for number, key in enumerate("arsxaarsxa"):
        expect(rows.nth(number)).to_be_focused()
        expect(rows.nth(number)).to_contain_text(f"keys {number:02}")
        keys.press(key)
        expect(rows.nth(number)).to_have_class("desk-row desk-receipt")
    expect(page.locator("#desk-said")).to_have_text("Approved.")
    expect(page.locator('[data-tab="approved"] .desk-number')).to_have_text("4")
    keys.press("u")
    expect(rows.nth(9)).to_contain_text("keys 09")
    expect(rows.nth(9)).to_be_focused()
    expect(page.locator("#desk-said")).to_have_text("Undone.")
    for _number in range(3):
        keys.press("j")
        keys.press("c")
    expect(page.locator("[data-ticked]")).to_have_text("3")
    spam = page.locator("#desk-bulk button[value=spam]")
    for _number in range(60):  # Tab, backwards, until it is reached
        keys.press("Shift+Tab")
        if spam.evaluate("button => button === document.activeElement"):
            break
    keys.press("Enter")
    expect(page.locator(".desk-messages")).to_have_text("Marked as spam. 3 comments.")
    expect(page.locator(".desk-row")).to_have_count(4)
    decided = ["approved", "rejected", "spam", "rejected", "approved", "approved", "rejected", "spam", "rejected"]
    assert states(site, "keys") == [*decided, "pending", "spam", "spam", "spam", "pending", "pending", "pending"]
    keys.press("u")
    expect(page.locator(".desk-row")).to_have_count(7)
    assert states(site, "keys") == [*decided, *["pending"] * 7]
    assert moderator.faults == []


def test_keys_leave_those_alone_who_type_and_can_be_switched_off(site: Site, browser: Browser) -> None:
    moderator = Visitor(browser, site.url)
    page = at_the_desk(moderator, "moderator", "q=axe")
    keys = page.keyboard
    keys.press("j")
    for held in ("Control+r", "Alt+r", "Meta+r"):
        page.evaluate("document.addEventListener('keydown', event => event.preventDefault(), {once: true})")
        keys.press(held)
    keys.press("/")
    expect(page.locator("#desk-search")).to_be_focused()
    keys.type("arsxu")
    expect(page.locator("#desk-search")).to_have_value("arsxu")
    expect(page.locator(".desk-receipt")).to_have_count(0)
    page.locator(".desk-row").first.focus()
    keys.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    keys.press("a")
    dialog.get_by_label("Single keys act on comments").uncheck()
    keys.press("Escape")
    page.reload()
    keys.press("j")
    keys.press("a")
    expect(page.locator(".is-current")).to_have_count(0)
    keys.press("?")
    dialog.get_by_label("Single keys act on comments").check()
    dialog.get_by_role("button", name="Close").click()
    keys.press("j")
    expect(page.locator(".desk-row").first).to_be_focused()
    assert states(site, "axe") == ["pending"] * 16
    assert moderator.faults == []


def test_by_mouse_and_without_scripts_all_of_it_works(site: Site, browser: Browser) -> None:
    moderator = Visitor(browser, site.url, java_script_enabled=False)
    page = at_the_desk(moderator, "mouse", "q=mouse")
    for name in ["Approve", "Reject", "Spam", "Abuse", "Approve"] * 2:
        page.locator(".desk-row").first.get_by_role("button", name=name, exact=True).click()
        assert "q=mouse" in page.url
    expect(page.locator(".desk-messages")).to_have_text("Approved.")
    expect(page.locator(".desk-row")).to_have_count(6)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".desk-messages")).to_have_text("Undone.")
    expect(page.locator(".desk-row")).to_have_count(7)
    for number in (1, 2):
        page.locator(".desk-row").nth(number).get_by_role("checkbox").check()
    page.locator("#desk-bulk summary").click()
    page.locator("#desk-bulk").get_by_label("Reason").select_option("Said already")
    page.locator("#desk-bulk").get_by_role("button", name="Reject").click()
    expect(page.locator(".desk-messages")).to_have_text("Rejected. 2 comments.")
    half = ["approved", "rejected", "spam", "rejected", "approved"]
    decided = [*half, *half[:4]]
    assert states(site, "mouse") == [*decided, "pending", "rejected", "rejected", *["pending"] * 4]
    assert moderator.faults == []


def test_two_at_the_same_row_and_a_log_in_that_ended_are_told_in_place(site: Site, browser: Browser) -> None:
    first, second = Visitor(browser, site.url), Visitor(browser, site.url)
    pages = [at_the_desk(one, name, "q=axe&order=time") for one, name in ((first, "moderator"), (second, "mouse"))]
    pages[0].locator(".desk-row").first.get_by_role("button", name="Spam", exact=True).click()
    expect(pages[0].locator(".desk-row").first).to_contain_text("Marked as spam.")
    row = pages[1].locator(".desk-row").first
    row.locator("summary", has_text="Reason and note").click()
    row.get_by_label("Note for the log").fill("My words.")
    row.get_by_role("button", name="Approve", exact=True).click()
    expect(row.get_by_role("alert")).to_contain_text("was decided in the meantime: moderator, spam.")
    expect(row.get_by_label("Note for the log")).to_have_value("My words.")
    pages[0].keyboard.press("u")
    expect(pages[0].locator(".desk-row").first).to_contain_text("axe 00")
    second.page.context.clear_cookies()
    pages[1].locator(".desk-row").nth(1).get_by_role("button", name="Approve", exact=True).click()
    expect(pages[1].locator("#desk-said")).to_contain_text("Your log-in has ended")
    expect(pages[1].locator(".desk-row").nth(1)).to_contain_text("axe 01")
    assert states(site, "axe") == ["pending"] * 16


def test_where_there_is_no_list_to_replace_undo_loads_the_page(site: Site, browser: Browser) -> None:
    page = at_the_desk(Visitor(browser, site.url), "viewer", "q=axe&order=time")
    page.locator(".desk-row").nth(3).get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator(".desk-receipt")).to_have_count(1)
    page.evaluate("document.getElementById('desk').id = 'elsewhere'")
    page.locator("#desk-last").get_by_role("button", name="Undo").click()
    expect(page.locator(".desk-messages")).to_have_text("Undone.")
    assert states(site, "axe") == ["pending"] * 16


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(
    request: pytest.FixtureRequest, browser: Browser, direction: str, scheme: str
) -> None:
    site = request.getfixturevalue("site" if direction == "ltr" else "persian")
    page = Visitor(browser, site.url, bypass_csp=True, color_scheme=scheme).page  # axe is a script of its own
    page.goto("/admin/login/")
    page.locator("[name=username]").fill("viewer")
    page.locator("[name=password]").fill("newsroom")
    page.locator("#login-form [type=submit]").click()
    number = site.ask("Comment.objects.filter(source='axe 03').get().pk")
    thread = site.ask(f"Comment.objects.get(pk={number}).thread_id")
    pages = (
        *("?q=axe", "?tab=spam&q=nothing", "?least=wrong"),
        *(f"conversation/{thread}/?comment={number}", f"person/{number}/", f"ban/{number}/"),
    )
    for address in pages:
        page.goto(f"/admin/comments/desk/{address}")
        expect(page.locator("html")).to_have_attribute("dir", direction)
        page.keyboard.press("j")
        for summary in page.locator("#desk summary, #content summary").all()[:4]:
            summary.click()
        found = Axe().run(page, context="#content").response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in grave] == []
