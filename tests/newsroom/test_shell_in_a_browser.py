"""Shell mode at real browsers: with JavaScript the rest comes by itself, without it a button leads there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests import browsing, served
from tests.browsing import Visitor
from tests.served import Site

pytestmark = pytest.mark.browser

PREPARE = """
from datetime import datetime, UTC
from django.contrib.auth.models import Group
from django.utils import timezone
from comments import importing, targets
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Section
from newsroom.subscriptions.models import Subscription
reader = User.objects.create_user("reader", password="newsroom", display_name="Rafi Reader", is_staff=True)
reader.groups.add(Group.objects.get(name="Editor"))
section = Section.objects.create(name="World", slug="world")
for n in range(1, 9):
    Article.objects.create(
        code=n, title=f"Article {n}", slug=f"article-{n}", section=section, status="published",
        lead=f"What article {n} is about.", published_at=timezone.now(),
        policy="free" if n == 7 else "metered",
        body="<p>One of the paragraphs.</p>" * 8
        + f"<p>The end of article {n}. It says in so many words that it is that of article {n}.</p>")
spoken = (importing.Incoming(origin=f"t:{n}", text=f"Comment number {n}.", state="approved",
                             submitted_at=datetime(2026, 1, n, tzinfo=UTC)) for n in range(1, 9))
importing.bring_in(targets.of(Article.objects.get(code=1)), spoken)
"""

ARTICLES = [f"/news/{n}/article-{n}/" for n in range(1, 8)]

PRERENDERED = """
Object.defineProperty(Document.prototype, "prerendering", {get: () => !window.clicked});
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database = tmp_path_factory.mktemp("shell") / "site.sqlite3"
    with served.site(f"sqlite:///{database}", prepare=PREPARE, METER_MODE="shell") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as running:
        yield running


def answer_of(visitor: Visitor) -> tuple[str | None, str | None]:
    article = visitor.page.locator("article.article")
    return article.get_attribute("data-access"), article.get_attribute("data-reason")


def test_the_rest_comes_into_the_page_and_the_sixth_is_a_wall(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url)
    for number, address in enumerate(ARTICLES[:5], start=1):
        reader.page.goto(address)
        expect(reader.page.locator("[data-meter]")).to_contain_text(f"You have read {number} of 5 free articles")
        expect(reader.page.locator(".article-body")).to_contain_text(f"The end of article {number}.")
        expect(reader.page.locator("form[data-comment-form]")).to_be_visible()
        expect(reader.page.locator("#rest-told")).to_have_text("The whole article is here now.")
        assert answer_of(reader) == ("open", "read_spent")
        assert reader.page.url == f"{site.url}{address}"
    reader.page.goto(ARTICLES[5])
    expect(reader.page.get_by_role("heading", name="You have reached the end")).to_be_visible()
    assert answer_of(reader) == ("wall", "registration_wall")
    assert "The end of article 6." not in reader.page.content()
    expect(reader.page.get_by_role("button", name="Continue reading")).to_have_count(0)
    expect(reader.page.locator("#rest-told")).to_have_text(
        "This is the beginning of the article. Below it stands how to read on."
    )
    assert reader.faults == []


def test_without_javascript_a_button_leads_to_all_of_it(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url, java_script_enabled=False)
    for number, address in enumerate(ARTICLES[:6], start=1):
        reader.page.goto(address)
        assert f"The end of article {number}." not in reader.page.content()
        reader.page.get_by_role("button", name="Continue reading").click()
        assert reader.page.url.startswith(f"{site.url}{address}rest/")
        assert answer_of(reader) == (("open", "read_spent") if number < 6 else ("wall", "registration_wall"))
        assert (f"The end of article {number}." in reader.page.content()) == (number < 6)
    reader.page.goto(ARTICLES[0])
    reader.page.get_by_role("button", name="Open the comments").click()
    expect(reader.page.locator("[data-comment-id]").first).to_contain_text("Comment number 8.")
    reader.page.get_by_role("link", name="Reply").first.click()
    form = reader.page.locator("form[data-comment-form]")
    expect(form).to_contain_text("Comment number 8.")
    form.get_by_label("*Comments").fill("An answer without a script.")
    form.get_by_role("button", name="Send").click()
    expect(reader.page.locator(".comment-text", has_text="An answer without a script.")).to_be_visible()


def test_somebody_who_is_known_finds_name_and_links_again(site: Site, browser: Browser) -> None:
    editor = Visitor(browser, site.url)
    editor.log_in("reader", path="/accounts/login/")
    editor.page.goto(ARTICLES[1])
    expect(editor.page.locator(".masthead-account")).to_contain_text("Rafi Reader")
    expect(editor.page.locator(".masthead-account").get_by_role("button", name="Log out")).to_be_visible()
    expect(editor.page.get_by_role("link", name="Edit this article")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Give this article")).to_be_visible()
    expect(editor.page.locator("[data-meter]")).to_have_text("You read without limit: you work here.")
    editor.page.get_by_role("button", name="Give this article").click()
    link = editor.page.get_by_label("Send this address").input_value()
    assert editor.faults == []

    friend = Visitor(browser, site.url)
    friend.page.goto(link.replace("http://127.0.0.1/", "/"))
    expect(friend.page.locator(".article-body")).to_contain_text("The end of article 2.")
    assert answer_of(friend) == ("open", "gift")
    assert friend.faults == []


def test_what_did_not_arrive_is_told_in_words_and_the_button_still_works(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url)
    reader.page.route("**/rest/", lambda route: route.abort())
    reader.page.goto(ARTICLES[2])
    expect(reader.page.get_by_role("status")).to_have_text(
        "The rest of this page did not arrive. The button asks for it again."
    )
    assert reader.page.get_by_role("status").bounding_box()["height"] > 20
    reader.page.unroute("**/rest/")
    reader.page.get_by_role("button", name="Continue reading").click()
    expect(reader.page.locator(".article-body")).to_contain_text("The end of article 3.")


def test_a_page_that_is_prepared_ahead_asks_for_nothing_before_the_click(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url)
    asked = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.page.add_init_script(PRERENDERED)
    reader.page.goto(ARTICLES[3], wait_until="networkidle")
    assert [url for url in asked if "/rest/" in url] == []
    reader.page.evaluate("clicked = true; document.dispatchEvent(new Event('prerenderingchange'))")
    expect(reader.page.locator(".article-body")).to_contain_text("The end of article 4.")


def test_nobody_is_moved_but_whoever_came_for_a_comment(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url, viewport={"width": 800, "height": 400})
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        on_its_way.append(route)

    reader.page.route("**/rest/", hold)
    with reader.page.expect_request("**/rest/"):
        reader.page.goto(ARTICLES[0])
    reader.page.get_by_role("button", name="Continue reading").focus()
    before = reader.page.evaluate("scrollY")
    on_its_way[0].continue_()
    expect(reader.page.locator("article[data-access=open]")).to_have_count(1)
    assert reader.page.evaluate("document.activeElement.dataset.part") == "text"
    assert reader.page.evaluate("scrollY") == before

    reader.page.unroute("**/rest/")
    number = reader.page.locator("[data-comment-id]").last.get_attribute("data-comment-id")
    reader.page.goto("/")
    reader.page.goto(f"{ARTICLES[0]}#comment-{number}")
    comment = reader.page.locator(f"#comment-{number}:target")
    expect(comment).to_be_in_viewport()
    assert reader.page.evaluate("document.activeElement.tagName") == "BODY"
    assert reader.faults == []


def test_a_free_article_is_whole_at_once_and_gets_its_comments(site: Site, browser: Browser) -> None:
    reader = Visitor(browser, site.url)
    reader.page.goto(ARTICLES[6])
    expect(reader.page.locator("#rest-told")).to_have_text("The comments are here now.")
    expect(reader.page.locator("form[data-comment-form]")).to_be_visible()
    expect(reader.page.locator("[data-meter]")).to_contain_text("You have read 0 of 5 free articles")
    still = Visitor(browser, site.url, java_script_enabled=False)
    still.page.goto(ARTICLES[6])
    expect(still.page.locator(".article-body")).to_contain_text("The end of article 7.")
    assert answer_of(still) == answer_of(reader) == ("open", "free")
    assert reader.faults == []


def test_a_served_shell_leaks_nothing(site: Site) -> None:
    told = site.manage("meter_selftest", "--base-url", site.url, "--pieces", "3")
    assert told.startswith("2 pieces looked behind, ")
    assert told.endswith(" requests, 0 leaks.\n")
