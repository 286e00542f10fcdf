"""What a walled reader sees: the one function that cuts a teaser, and the headers that keep caches honest."""

import re
from typing import TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lxml import etree, html

from metering import gate
from metering.pieces import Piece
from metering.policy import Access, Policy, Reason

Answer = TypeVar("Answer", bound=HttpResponseBase)

MARK = re.compile(r"<p\b[^>]*>\s*\[more\]\s*</p>|<!--\s*more\s*-->", re.IGNORECASE)
"""An editor's own end of the teaser: a paragraph `[more]`, or the comment that WordPress uses."""

SHARED_SECONDS = 60
"""A correction shows, and an article taken back is gone, after this at the latest."""

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCKS = HEADINGS | {"p", "blockquote", "ul", "ol", "dl", "pre", "table", "figure", "hr"}


def shown(piece: Piece, access: Access) -> SafeString:
    """The body as this reader may see it: whole where the piece is open, else its teaser."""
    return whole(piece.body) if access.is_open else teaser(piece.body, access.policy)


def marked(piece: Piece, access: Access) -> SafeString:
    """The same for a page: what stands after the teaser is in an element of the class `after-teaser`.

    Search engines are told by that class which part is not for everybody. Where the teaser ends within
    a block, that is the whole body.
    """
    if not access.is_open or access.reason in (Reason.FREE, Reason.UNMETERED):
        return shown(piece, access)
    text, beginning = whole(piece.body), teaser(piece.body, access.policy)
    # A teaser is made of whole blocks, so where the body begins with it, the cut is between two of them.
    start, rest = (beginning, text[len(beginning) :]) if text.startswith(beginning) else ("", text)
    return format_html('{}<div class="after-teaser">{}</div>', SafeString(start), SafeString(rest))


def whole(body: str) -> SafeString:
    """The full body without the mark that ends its teaser."""
    return mark_safe(MARK.sub("", body))  # noqa: S308  `Piece.body` is safe HTML by its contract


def teaser(body: str, policy: Policy) -> SafeString:
    """The beginning of a body: what everybody may read, on every surface.

    It ends at the editor's mark if there is one, else after `teaser_paragraphs` paragraphs, and in
    both cases before it exceeds `teaser_percent` of the text. It is made of whole blocks, so markup
    is never cut; only where the first block alone gives too much away, its bare text is cut
    between two words. What stands outside of blocks is never given.
    """
    offered = MARK.split(body, maxsplit=1)[0]
    allowed = len(_text(_parse(body))) * policy.teaser_percent // 100
    kept: list[etree._Element] = []
    blocks = _blocks(_parse(offered))
    paragraphs = 0
    for block in blocks:
        if paragraphs == policy.teaser_paragraphs or len(_text(block)) > allowed:
            break
        allowed -= len(_text(block))
        paragraphs += block.tag not in HEADINGS
        kept.append(block)
    while kept and kept[-1].tag in HEADINGS:  # a heading with nothing under it promises too much
        kept.pop()
    if kept or not policy.teaser_paragraphs:
        return mark_safe("\n".join(_serialised(block) for block in kept))  # noqa: S308  parts of a safe body
    return _first_words(next((_text(block) for block in blocks if block.tag not in HEADINGS), ""), allowed)


def what_is_open(request: HttpRequest) -> SafeString:
    """What this reader holds open now, as a list of links; empty where that is nothing. Costs one query."""
    return mark_safe(render_to_string("metering/opened.html", {"opened": gate.opened(request)}).strip())  # noqa: S308


def never_cached(response: Answer) -> Answer:
    """Marks an answer that depended on the meter: no cache, shared or not, may keep it."""
    response["Cache-Control"] = "private, no-store"
    return response


def shared(response: Answer) -> Answer:
    """Marks an answer that is the same for everybody: caches, shared ones too, may keep it for a while."""
    response["Cache-Control"] = f"public, max-age={SHARED_SECONDS}"
    return response


def unindexed(response: Answer) -> Answer:
    """Marks an answer whose address is not for search engines: that of a gift, or of a shell's rest."""
    response["X-Robots-Tag"] = "noindex"
    return response


def _first_words(text: str, allowed: int) -> SafeString:
    beginning = text[:allowed].rpartition(" ")[0]
    return format_html("<p>{}…</p>", beginning) if beginning else SafeString("")


def _parse(body: str) -> etree._Element:
    readable = "".join(sign for sign in body if sign >= " " or sign in "\t\n\r")
    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        return html.fragment_fromstring(readable, create_parent="div", parser=parser)
    except (etree.ParserError, ValueError, AssertionError):
        return html.Element("div")


def _blocks(tree: etree._Element) -> list[etree._Element]:
    """The blocks of a body in order; a wrapper around blocks is looked into, a text-only body is one block."""
    found: list[etree._Element] = []
    for child in tree:
        if child.tag in BLOCKS or not any(one.tag in BLOCKS for one in child.iterdescendants()):
            found.append(child)
        else:
            found.extend(_blocks(child))
    return found or ([tree] if _text(tree) else [])


def _text(block: etree._Element) -> str:
    return " ".join("".join(block.itertext()).split())


def _serialised(block: etree._Element) -> str:
    return etree.tostring(block, encoding="unicode", method="html", with_tail=False)
