"""At real browsers: a gift opens an article to a friend; a Persian page meets the meter from the right."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import browsing, served
from tests.browsing import Visitor
from tests.served import Site

pytestmark = pytest.mark.browser

PREPARE = """
from django.utils import timezone
from metering.models import Meter
from newsroom.accounts.models import User
from newsroom.articles.models import Article, Section
from newsroom.subscriptions.models import Subscription
Subscription.objects.create(person=User.objects.create_user("subscriber", password="newsroom"))
Meter.objects.update_or_create(pk=1, defaults={"limit": 2})
section = Section.objects.create(name="جهان", slug="world")
for n in range(1, 4):
    Article.objects.create(
        code=n, title=f"خبر شمارهٔ {n}", slug=f"article-{n}", section=section, status="published", language="fa",
        lead="آنچه در این خبر آمده است.", published_at=timezone.now(),
        body="<p>یکی از بندهای این خبر که دربارهٔ بندر نوشته شده است.</p>" * 8 + f"<p>پایان خبر {n}.</p>")
"""


@pytest.fixture(scope="module", params=["en", "fa"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same Persian paper with an English and with a Persian interface."""
    database = tmp_path_factory.mktemp("browser") / "site.sqlite3"
    with served.site(f"sqlite:///{database}", prepare=PREPARE, LANGUAGE_CODE=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as running:
        yield running


def test_a_subscribers_gift_opens_one_article_to_a_friend_at_the_wall(site: Site, browser: Browser) -> None:
    friend = Visitor(browser, site.url)
    for number in (1, 2, 3):
        friend.page.goto(f"/news/{number}/")
    expect(friend.page.locator("article[data-access=wall]")).to_be_visible()

    giver = Visitor(browser, site.url)
    giver.page.goto("/accounts/login/?next=/news/3/article-3/")
    giver.page.locator("input[name=username]").fill("subscriber")
    giver.page.locator("input[name=password]").fill("newsroom")
    giver.page.locator("input[name=password]").press("Enter")
    expect(giver.page.locator("article[data-reason=subscriber]")).to_be_visible()
    giver.page.locator(".gift-button button").click()
    link = giver.page.locator("[data-gift-link]").input_value()

    friend.page.goto(link)
    expect(friend.page.locator("article[data-access=open][data-reason=gift]")).to_be_visible()
    assert "پایان خبر 3." in friend.text(".article-body")
    friend.page.goto("/news/3/article-3/")
    expect(friend.page.locator("article[data-access=open][data-reason=gift]")).to_be_visible()
    giver.page.goto("/meter/gift/")
    giver.page.locator(".gifts button").click()
    expect(giver.page.locator("[data-gift-link]")).to_have_count(0)
    friend.page.goto("/news/3/article-3/")
    expect(friend.page.locator("article[data-access=wall]")).to_be_visible()
    assert giver.faults + friend.faults == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_persian_page_stands_from_right_to_left_at_the_wall_too(
    site: Site, browser: Browser, width: int
) -> None:
    reader = Visitor(browser, site.url, viewport={"width": width, "height": 900})
    for number in (1, 2, 3):
        reader.page.goto(f"/news/{number}/")
    wall = reader.page.locator("section.wall")
    expect(wall).to_be_visible()
    assert "پایان خبر 3." not in reader.page.content()
    article = reader.page.locator("article.article")
    assert (article.get_attribute("lang"), article.get_attribute("dir")) == ("fa", "rtl")
    first = reader.page.locator(".article-body p").first
    assert first.evaluate("p => getComputedStyle(p).direction") == "rtl"
    interface = reader.page.locator("html").get_attribute("dir")
    assert wall.evaluate("one => getComputedStyle(one).direction") == interface
    assert interface == {"en": "ltr", "fa": "rtl"}[str(reader.page.locator("html").get_attribute("lang"))]
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
    code = wall.locator(".wall-code bdi")
    assert code.evaluate("one => getComputedStyle(one).direction") == "ltr"
    assert reader.faults == []
