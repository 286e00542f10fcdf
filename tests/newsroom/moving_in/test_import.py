"""`manage.py import_wxr`: an old site moves in, once, and is told what came of it."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from comments import importing
from comments.models import Comment, Thread
from newsroom.articles.models import Article, Author, Section, Tag
from tests.newsroom.moving_in.exports import HARBOUR, TAIL, category, comment, export, filed, item, meta

pytestmark = pytest.mark.django_db
SEED = os.environ.get("SEED_WXR", "")


@pytest.fixture
def move_in(tmp_path: Path) -> Callable[..., list[str]]:
    """Imports a file, or the text of one; answers the lines that are printed."""

    def run(file: Path | str | bytes, *options: str) -> list[str]:
        if not isinstance(file, Path):
            written = tmp_path / "export.xml"
            written.write_bytes(file.encode() if isinstance(file, str) else file)
            file = written
        said = StringIO()
        call_command("import_wxr", file, *options, stdout=said)
        return said.getvalue().splitlines()

    return run


@pytest.fixture
def refused(tmp_path: Path, move_in) -> Callable[..., str]:
    """What is said of a file that cannot be read to its end."""

    def run(file: Path | str, *options: str) -> str:
        with pytest.raises(CommandError) as error:
            move_in(file, *options)
        return str(error.value)

    return run


def everything() -> list:
    return [
        list(rows.order_by("pk").values())
        for rows in (
            Section.objects,
            Tag.objects,
            Author.objects,
            Article.objects,
            Thread.objects,
            Comment.objects,
        )
    ]


def told(article: Article) -> dict:
    """An article as an editor would tell it."""
    return {
        "code": article.code,
        "address": article.get_absolute_url(),
        "title": article.title,
        "lead": article.lead,
        "body": article.body,
        "section": [article.section.name, article.section.parent and article.section.parent.name],
        "tags": sorted(tag.name for tag in article.tags.all()),
        "authors": [(author.name, author.slug, author.account) for author in article.authors.all()],
        "published": (article.stage, article.published_at),
        "discussion": article.discussion,
        "language": article.language,
        "views": article.views,
    }


@pytest.fixture
def in_tehran(settings) -> None:
    settings.TIME_ZONE = "Asia/Tehran"


@pytest.mark.usefixtures("in_tehran")
class TestThePageOfTheHarbour:
    """An invented page, in the shape in which WordPress writes one."""

    def test_the_article(self, move_in) -> None:
        move_in(HARBOUR)
        assert told(Article.objects.get()) == {
            "code": 4711,
            "address": "/news/4711/the-ferry-and-the-storm/",
            "title": "The ferry & the storm",
            "lead": "A storm keeps the ferry in the harbour.",
            "body": "<p>The ferry stayed in the harbour<br>\nuntil the storm was over.</p>"
            '<figure><img src="https://harbour.example/ferry.jpg" alt="A ferry">'
            "<figcaption>Waiting for calm water</figcaption></figure><p>[more]</p>"
            '<p>"We [the crew] waited," said the captain. A list of <b>what</b> was missing:</p>'
            "<ul>\n\t<li>bread</li>\n\t<li>wind ]]&gt; waves</li>\n</ul>",
            "section": ["Ferries", "Ships & Boats"],
            "tags": ["Town", "بندر"],
            "authors": [("The Harbour Desk", "desk", None)],
            "published": ("published", datetime(2018, 1, 5, 6, 15, tzinfo=UTC)),
            "discussion": "closed",
            "language": "fa",
            "views": 1204,
        }
        assert list(Tag.objects.values_list("slug", flat=True).order_by("slug")) == ["town", "بندر"]

    def test_its_comments(self, move_in) -> None:
        move_in(HARBOUR)
        rows = Comment.objects.order_by("origin").values_list(
            "origin", "name", "email", "html", "state", "submitted_at", "parent__origin", "address_hash"
        )
        published = datetime(2018, 1, 5, 6, 15, tzinfo=UTC)
        site = "wxr:harbour.example/post"
        assert list(rows) == [
            (
                f"{site}:31",
                "Nasrin & Omid",
                "nasrin@example.org",
                "<p>We were aboard.</p><p>It was <em>cold</em><br>and wet &amp; dark.</p>",
                "approved",
                published.replace(minute=30),
                None,
                "",
            ),
            (
                f"{site}:32",
                "",
                "",
                "<p>So were we.</p>",
                "pending",
                published.replace(minute=50),
                f"{site}:31",
                "",
            ),
            (
                f"{site}:33",
                "Boats R Us",
                "",
                "<p>Cheap boats</p>",
                "spam",
                published.replace(minute=51),
                None,
                "",
            ),
            (f"{site}:34", "Rude", "", "<p>Rude words</p>", "rejected", published, f"{site}:31", ""),
            (
                f"{site}:36",
                "Kaveh",
                "",
                "<p>Not true.</p>",
                "approved",
                published.replace(hour=7, minute=10),
                None,
                "",
            ),
        ]
        assert Thread.objects.get().approved == 2
        assert [one.origin for one in Comment.objects.waiting()] == [f"{site}:32"]

    def test_what_is_said_of_it(self, move_in) -> None:
        assert move_in(HARBOUR) == [
            "Articles: 1 new, 0 updated, 0 unchanged.",
            "New sections: 3; new tags: 2; new authors: 1.",
            "Comments: 5 new, 0 updated, 0 unchanged.",
            "1 further category of an article became a tag of it: an article has one section.",
            "1 image in the articles was not fetched: its address is still that of the old site.",
            "2 shortcodes were taken out of their brackets; the text in them is kept.",
            "1 comment waits for a moderator.",
            "1 reply to a comment that did not come in stands on the article itself.",
            "1 comment had no date and got that of its article.",
            "Left out: 1 × attachment; 1 × page; 1 × pingback; 1 term that is neither category nor tag;"
            " network addresses and web sites of those who commented.",
        ]

    def test_a_reader_opens_it(self, move_in, client: Client) -> None:
        move_in(HARBOUR)
        page = client.get("/news/4711/", follow=True).content.decode()
        assert "The ferry &amp; the storm" in page
        assert "We were aboard." in page
        assert "So were we." not in page
        assert "Cheap boats" not in page

    def test_imported_twice_it_is_there_once(self, move_in) -> None:
        move_in(HARBOUR)
        before = everything()
        assert move_in(HARBOUR)[:3] == [
            "Articles: 0 new, 0 updated, 1 unchanged.",
            "New sections: 0; new tags: 0; new authors: 0.",
            "Comments: 0 new, 0 updated, 5 unchanged.",
        ]
        assert everything() == before

    def test_a_dry_run_says_the_same_and_keeps_nothing(self, move_in) -> None:
        rehearsed = move_in(HARBOUR, "--dry-run")
        assert everything() == [[]] * 6
        assert rehearsed == ["This was a dry run: nothing is kept of what follows.", *move_in(HARBOUR)]


@pytest.mark.skipif(not SEED, reason="SEED_WXR does not name the export of the seed page")
@pytest.mark.usefixtures("in_tehran")
def test_the_seed_page_imported_twice(move_in) -> None:
    move_in(Path(SEED))
    move_in(Path(SEED))
    article, only = Article.objects.get(), Comment.objects.get()
    assert (article.code, article.published_at, article.views, article.section.slug) == (
        37686,
        datetime(2017, 3, 2, 17, 27, tzinfo=UTC),
        739,
        "middle-east",
    )
    assert (only.thread.target, only.name, only.state, only.submitted_at) == (
        article,
        "",
        "approved",
        datetime(2017, 3, 3, 0, 49, tzinfo=UTC),
    )


class TestAgain:
    """What was changed here stays, unless the file is to have its way."""

    def test_edits_stay_and_new_comments_come(self, move_in) -> None:
        move_in(export(item(1, comment(1))))
        Article.objects.update(title="Edited here")
        assert move_in(export(item(1, comment(1), comment(2), title="Edited there")))[0:3:2] == [
            "Articles: 0 new, 0 updated, 1 unchanged.",
            "Comments: 1 new, 0 updated, 1 unchanged.",
        ]
        assert Article.objects.get().title == "Edited here"

    def test_with_update_the_file_has_its_way(self, move_in) -> None:
        move_in(export(item(1, comment(1), filed("ships", "post_tag"), views="5")))
        Article.objects.update(title="Edited here", views=99)
        again = export(
            item(
                1,
                comment(1, comment_content="Changed"),
                filed("town"),
                title="Edited there",
                comment_status="closed",
            )
        )
        assert move_in(again, "--update")[0:3:2] == [
            "Articles: 0 new, 1 updated, 0 unchanged.",
            "Comments: 0 new, 1 updated, 0 unchanged.",
        ]
        article = Article.objects.get()
        assert (article.title, article.section.slug, article.discussion, article.views, article.code) == (
            "Edited there",
            "town",
            "closed",
            99,
            1,
        )
        assert (list(article.tags.all()), Comment.objects.get().html) == ([], "<p>Changed</p>")
        assert move_in(again, "--update")[0:3:2] == [
            "Articles: 0 new, 0 updated, 1 unchanged.",
            "Comments: 0 new, 0 updated, 1 unchanged.",
        ]

    def test_a_site_that_went_over_to_https_is_the_same_site(self, move_in) -> None:
        move_in(export(item(1, comment(1))))
        move_in(export(item(1, comment(1))).replace("https://old.example", "http://old.example/"))
        assert (Article.objects.count(), Comment.objects.count()) == (1, 1)

    def test_two_sites_may_have_the_same_numbers(self, move_in) -> None:
        move_in(export(item(1, comment(1))))
        said = move_in(export(item(1, comment(1))).replace("old.example", "other.example"))
        assert said[:3] == [
            "“Story 1” (now 1000): its news code 1 is taken.",
            "Articles: 1 new, 0 updated, 0 unchanged.",
            "New sections: 0; new tags: 0; new authors: 0.",
        ]
        assert sorted(Article.objects.values_list("code", "origin")) == [
            (1, "wxr:old.example:1"),
            (1000, "wxr:other.example:1"),
        ]
        assert Comment.objects.count() == 2


def test_sections_authors_and_tags_that_are_here_are_used_as_they_are(move_in) -> None:
    ships = Section.objects.create(name="Our ships", slug="ships")
    desk = Author.objects.create(name="Our desk", slug="desk")
    tag = Tag.objects.create(name="Our storms", slug="storm")
    move_in(export(category("ships"), item(1, filed("ships"), filed("storm", "post_tag"), creator="desk")))
    article = Article.objects.get()
    assert (article.section, article.authors.get(), article.tags.get()) == (ships, desk, tag)
    assert sorted(Section.objects.values_list("name", flat=True)) == ["Our ships"]


def test_sections_form_the_tree_of_the_old_site(move_in) -> None:
    move_in(
        export(
            category("ferries", "ships"),
            category("ships", "water"),
            category("water"),
            category("egg", "hen"),
            category("hen", "egg"),
            item(1, filed("water"), filed("ferries"), filed("ships")),
            item(2),
            item(3, filed("not-listed")),
        )
    )
    tree = {section.slug: section.parent and section.parent.slug for section in Section.objects.all()}
    assert tree == {
        "water": None,
        "ships": "water",
        "ferries": "ships",
        "hen": None,
        "egg": "hen",
        "uncategorised": None,
        "not-listed": None,
    }
    assert list(Article.objects.order_by("code").values_list("section__name", flat=True)) == [
        "Ferries",
        "Uncategorised",
        "Not-Listed",
    ]
    assert Tag.objects.count() == 0


def test_a_term_that_is_named_twice_is_one(move_in) -> None:
    twice = "<category><![CDATA[Ships & Boats]]></category>" + filed("ships")
    tags = '<category domain="tag"><![CDATA[High Seas]]></category>' + filed("seas", "tag")
    move_in(export(item(1, twice, tags)))
    article = Article.objects.get()
    assert (article.section.slug, [tag.slug for tag in article.tags.all()]) == ("ships", ["seas"])
    assert Section.objects.count() == 1


STATUSES = {
    "publish": ("published", "2017-03-02 17:27:00"),
    "future": ("scheduled", "2117-03-02 17:27:00"),
    "draft": ("draft", "0000-00-00 00:00:00"),
    "pending": ("draft", "2017-03-02 17:27:00"),
    "private": ("draft", "2017-03-02 17:27:00"),
}


@pytest.mark.parametrize(("status", "became", "date"), [(name, *rest) for name, rest in STATUSES.items()])
def test_what_becomes_of_a_status(move_in, status: str, became: str, date: str) -> None:
    move_in(export(item(1, status=status, post_date_gmt=date)))
    assert Article.objects.get().stage == became


def test_what_nobody_was_to_see_is_left_out_and_counted(move_in) -> None:
    items = [item(n, status=status) for n, status in enumerate(("trash", "auto-draft", "inherit", "trash"), 1)]
    said = move_in(export(*items, item(9, post_type="nav_menu_item"), item("")))
    assert said[-1] == (
        "Left out: 1 × nav_menu_item; 1 × post without a number; 1 × post, status “auto-draft”;"
        " 1 × post, status “inherit”; 2 × post, status “trash”."
    )
    assert Article.objects.count() == 0


def test_an_article_behind_a_password_is_a_draft_now(move_in) -> None:
    said = move_in(export(item(1, post_password="secret"), item(2, post_date_gmt="")))
    assert [one.stage for one in Article.objects.all()] == ["draft", "draft"]
    assert said[:2] == [
        "“Story 1” (now 1): it was behind a password, and is a draft now.",
        "“Story 2” (now 2): it has no date, and is a draft now.",
    ]


def test_a_title_of_any_length_and_of_none(move_in) -> None:
    said = move_in(export(item(1, title="long " * 60), item(2, title=" ")))
    assert list(Article.objects.order_by("code").values_list("title", flat=True)) == [
        "long " * 39 + "long…",
        "Untitled",
    ]
    assert "its title was too long, and was cut" in said[0]


def test_a_taken_code_makes_room(move_in, write: Callable[..., Article]) -> None:
    write(1, code=37)
    said = move_in(export(item(37), item(0, guid="https://old.example/?p=x"), item(10**30)))
    assert said[0] == "“Story 37” (now 1000): its news code 37 is taken."
    assert sorted(Article.objects.exclude(origin=None).values_list("code", "origin")) == [
        (1000, "wxr:old.example:37"),
        (1001, "wxr:old.example:https://old.example/?p=x"),
    ]


@pytest.mark.parametrize(
    ("views", "count"),
    [
        ([("views", "739")], 739),
        ([("post_views_count", "1,204")], 1204),
        ([("views", "many"), ("post_views_count", "3")], 3),
        ([("views", "-5")], 0),
        ([("views", "9" * 30)], 0),
        ([], 0),
    ],
)
def test_views(move_in, views: list[tuple[str, str]], count: int) -> None:
    move_in(export(item(1, *(meta(*one) for one in views))))
    assert Article.objects.get().views == count


@pytest.mark.usefixtures("in_tehran")
@pytest.mark.parametrize(
    ("gmt", "local", "hour"),
    [
        ("2017-03-02 17:27:00", "2017-03-02 09:00:00", 17),
        ("0000-00-00 00:00:00", "2017-03-02 20:57:00", 17),
        ("", "2017-03-02 20:57:00", 17),
        ("-0001-11-30 00:00:00", "2017-03-02 20:57:00", 17),
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00", 6),
    ],
)
def test_the_time_is_that_of_greenwich_or_else_of_the_site(move_in, gmt: str, local: str, hour: int) -> None:
    dated = {"post_date_gmt": gmt, "post_date": local, "pubDate": "Thu, 02 Mar 2017 06:27:00 +0000"}
    said = {"comment_date_gmt": gmt, "comment_date": local}
    move_in(export(item(1, comment(1, **said), **dated)))
    moment = datetime(2017, 3, 2, hour, 27, tzinfo=UTC)
    assert (Article.objects.get().published_at, Comment.objects.get().submitted_at) == (moment, moment)


@pytest.mark.parametrize(
    ("approved", "state"),
    [
        ("1", "approved"),
        ("0", "pending"),
        ("spam", "spam"),
        ("trash", "rejected"),
        ("post-trashed", "rejected"),
        ("who knows", "pending"),
    ],
)
def test_the_state_of_a_comment(move_in, approved: str, state: str) -> None:
    move_in(export(item(1, comment(1, comment_approved=approved))))
    assert Comment.objects.get().state == state


class TestBroken:
    """What was whole is in, and the error says where the rest is."""

    def test_the_file_ends_too_early(self, refused) -> None:
        whole = export(item(1, comment(1)), item(2, comment(2)), item(3, comment(3)))
        assert refused(whole[: whole.index("Comment 3")]) == (
            "Line 10: the file ends in the middle of an item, which begins in line 10."
            " The 2 articles before that place are in, with their comments; nothing after them is."
        )
        assert list(Comment.objects.values_list("html", flat=True).order_by("pk")) == [
            "<p>Comment 1</p>",
            "<p>Comment 2</p>",
        ]
        assert list(Article.objects.order_by("code").values_list("code", flat=True)) == [1, 2]

    def test_in_a_dry_run_too(self, refused) -> None:
        assert refused(export(item(1)).removesuffix(TAIL), "--dry-run") == (
            "Line 9: the file ends before the export does. No article came in."
        )
        assert everything() == [[]] * 6

    def test_mended_files_come_in_and_are_told(self, move_in) -> None:
        said = move_in(export(item(1, title="Caf\u00e9 \x08x")).encode("latin-1"))
        assert Article.objects.get().title == "Café x"
        assert said[3:] == [
            "1 control character that XML forbids was dropped.",
            "1 byte was not in the encoding of the file and was read as windows-1252.",
        ]

    def test_a_document_type_declaration(self, refused) -> None:
        said = refused(export(item(1)).replace("<rss", '<!DOCTYPE rss [<!ENTITY a "a">]>\n<rss'))
        assert said.startswith("Line 2: it has a document type declaration (<!DOCTYPE>)")
        assert said.endswith("so it is refused unread. Nothing came in.")

    def test_no_export_at_all(self, refused, tmp_path: Path) -> None:
        missing = tmp_path / "missing.xml"
        assert refused(missing) == f"{missing}: No such file or directory"
        assert refused(tmp_path) == f"{tmp_path}: Is a directory"
        assert refused("") == "The file is empty. Nothing came in."
        assert refused("<html></html>") == (
            "This is not a WordPress export: it begins with <html>, not with <rss>. Nothing came in."
        )

    def test_an_article_that_the_database_refuses_is_told_and_leaves_nothing(
        self, refused, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importing, "DEEPEST", -1)  # the column of depths takes no negative number
        refused_one = item(2, comment(2), comment(3, 2), filed("storms", "post_tag"), filed("town"))
        said = refused(export(item(1, comment(1)), refused_one, item(3, filed("town"))))
        assert said == "1 article is not in."
        assert list(Article.objects.order_by("code").values_list("code", "section__slug")) == [
            (1, "uncategorised"),
            (3, "town"),
        ]
        assert (Comment.objects.count(), Tag.objects.count(), Section.objects.count()) == (1, 0, 2)


def test_an_article_never_comes_in_under_a_strangers_name(move_in) -> None:
    """Two papers may both have a "newsdesk"; imported twice, the second of them is still one."""
    Author.objects.create(name="Our own desk", slug="newsdesk")
    named = (
        "<wp:author><wp:author_login>newsdesk</wp:author_login>"
        "<wp:author_display_name>Harbour Press</wp:author_display_name></wp:author>"
    )
    for number in (1, 2):
        move_in(export(named, item(number, creator="newsdesk")))
        assert Article.objects.latest("pk").authors.get().name == "Harbour Press"
    assert list(Author.objects.order_by("pk").values_list("slug", flat=True)) == ["newsdesk", "newsdesk-2"]
