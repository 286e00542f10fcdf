"""Exports as short as the story that a test tells."""

from pathlib import Path

HARBOUR = Path(__file__).parent / "harbour.wxr.xml"
HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<link>https://old.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
"""
TAIL = "</channel>\n</rss>\n"


def export(*records: str) -> str:
    """A whole file; lines 1 to 7 are its head."""
    return HEAD + "".join(records) + TAIL


def item(number: int | str = 1, *inside: str, **differing: str) -> str:
    """A published post that is called after its number, on one line but for what is inside."""
    elements = {
        "title": f"Story {number}",
        "content:encoded": f"What happened in story {number}.",
        "wp:post_id": str(number),
        "wp:post_date_gmt": "2017-03-02 17:27:00",
        "wp:post_name": f"story-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
    }
    return f"<item>{_written(elements, differing)}{''.join(inside)}</item>\n"


def comment(number: int | str = 1, parent: int | str = 0, **differing: str) -> str:
    """An approved comment that says its number."""
    elements = {
        "wp:comment_id": str(number),
        "wp:comment_date_gmt": "2017-03-03 00:49:00",
        "wp:comment_content": f"Comment {number}",
        "wp:comment_approved": "1",
        "wp:comment_type": "comment",
        "wp:comment_parent": str(parent),
    }
    return f"<wp:comment>{_written(elements, differing)}</wp:comment>"


def category(slug: str, parent: str = "", name: str = "") -> str:
    """A line of the list at the beginning of a file."""
    return (
        f"<wp:category><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent>"
        f"<wp:cat_name>{name or slug.title()}</wp:cat_name></wp:category>\n"
    )


def filed(slug: str, taxonomy: str = "category") -> str:
    return f'<category domain="{taxonomy}" nicename="{slug}"><![CDATA[{slug.title()}]]></category>'


def meta(key: str, value: str) -> str:
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"


def _written(elements: dict[str, str], differing: dict[str, str]) -> str:
    """`post_password="x"` stands for `<wp:post_password>`, `title` and `pubDate` for themselves."""
    plain = ("title", "link", "guid", "pubDate")
    special = {"body": "content:encoded", "excerpt": "excerpt:encoded", "creator": "dc:creator"}
    for name, value in differing.items():
        elements[special.get(name) or (name if name in plain else f"wp:{name}")] = value
    return "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in elements.items())
