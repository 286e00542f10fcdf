"""From the sixth article to an account, to ten articles, to a subscription: a reader at a real browser."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import stripe
from playwright.sync_api import Browser, expect

from newsroom import demo
from tests import browsing, served
from tests.browsing import Visitor
from tests.newsroom.test_subscriptions_webhook import SECRET, checkout, subscribed
from tests.served import Site

pytestmark = pytest.mark.browser

PREPARE = """
from django.utils import timezone
from newsroom.articles.models import Article, Section
section = Section.objects.create(name="World", slug="world")
for n in range(1, 13):
    Article.objects.create(
        code=n, title=f"Article {n}", slug=f"article-{n}", section=section, status="published",
        lead=f"What article {n} is about.", published_at=timezone.now(),
        body="<p>One of the paragraphs.</p>" * 8 + f"<p>The end of article {n}.</p>")
"""


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    return tmp_path / "mails"


@pytest.fixture
def site(tmp_path: Path, mails: Path) -> Iterator[Site]:
    environment = {"EMAIL_URL": f"filemail:///{mails}", "STRIPE_WEBHOOK_SECRET": SECRET}
    with served.site(f"sqlite:///{tmp_path / 'site.sqlite3'}", prepare=PREPARE, **environment) as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    with browsing.chromium() as running:
        yield running


def link_in(mails: Path) -> str:
    newest = max(demo.sent(str(mails)), key=lambda mail: mail.sent_at)
    return re.findall(r"http://\S+/accounts/\S+", newest.text)[0]


def tell(site: Site, event: dict[str, object]) -> None:
    text = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(text, SECRET, int(time.time()))
    answer = httpx.post(f"{site.url}/webhooks/stripe/", content=text, headers={"Stripe-Signature": header})
    assert answer.text == "Thank you."


@pytest.mark.parametrize("with_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_wall_to_an_account_to_ten_articles_to_a_subscription(
    site: Site, browser: Browser, mails: Path, with_scripts: bool
) -> None:
    reader = Visitor(browser, site.url, java_script_enabled=with_scripts)
    for number in range(1, 7):
        reader.page.goto(f"/news/{number}/article-{number}/")
    expect(reader.page.locator("article[data-reason=registration_wall]")).to_be_visible()

    reader.page.get_by_role("link", name="Create a free account").click()
    reader.page.get_by_label("Your name").fill("Mira K.")
    reader.page.get_by_label("E-mail address").fill("mira@example.org")
    reader.page.get_by_label("Password").fill("a-good-word-7")
    reader.page.get_by_role("button", name="Create the account").click()
    assert reader.page.url == f"{site.url}/news/6/article-6/"
    expect(reader.page.get_by_role("status")).to_contain_text("We have sent a mail to mira@example.org")
    expect(reader.page.get_by_role("link", name="Confirm your e-mail address")).to_be_visible()

    reader.page.goto(link_in(mails))
    reader.page.get_by_role("button", name="Yes, confirm it").click()
    assert reader.page.url == f"{site.url}/news/6/article-6/"
    expect(reader.page.get_by_role("status")).to_contain_text("mira@example.org is confirmed")
    assert "You have read 6 of 10 free articles" in reader.text("[data-meter]")
    expect(reader.page.locator(".article-body")).to_contain_text("The end of article 6.")

    for number in range(7, 12):
        reader.page.goto(f"/news/{number}/article-{number}/")
    expect(reader.page.locator("article[data-reason=paywall]")).to_be_visible()

    tell(site, checkout(1))
    tell(site, subscribed("created", until=datetime.now(UTC) + timedelta(days=30)))
    reader.page.reload()
    expect(reader.page.locator("article[data-reason=subscriber]")).to_be_visible()
    expect(reader.page.locator(".article-body")).to_contain_text("The end of article 11.")
    assert reader.faults == []


def test_a_link_opened_on_another_device_leads_to_the_article_by_way_of_the_log_in(
    site: Site, browser: Browser, mails: Path
) -> None:
    desk, telephone = (
        Visitor(browser, site.url),
        Visitor(browser, site.url, viewport={"width": 360, "height": 700}),
    )
    desk.page.goto("/news/1/article-1/")
    desk.page.get_by_role("link", name="Log in").click()
    desk.page.get_by_role("link", name="Create a free account").click()
    desk.page.get_by_label("Your name").fill("Mira K.")
    desk.page.get_by_label("E-mail address").fill("mira@example.org")
    desk.page.get_by_label("Password").fill("a-good-word-7")
    desk.page.get_by_role("button", name="Create the account").click()
    assert desk.page.url == f"{site.url}/news/1/article-1/"

    telephone.page.goto(link_in(mails))
    telephone.page.get_by_role("button", name="Yes, confirm it").click()
    expect(telephone.page.get_by_role("status")).to_contain_text("mira@example.org is confirmed")
    telephone.page.get_by_label("Username or e-mail address").fill("mira@example.org")
    telephone.page.get_by_label("Password").fill("a-good-word-7")
    telephone.page.get_by_role("button", name="Log in").click()
    assert telephone.page.url == f"{site.url}/news/1/article-1/"
    assert desk.faults + telephone.faults == []
