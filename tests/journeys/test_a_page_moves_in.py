"""A real news page of another system, imported, reads here as it read there.

The page that `SEED_WXR` names is not ours to print, so what it must show is taken from the file;
an invented page of the same shape is always tested.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from lxml import etree, html

from comments.models import Comment
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
WP = "{http://wordpress.org/export/1.2/}"

INVENTED = Path(__file__).parent / "lighthouse.wxr.xml"


@dataclass(frozen=True)
class Told:
    """What an export says of its one article."""

    title: str
    lead: str
    heading: str
    paragraphs: list[str]
    comment: str
    code: int


def told_by(file: Path) -> Told:
    item = etree.parse(file).find("channel/item")
    body = html.fragment_fromstring(item.findtext(CONTENT), create_parent="div")
    return Told(
        title=item.findtext("title"),
        lead=item.findtext("{http://wordpress.org/export/1.2/excerpt/}encoded"),
        heading=body.findtext("h2"),
        paragraphs=[paragraph.text_content() for paragraph in body.findall("p")],
        comment=item.findtext(f"{WP}comment/{WP}comment_content"),
        code=int(item.findtext(f"{WP}post_id")),
    )


@pytest.fixture(params=["invented", "seed"])
def export(request: pytest.FixtureRequest) -> Path:
    if request.param == "invented":
        return INVENTED
    if not os.environ.get("SEED_WXR"):
        pytest.skip("SEED_WXR does not name an export; .ci/run sets it where one is there")
    return Path(os.environ["SEED_WXR"])


@pytest.fixture
def tehran(settings) -> None:
    settings.TIME_ZONE = "Asia/Tehran"
    settings.COMMENTS = {"CALENDAR": "jalali"}


def words(element) -> str:
    return " ".join(unescape(element.text_content()).split())


@pytest.mark.usefixtures("tehran")
def test_the_page_shows_what_it_showed(export: Path, client: Client) -> None:
    call_command("import_wxr", export)
    told = told_by(export)
    page = html.fromstring(client.get(f"/news/{told.code}/", follow=True).content.decode())
    [article] = page.xpath("//article[@data-access]")
    facts = words(article)

    assert words(article.find(".//h1")) == told.title
    assert told.lead in facts
    assert told.heading in [words(heading) for heading in article.iter("h2")]
    shown = [words(paragraph) for paragraph in article.xpath(".//*[@class='article-body']//p")]
    assert shown == [" ".join(paragraph.split()) for paragraph in told.paragraphs]
    assert len(shown) == 12
    for fact in ("Date: 2017/03/02", "Time: 20:57", f"News Code: {told.code}", "View: 739", "Print"):
        assert fact in facts
    assert article.xpath(".//a[contains(@href, '/print/')]")

    [comment] = page.xpath("//*[@data-comment-id]")
    assert words(comment.xpath(".//header")[0]) == "1395/12/13 4:19"
    assert words(comment.xpath(".//*[@class='comment-text']")[0]) == told.comment
    [form] = page.xpath("//form[@data-comment-form]")
    assert [words(label) for label in form.iter("label")][:3] == ["Name", "Email", "*Comments"]
    assert [one.get("name") for one in form.xpath(".//*[@required]")] == ["text"]
    assert words(page.xpath("//*[@data-meter]")[0]).startswith("You have read 1 of 5 free articles")


def test_imported_twice_it_is_there_once(export: Path) -> None:
    call_command("import_wxr", export)
    call_command("import_wxr", export)
    article, comment = Article.objects.get(), Comment.objects.get()
    assert (article.views, article.published_at) == (739, datetime(2017, 3, 2, 17, 27, tzinfo=UTC))
    assert (comment.name, comment.state) == ("", "approved")
    assert comment.submitted_at == datetime(2017, 3, 3, 0, 49, tzinfo=UTC)
