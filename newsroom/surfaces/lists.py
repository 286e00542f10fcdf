"""The pages that list articles: front page, section, tag and search. None of them spends a read."""

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comments import targets, threads
from newsroom.articles.models import Article, Section, Tag
from newsroom.articles.querysets import ArticleQuerySet

PER_PAGE = 20
LONGEST_QUERY = 200


@require_safe
def front_page(request: HttpRequest) -> HttpResponse:
    return _list(request, "articles/front_page.html", Article.objects.all(), {"heading": settings.SITE_NAME})


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """The articles of a section and of those below it."""
    chosen = get_object_or_404(Section.objects.select_related("parent"), slug=slug)
    articles = Article.objects.filter(section__in=chosen.with_descendants())
    context = {"heading": chosen.name, "section": chosen, "children": chosen.children.all()}
    return _list(request, "articles/section.html", articles, context)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = get_object_or_404(Tag, slug=slug)
    return _list(
        request, "articles/tag.html", Article.objects.filter(tags=chosen), {"heading": chosen.name, "tag": chosen}
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Articles that have every word of the query, or the beginning of one; shown as lists show them."""
    query = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    is_code = query.isascii() and query.isdigit() and len(query) < 19
    if is_code and (article := Article.objects.published().filter(code=query).first()):
        return redirect(article)  # somebody typed the news code of a printed article
    found = Article.objects.with_words(query) if query else Article.objects.none()
    return _list(request, "articles/search.html", found, {"heading": _("Search"), "query": query})


def _list(request: HttpRequest, template: str, articles: ArticleQuerySet, context: dict) -> HttpResponse:
    paginator = Paginator(articles.published().newest().as_cards(), PER_PAGE)
    page: Page = paginator.get_page(request.GET.get("page"))
    shown = list(page.object_list)
    counts = threads.counts([targets.of(article) for article in shown])
    for article in shown:
        article.comment_count = counts[targets.of(article).key]
    return render(request, template, {"page": page, "articles": shown, **context})
