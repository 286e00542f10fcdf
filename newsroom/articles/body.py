"""The body of an article: which HTML an editor may write, and the text in it."""

import html
import re

import nh3

# Wider than what readers may write, and still without script, style, form or frame.
TAGS = {
    *("p", "br", "h2", "h3", "h4", "a", "em", "strong", "b", "i", "u", "s", "sub", "sup", "mark", "abbr"),
    *("blockquote", "cite", "code", "pre", "ul", "ol", "li", "hr", "figure", "figcaption", "img", "span", "div"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "dl", "dt", "dd"),
}
ATTRIBUTES = {
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "abbr": {"title"},
    "ol": {"start"},
    "*": {"lang", "dir"},
}
MORE = re.compile(r"(?:<p>)?<!--\s*more\b[^<>]*-->(?:</p>)?", re.IGNORECASE)
MORE_PARAGRAPH = "<p>[more]</p>"


def clean(source: str) -> str:
    """The HTML that is kept of what an editor wrote or an import brought.

    A `<!--more-->` becomes the paragraph `[more]`, which any editor keeps and the meter knows
    as the end of the teaser.
    """
    without_surrogates = source.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "")
    return nh3.clean(
        MORE.sub(MORE_PARAGRAPH, without_surrogates),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    ).strip()


def text_of(clean_html: str) -> str:
    """The text of a clean body, for the search."""
    return html.unescape(re.sub(r"<[^>]*>", " ", clean_html))
