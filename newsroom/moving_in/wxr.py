"""A WordPress export (WXR, all versions) as a stream of plain records, in the order of the file.

Read with expat itself, record by record: no tree grows, each error has its line, and a document type
declaration is refused where it begins, before any entity in it exists (OWASP, XML External Entity Prevention).
Nothing here knows what becomes of a record; all values are as they stand in the file.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from sys import intern
from typing import Any, BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from newsroom.moving_in import characters
from newsroom.moving_in.characters import Mended, UnknownEncodingError

LARGEST_VALUE = 16 * 1024 * 1024
"""Characters between two tags, or in one tag: more is no article."""

DEEPEST = 32
"""Elements within elements; an export has five."""

PREFIXES = (
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/excerpt/$"), "excerpt:"),
    (re.compile(r"https?://wordpress\.org/export/[\d.]+/$"), "wp:"),
    (re.compile(r"http://purl\.org/rss/1\.0/modules/content/$"), "content:"),
    (re.compile(r"http://purl\.org/dc/elements/1\.1/$"), "dc:"),
)


class UnreadableError(Exception):
    """The file, or the rest of it, cannot be read. Its text says where and why."""


class NotAnExportError(UnreadableError):
    """Whatever this file is, WordPress did not write it as an export."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Where the export was made. The first record, always."""

    address: str
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    login: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    slug: str
    name: str
    parent: str
    """The slug of the category above, or empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    slug: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Filing:
    """One of the terms that an item is filed under; `taxonomy` is `category`, `post_tag`, `post_format` …"""

    taxonomy: str
    slug: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    number: str
    author: str
    email: str
    date: str
    date_gmt: str
    text: str
    approved: str
    kind: str
    parent: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One item: a post, a page, an attachment, or whatever a plug-in has added."""

    line: int
    number: str
    kind: str
    status: str
    title: str
    slug: str
    address: str
    guid: str
    creator: str
    body: str
    excerpt: str
    date: str
    date_gmt: str
    announced: str
    """The date as the feed has it (RFC 822)."""

    password: str
    comment_status: str
    filings: tuple[Filing, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    comments: tuple[Comment, ...] = ()

    def noted(self, key: str) -> str:
        """The first custom field of this name, or nothing."""
        return next((value for name, value in self.meta if name == key), "")


Record = Site | Author | Category | Tag | Post


def read(source: BinaryIO, mended: Mended | None = None) -> Iterator[Record]:
    """The records of an export, each as soon as it is whole.

    Raises `UnreadableError` where the file stops being readable: what was yielded until then was whole.
    `mended` counts what had to be put right on the way. Memory follows the largest item, not the file.
    """
    reader = _Reader()
    try:
        for text in characters.read(source, Mended() if mended is None else mended):
            yield from reader.feed(text)
            if reader.failure:
                raise reader.failure
        yield from reader.finish()
        if reader.failure:
            raise reader.failure
    except UnknownEncodingError as unknown:
        raise NotAnExportError(
            _("The file says that it is written in “%(encoding)s”, an encoding that is not known here.")
            % {"encoding": unknown}
        ) from None


@dataclass(slots=True)
class _Element:
    """An element that is open: what it has said so far."""

    name: str
    attributes: dict[str, str]
    line: int
    texts: list[str] = field(default_factory=list)
    length: int = 0
    values: dict[str, str] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def value(self, name: str) -> str:
        return self.values.get(name, "").strip()


class _Reader:
    """Fed with text, it answers with the records that have become whole; `failure` says why there are no more."""

    def __init__(self) -> None:
        self.failure: UnreadableError | None = None
        self.open: list[_Element] = []
        self.whole: list[Record] = []
        self.site: Site | None = None
        self.lines_before = 0
        self.silent_for = 0
        self.begun = self.ended = False
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.buffer_size = characters.PIECE
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._heard
        parser.StartDoctypeDeclHandler = self._refuse_doctype

    def feed(self, text: str) -> list[Record]:
        if not self.begun:
            text = self._without_blank_beginning(text)
        self.silent_for += len(text)
        if self.silent_for > LARGEST_VALUE:
            self.failure = self._unreadable(_("a single tag or comment is larger than any export has"))
            return []
        return self._parse(text, final=False) if self.begun else []

    def finish(self) -> list[Record]:
        if not self.begun:
            self.failure = NotAnExportError(_("The file is empty."))
            return []
        return self._parse("", final=True)

    def _parse(self, text: str, *, final: bool) -> list[Record]:
        try:
            if not self.ended:  # what plug-ins print after the end of the export is not part of it
                self.parser.Parse(text, final)
        except UnreadableError as error:
            self.failure = error
        except expat.ExpatError as error:
            self.failure = None if self.ended else self._unreadable(self._explained(error))
        whole, self.whole = self.whole, []
        return whole

    def _without_blank_beginning(self, text: str) -> str:
        """XML allows nothing before its declaration; plug-ins that print an empty line do it all the time."""
        begun = text.lstrip()
        self.lines_before += text.count("\n", 0, len(text) - len(begun))
        self.begun = bool(begun)
        return begun

    # --- What expat tells -----------------------------------------------------------------------------

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.silent_for = 0
        if len(self.open) >= DEEPEST:
            raise self._unreadable(_("elements are nested deeper than in any export"))
        name = _short(name)
        if not self.open and name != "rss":
            raise NotAnExportError(
                _("This is not a WordPress export: it begins with <%(tag)s>, not with <rss>.") % {"tag": name[:40]}
            )
        self.open.append(_Element(name, attributes, self.line))

    def _text(self, text: str) -> None:
        self.silent_for = 0
        element = self.open[-1]
        if element.name not in VALUES:
            return
        element.length += len(text)
        if element.length > LARGEST_VALUE:
            raise self._unreadable(_("<%(tag)s> is larger than any article") % {"tag": element.name})
        element.texts.append(text)

    def _end(self, _name: str) -> None:
        self.silent_for = 0
        element = self.open.pop()
        if not self.open:
            self._introduce_site(element)
            self.ended = True
        elif make := RECORDS.get(element.name if self.open[-1].name == "channel" else ""):
            self._introduce_site(self.open[-1])
            self.whole.append(make(element))
        elif make := PARTS.get((self.open[-1].name, element.name)):
            self.open[-1].parts.append(make(element))
        elif element.name == "channel":
            self._introduce_site(element)
        elif element.name in VALUES:
            self.open[-1].values.setdefault(element.name, element.text)

    def _heard(self, _comment: str) -> None:
        self.silent_for = 0

    def _refuse_doctype(self, *declared: object) -> None:
        raise self._unreadable(
            _(
                "it has a document type declaration (<!DOCTYPE>), which no export has; entities declared in"
                " one can fetch other files or fill the memory, so it is refused unread"
            )
        )

    def _introduce_site(self, channel: _Element) -> None:
        """Before the first record: who speaks? What has no version of WXR is some other feed."""
        if self.site:
            return
        if not channel.value("wp:wxr_version"):
            raise NotAnExportError(
                _("This is a feed, but not a WordPress export: <wp:wxr_version> does not stand at its beginning.")
            )
        address = channel.value("wp:base_blog_url") or channel.value("wp:base_site_url") or channel.value("link")
        self.site = Site(address=address, language=channel.value("language"))
        self.whole.append(self.site)

    # --- Errors ---------------------------------------------------------------------------------------

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.lines_before

    def _unreadable(self, why: str) -> UnreadableError:
        return UnreadableError(_("Line %(line)s: %(why)s.") % {"line": self.line, "why": why})

    def _explained(self, error: expat.ExpatError) -> str:
        why = {"why": expat.ErrorString(error.code)}
        if not self.site and not self.open:
            return _("this is not XML (%(why)s), so it is no WordPress export") % why
        if error.code not in TRUNCATED:
            return _("the XML is broken (%(why)s)") % why
        if item := next((element for element in self.open if element.name == "item"), None):
            return _("the file ends in the middle of an item, which begins in line %(line)s") % {"line": item.line}
        return _("the file ends before the export does")


TRUNCATED = {
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
}


def _short(name: str) -> str:
    """`wp:post_id` for the full name, whatever prefix and version the file has."""
    uri, _separator, local = name.rpartition(" ")
    if not uri:
        return local
    return next((prefix + local for known, prefix in PREFIXES if known.match(uri)), name)


# --- Records ------------------------------------------------------------------------------------------


def _author(element: _Element) -> Author:
    return Author(login=element.value("wp:author_login"), name=element.value("wp:author_display_name"))


def _category(element: _Element) -> Category:
    return Category(
        slug=element.value("wp:category_nicename"),
        name=element.value("wp:cat_name"),
        parent=element.value("wp:category_parent"),
    )


def _tag(element: _Element) -> Tag:
    return Tag(slug=element.value("wp:tag_slug"), name=element.value("wp:tag_name"))


def _filing(element: _Element) -> Filing:
    attributes = element.attributes
    return Filing(
        taxonomy=attributes.get("domain", "category"),
        slug=attributes.get("nicename", ""),
        name=element.text.strip(),
    )


def _meta(element: _Element) -> tuple[str, str]:
    return element.value("wp:meta_key"), element.value("wp:meta_value")


def _comment(element: _Element) -> Comment:
    """What comes again in thousands of comments is kept once."""
    return Comment(
        number=element.value("wp:comment_id"),
        author=intern(element.value("wp:comment_author")),
        email=intern(element.value("wp:comment_author_email")),
        date=element.value("wp:comment_date"),
        date_gmt=element.value("wp:comment_date_gmt"),
        text=element.value("wp:comment_content"),
        approved=intern(element.value("wp:comment_approved")),
        kind=intern(element.value("wp:comment_type")),
        parent=intern(element.value("wp:comment_parent")),
    )


def _post(element: _Element) -> Post:
    parts = element.parts
    return Post(
        line=element.line,
        number=element.value("wp:post_id"),
        kind=element.value("wp:post_type"),
        status=element.value("wp:status"),
        title=element.value("title"),
        slug=element.value("wp:post_name"),
        address=element.value("link"),
        guid=element.value("guid"),
        creator=element.value("dc:creator"),
        body=element.value("content:encoded"),
        excerpt=element.value("excerpt:encoded"),
        date=element.value("wp:post_date"),
        date_gmt=element.value("wp:post_date_gmt"),
        announced=element.value("pubDate"),
        password=element.value("wp:post_password"),
        comment_status=element.value("wp:comment_status"),
        filings=tuple(part for part in parts if isinstance(part, Filing)),
        meta=tuple(part for part in parts if isinstance(part, tuple)),
        comments=tuple(part for part in parts if isinstance(part, Comment)),
    )


RECORDS: dict[str, Callable[[_Element], Record]] = {
    "wp:author": _author,
    "wp:category": _category,
    "wp:tag": _tag,
    "item": _post,
}
PARTS: dict[tuple[str, str], Callable[[_Element], Any]] = {
    ("item", "category"): _filing,
    ("item", "wp:postmeta"): _meta,
    ("item", "wp:comment"): _comment,
}
VALUES = frozenset(
    {
        *("link", "language", "wp:wxr_version", "wp:base_site_url", "wp:base_blog_url"),
        *("wp:author_login", "wp:author_display_name"),
        *("wp:category_nicename", "wp:cat_name", "wp:category_parent", "wp:tag_slug", "wp:tag_name"),
        *("category", "wp:meta_key", "wp:meta_value"),
        *("wp:comment_id", "wp:comment_author", "wp:comment_author_email", "wp:comment_date"),
        *("wp:comment_date_gmt", "wp:comment_content", "wp:comment_approved", "wp:comment_type"),
        "wp:comment_parent",
        *("wp:post_id", "wp:post_type", "wp:status", "title", "wp:post_name", "guid", "dc:creator"),
        *("content:encoded", "excerpt:encoded", "wp:post_date", "wp:post_date_gmt", "pubDate"),
        *("wp:post_password", "wp:comment_status"),
    }
)
"""The elements whose text is kept; all else passes by, commenters' network addresses among it."""
