"""What the records of an export mean here: each a plain newcomer, or left out with a reason. Asks no database."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256
from urllib.parse import unquote

from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext as _

from comments.importing import Incoming
from comments.states import State
from newsroom.articles import body
from newsroom.articles.models import Article, Author, Section, Tag
from newsroom.moving_in import dates, wxr
from newsroom.moving_in.paragraphs import paragraphed
from newsroom.moving_in.shortcodes import unwrap

PUBLISHED, DRAFTS = frozenset({"publish", "future"}), frozenset({"draft", "pending", "private"})
STATES = {"1": State.APPROVED, "approve": State.APPROVED, "spam": State.SPAM} | dict.fromkeys(
    ("trash", "post-trashed"), State.REJECTED
)
"""Whatever else stands there, a person should see the comment before it is shown."""

UNCATEGORISED = "uncategorised"
CATEGORIES, TAGS = frozenset({"category"}), frozenset({"post_tag", "tag"})
VIEWS = ("views", "post_views_count")
LARGEST_NUMBER = 10**15
LONGEST_IDENTITY = 90
IMAGE = re.compile(r"<img\b", re.IGNORECASE)
CUT_ESCAPE = re.compile(r"%[0-9a-fA-F]?$")


@dataclass(frozen=True)
class LeftOut:
    """A record that does not come in, and why: one word or phrase, the same for all of its kind."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Term:
    """A section, a tag or an author as an article or the list at the file's beginning names it."""

    slug: str
    name: str
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """An article as it will stand here, but for what only the database knows."""

    origin: str
    code: int | None
    """The news code that it wants."""

    title: str
    slug: str
    lead: str
    body: str
    status: str
    published_at: datetime | None
    discussion: str
    views: int
    categories: tuple[Term, ...]
    tags: tuple[Term, ...]
    author: Term | None
    remarks: tuple[str, ...] = ()
    """What somebody should know of it, in words."""

    shortcodes: int = 0
    images: int = 0
    """In the body; they stay where they are, on the old site."""

    terms_left_out: int = 0


def article(post: wxr.Post, site: wxr.Site, *, zone: tzinfo) -> Newcomer | LeftOut:
    """An item of the export as an article."""
    if post.kind != "post":
        return LeftOut(post.kind or _("no type"))
    if post.status not in PUBLISHED | DRAFTS:
        return LeftOut(_("post, status “%(status)s”") % {"status": post.status})
    code = _number(post.number)
    identity = str(code or "") or post.guid or post.address
    if not identity:
        return LeftOut(_("post without a number"))
    published_at = dates.moment(post.date_gmt, post.date, zone=zone)
    if post.status in PUBLISHED:
        published_at = published_at or dates.announced(post.announced)
    withheld = _withheld(post, published_at)
    title, too_long = _title(post.title)
    text = unwrap(post.body)
    return Newcomer(
        origin=origin(site, identity),
        code=code,
        title=title,
        slug=_slug(post.slug, Article),
        lead=_line(post.excerpt),
        body=body.clean(paragraphed(text.text)),
        status=Article.Status.PUBLISHED if post.status in PUBLISHED and not withheld else Article.Status.DRAFT,
        published_at=published_at,
        discussion=Article.Discussion.CLOSED if post.comment_status == "closed" else Article.Discussion.OPEN,
        views=next(filter(None, (_number(post.noted(key).replace(",", "")) for key in VIEWS)), 0),
        categories=_terms(post, CATEGORIES, Section),
        tags=_terms(post, TAGS, Tag),
        author=author(wxr.Author(login=post.creator, name="")) if post.creator else None,
        remarks=(*withheld, *too_long),
        shortcodes=text.shortcodes,
        images=len(IMAGE.findall(post.body)),
        terms_left_out=sum(filing.taxonomy not in CATEGORIES | TAGS for filing in post.filings),
    )


def comment(one: wxr.Comment, site: wxr.Site, *, submitted_at: datetime) -> Incoming | LeftOut:
    """A comment as it will come in."""
    if one.kind not in ("", "comment"):
        return LeftOut(one.kind)
    number, parent = _number(one.number), _number(one.parent)
    if number is None:
        return LeftOut(_("comment without a number"))
    return Incoming(
        origin=origin(site, str(number)),
        text=paragraphed(one.text),
        is_html=True,
        submitted_at=submitted_at,
        state=STATES.get(one.approved, State.PENDING),
        parent=origin(site, str(parent)) if parent else "",
        name=body.text_of(one.author),
        email=one.email,
    )


def submitted_at(one: wxr.Comment, *, zone: tzinfo) -> datetime | None:
    """When a comment was written, if the export knows."""
    return dates.moment(one.date_gmt, one.date, zone=zone)


def section(category: wxr.Category) -> Term:
    return _term(category.slug, category.name, Section, parent=_slug(category.parent, Section))


def tag(one: wxr.Tag) -> Term:
    return _term(one.slug, one.name, Tag)


def author(one: wxr.Author) -> Term:
    """Under the name that readers saw. Of a log-in that is an e-mail address, what follows the @ is dropped."""
    login = one.login.partition("@")[0]
    return _term(login, one.name or login, Author)


def without_category() -> Term:
    """The section of articles that had none; its address is the same in all languages."""
    return Term(slug=UNCATEGORISED, name=_("Uncategorised"))


def language(site: wxr.Site, known: Collection[str], *, otherwise: str) -> str:
    """The language of the articles: `fa` for a site in `fa-IR`, where this newsroom writes Persian."""
    spoken = site.language.lower().replace("_", "-")
    return next((one for one in (spoken, spoken.partition("-")[0]) if one in known), otherwise)


def origin(site: wxr.Site, identity: str) -> str:
    """Which record of which site this is. A site that has moved to https since is still the same site."""
    address = site.address.partition("://")[2].rstrip("/") or site.address
    return f"wxr:{_short(address)}:{_short(identity)}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_IDENTITY else sha256(text.encode()).hexdigest()


def _number(written: str) -> int | None:
    """A positive number that a column can hold."""
    if not (written.isascii() and written.isdigit() and len(written) <= 20):
        return None
    number = int(written)
    return number if 0 < number <= LARGEST_NUMBER else None


def _withheld(post: wxr.Post, published_at: datetime | None) -> tuple[str, ...]:
    """Why an article that was public there is a draft here."""
    if post.password:
        return (_("it was behind a password, and is a draft now"),)
    if post.status in PUBLISHED and published_at is None:
        return (_("it has no date, and is a draft now"),)
    return ()


def _title(written: str) -> tuple[str, tuple[str, ...]]:
    title, longest = _line(written) or _("Untitled"), _room(Article, "title")
    if len(title) <= longest:
        return title, ()
    return title[: longest - 1].rstrip() + "…", (_("its title was too long, and was cut"),)


def _line(written: str) -> str:
    """Text without tags, entities and line breaks."""
    return " ".join(body.text_of(written).split())


def _terms(post: wxr.Post, taxonomies: Collection[str], model: type[Model]) -> tuple[Term, ...]:
    """The terms of one kind. Exports of version 1.0 name each a second time, without its address."""
    filings = [filing for filing in post.filings if filing.taxonomy in taxonomies]
    filings = [filing for filing in filings if filing.slug] or filings
    terms = (_term(filing.slug, filing.name, model) for filing in filings)
    return tuple(dict.fromkeys(term for term in terms if term.slug))


def _term(slug: str, name: str, model: type[Model], **more: str) -> Term:
    name = _line(name)[: _room(model, "name")]
    slug = _slug(slug, model) or _slug(name, model)
    return Term(slug=slug, name=name or slug, **more)


def _slug(written: str, model: type[Model]) -> str:
    """WordPress escapes addresses that are not Latin, and cuts them where it may be in the middle of a letter."""
    legible = unquote(CUT_ESCAPE.sub("", written), errors="ignore")
    return slugify(legible, allow_unicode=True)[: _room(model, "slug")]


def _room(model: type[Model], name: str) -> int:
    """How many characters fit into a column."""
    return getattr(model._meta.get_field(name), "max_length", None) or 0
