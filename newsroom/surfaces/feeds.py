"""Feeds: of the newspaper, and of one article's thread. Teasers and links, never more."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _

from comments import targets, threads
from comments.models import Comment
from metering import gate, wall
from newsroom.articles.models import Article
from newsroom.reading import article_for

ENTRIES = 30


@dataclass(frozen=True)
class News:
    """An article in the feed, with as much of it as everybody may read."""

    article: Article
    text: str


@dataclass(frozen=True)
class Voice:
    """A comment in a thread's feed; its text only where the article is free."""

    comment: Comment
    text: str


class NewsFeed(Feed):
    """The newest articles with their leads and teasers."""

    link = reverse_lazy("front-page")

    def title(self) -> str:
        return settings.SITE_NAME

    def description(self) -> str:
        return settings.SITE_TAGLINE or settings.SITE_NAME

    def items(self) -> list[News]:
        articles = Article.objects.published().newest().select_related("section").prefetch_related("authors")
        newest, policy = articles.defer("words")[:ENTRIES], gate.policy_in_force()
        return [
            News(article, format_html("<p>{}</p>\n{}", article.lead, wall.teaser(article.body, policy)))
            for article in newest
        ]

    def item_title(self, item: News) -> str:
        return item.article.title

    def item_link(self, item: News) -> str:
        return item.article.get_absolute_url()

    def item_description(self, item: News) -> str:
        return item.text

    def item_pubdate(self, item: News) -> datetime | None:
        return item.article.published_at

    def item_updateddate(self, item: News) -> datetime:
        return item.article.changed_at

    def item_author_name(self, item: News) -> str:
        return ", ".join(author.name for author in item.article.byline)

    def item_categories(self, item: News) -> list[str]:
        return [item.article.section.name]


class ThreadFeed(Feed):
    """The newest comments on an article: who and where. The text stays with the article unless that is free."""

    def get_object(self, request: HttpRequest, code: int, slug: str) -> Article:
        article = article_for(request, code)
        if slug != article.slug:
            raise Http404
        return article

    def title(self, obj: Article) -> str:
        return _("Comments on “%(title)s”") % {"title": obj.title}

    def link(self, obj: Article) -> str:
        return targets.of(obj).thread_url

    def description(self, obj: Article) -> str:
        return obj.lead

    def items(self, obj: Article) -> list[Voice]:
        is_free = obj.policy == Article.Policy.FREE
        newest = threads.newest(threads.thread_of(targets.of(obj)), ENTRIES)
        return [Voice(comment, comment.html if is_free else "") for comment in newest]

    def item_title(self, item: Voice) -> str:
        name = item.comment.public_name
        return _("Comment by %(name)s") % {"name": name} if name else _("Comment")

    def item_link(self, item: Voice) -> str:
        return item.comment.get_absolute_url()

    def item_description(self, item: Voice) -> str:
        return item.text

    def item_pubdate(self, item: Voice) -> datetime:
        return item.comment.submitted_at
