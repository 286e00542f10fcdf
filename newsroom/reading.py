"""The page a reader opens: an article, the meter's gate before it, the thread below it.

Here, and only here, gate and thread are called together. What articles tell the two apps about
themselves stands here as well.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Model, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comments import presenting, targets, threads
from metering import gate, pieces, readers, shells, wall
from metering.policy import Access, Reason
from newsroom import pressing, shell
from newsroom.articles import masthead, view_counter
from newsroom.articles.models import Article, Author, Section, Tag
from newsroom.subscriptions.entitlement import is_subscriber, look_up
from newsroom.surfaces import structured_data

ON_ITS_PAGE = ("authors", "tags", "corrections")
"""What an article's own page shows beside its row: three queries, when the page is printed."""

ON_A_LIST = ("code", "slug", "title", "section_id", "status", "policy", "published_at")
"""What the owner's list of all articles asks of each."""

UNVIEWED = (Reason.STAFF, Reason.CRAWLER)
"""Who opens an article without being a reader of it."""


@pieces.register(Article)
class ArticlePiece(pieces.Piece):
    """What the meter knows of an article."""

    body_field = "body"

    @property
    def reading_url(self) -> str:
        return _reading_address(self.obj)

    @property
    def surfaces(self) -> Sequence[str]:
        article = self.obj
        found = f"{reverse('search')}?{urlencode({'q': article.title})}"
        return [
            reverse("article-rest", args=[article.code, article.slug]),
            reverse("article-print", args=[article.code, article.slug]),
            reverse("thread", args=[article.code, article.slug]),
            reverse("thread-feed", args=[article.code, article.slug]),
            reverse("api-article", args=[article.code]),
            reverse("api-thread", args=[article.code]),
            *(reverse(name) for name in ("front-page", "feed", "sitemap", "api-articles", "meter")),
            article.section.get_absolute_url(),
            *(tag.get_absolute_url() for tag in article.tags.all()),
            found,
        ]

    @classmethod
    def listed(cls, asked: Collection[str]) -> Iterator[pieces.Piece]:
        """Two queries, and one for each two thousand articles where rules ask for tags or authors."""
        tree = Section.objects.in_bulk()
        for section in tree.values():
            section.parent = tree.get(section.parent_id)
        wanted = [many for one, many in (("tag", "tags"), ("author", "authors")) if one in asked]
        articles = Article.objects.published().newest().only(*ON_A_LIST).prefetch_related(*wanted)
        for article in articles.iterator(chunk_size=2000):
            article.section = tree[article.section_id]
            yield cls(article)

    @property
    def policy(self) -> str:
        return self.obj.policy

    @property
    def sections(self) -> Sequence[str]:
        found, above = [], self.obj.section
        while above is not None:
            found.append(str(above.pk))
            above = above.parent
        return found

    @property
    def tags(self) -> Sequence[str]:
        return [str(tag.pk) for tag in self.obj.tags.all()]

    @property
    def authors(self) -> Sequence[str]:
        return [str(author.pk) for author in self.obj.byline]

    @classmethod
    def choices(cls, condition: str) -> Iterable[tuple[str, str]]:
        model: type[Model] = {"section": Section, "tag": Tag, "author": Author}[condition]
        return [(str(one.pk), str(one)) for one in model._default_manager.all()]

    @property
    def language(self) -> str:
        return self.obj.language

    @property
    def published_at(self) -> datetime | None:
        return self.obj.published_at

    def is_public(self) -> bool:
        return self.obj.is_published

    def is_author(self, user: Any) -> bool:
        return any(author.account_id == user.pk for author in self.obj.byline)


@targets.register(Article)
class ArticleTarget(targets.Target):
    """What the comments know of an article."""

    @property
    def reading_url(self) -> str:
        return _reading_address(self.obj)

    @property
    def thread_url(self) -> str:
        return reverse("thread", args=[self.obj.code, self.obj.slug])

    @property
    def section(self) -> str:
        return self.obj.section.slug

    @property
    def language(self) -> str:
        return self.obj.language

    @property
    def published_at(self) -> datetime | None:
        return self.obj.published_at

    @property
    def mode(self) -> str:
        return self.obj.discussion

    def is_public(self) -> bool:
        return self.obj.is_published

    def may_read(self, request: HttpRequest) -> bool:
        return gate.opens_freely(request, self.obj)

    def badges(self, user: Any) -> Sequence[str]:
        if any(author.account_id == user.pk for author in self.obj.byline):
            return ["author"]
        if user.is_staff:
            return ["staff"]
        return ["subscriber"] if is_subscriber(user) else []

    def badges_of(self, users: Iterable[Any]) -> dict[int, Sequence[str]]:
        authors = list(users)
        look_up(authors)
        return super().badges_of(authors)


@require_safe
def article_page(request: HttpRequest, code: int, slug: str = "") -> HttpResponseBase:
    """An article by its news code; any other address of it leads to the present one.

    In the mode `shell` everybody gets the same page here, but for the preview of an unpublished article.
    """
    article = article_for(request, code)
    if slug != article.slug:
        return _moved(request, article.get_absolute_url())
    if shells.are_in_force() and article.is_published:
        return shell.page(request, article)
    return _readers_page(request, article)


@require_safe
def rest_page(request: HttpRequest, code: int, slug: str) -> HttpResponse:
    """The article as its reader may see it, with everything that a shell leaves out; never cached.

    It is there in both modes: a shell that a cache has kept outlives a change of the mode.
    """
    article = article_for(request, code)
    if slug != article.slug:
        return _moved(request, reverse("article-rest", args=[code, article.slug]))
    return wall.unindexed(_readers_page(request, article))


def _readers_page(request: HttpRequest, article: Article) -> HttpResponse:
    """The whole page, made for the reader of this request: text or wall, count, thread and form."""
    access = gate.admit(request, article)
    if request.method == "GET" and access.is_open and access.reason not in UNVIEWED:
        view_counter.count(article)
    seen = presenting.look(request, article, may_read=access.is_open)
    stamps = {
        "views": str(article.views),
        "csrf_token": get_token(request),
        "form_stamp": presenting.form_stamp(),
        "support_code": access.code,
        "opened": "" if access.is_open else wall.what_is_open(request),
    }

    def page(marks: Mapping[str, str]) -> str:
        masthead.place(article)
        prefetch_related_objects([article], *ON_ITS_PAGE)
        context = {
            "article": article,
            "access": replace(access, code=marks["support_code"] if access.code else ""),
            "opened": marks["opened"] if stamps["opened"] else "",
            "body": wall.marked(pieces.of(article), access),
            "discussion": presenting.discussion(request, seen, stamp=marks["form_stamp"]),
            "structured_data": structured_data.of(article, request),
            "views": marks["views"],
            "csrf_token": marks["csrf_token"],
        }
        return render_to_string("articles/article.html", context, request)

    if request.user.is_authenticated or seen.is_personal or not article.is_published:
        html = page(stamps)
    else:
        origin = (request.scheme, request.get_host(), request.path, get_language())
        edition = (article.pk, article.changed_at, _told(access), bool(stamps["opened"]), seen.edition, *origin)
        html = pressing.copy(edition, stamps, page)
    return wall.never_cached(HttpResponse(html))


@require_safe
def print_view(request: HttpRequest, code: int, slug: str) -> HttpResponse:
    """The same article for paper: the same piece for the meter, and no thread."""
    article = article_for(request, code)
    if slug != article.slug:
        return _moved(request, reverse("article-print", args=[code, article.slug]))
    access = gate.admit(request, article)
    body = wall.shown(pieces.of(article), access)
    context = {"article": article, "access": access, "body": body}
    return wall.never_cached(render(request, "articles/print.html", context))


@require_safe
def thread_page(request: HttpRequest, code: int, slug: str) -> HttpResponse:
    """One page of an article's thread; its text only for those to whom the article is open."""
    article = article_for(request, code)
    if slug != article.slug:
        return _moved(request, reverse("thread", args=[code, article.slug]))
    seen = presenting.look(request, article, may_read=gate.opens_freely(request, article), first_page=False)
    discussion = presenting.discussion(request, seen)
    context = {"article": article, "discussion": discussion}
    return wall.never_cached(render(request, "articles/thread.html", context))


@dataclass(frozen=True)
class Opened:
    """An article as it was given to a program: `body` is None where the meter shows its wall."""

    access: Access
    body: str | None
    teaser: str
    comments: int


def opened(request: HttpRequest, article: Article) -> Opened:
    """The same reading as on the page, for the API: through the gate, with the number of comments."""
    access = gate.admit(request, article)
    piece = pieces.of(article)
    return Opened(
        access=access,
        body=wall.whole(piece.body) if access.is_open else None,
        teaser=wall.teaser(piece.body, access.policy),
        comments=threads.counts([targets.of(article)])[targets.of(article).key],
    )


def client_address(request: HttpRequest) -> str:
    """Whose request it is, through our own proxies: the comments ask as the meter does."""
    return str(readers.of(request).address or "")


def article_for(request: HttpRequest, code: int) -> Article:
    """The article with this news code, unpublished ones for those who may edit them; raises `Http404`."""
    article = Article.objects.by_code(code)
    if article and (article.is_published or _may_preview(request.user)):
        return article
    raise Http404(_("There is no article with the news code %(code)s.") % {"code": code})


def _told(access: Access) -> tuple[object, ...]:
    """What a page says of the meter's answer: the day on which the count starts anew, not the second."""
    day = access.resets_at and timezone.localdate(access.resets_at)
    return access.outcome, access.reason, access.used, access.limit, access.policy, bool(access.code), day


def _reading_address(article: Article) -> str:
    name = "article-rest" if shells.are_in_force() else "article"
    return reverse(name, args=[article.code, article.slug])


def _may_preview(user: Any) -> bool:
    return user.is_staff and user.has_perm("articles.view_article")


def _moved(request: HttpRequest, address: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    moved = redirect(f"{address}?{query}" if query else address, permanent=True)
    moved["Cache-Control"] = "no-cache"  # slugs may change back; a browser must not remember for good
    return moved
