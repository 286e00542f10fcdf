"""The sitemap: addresses and dates, nothing of the text."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap

from newsroom.articles.models import Article, Section
from newsroom.articles.querysets import ArticleQuerySet


class ArticleSitemap(Sitemap):
    limit = 5000

    def items(self) -> ArticleQuerySet:
        return Article.objects.published().newest().only("code", "slug", "changed_at", "published_at")

    def lastmod(self, item: Article) -> datetime:
        return item.changed_at


class SectionSitemap(Sitemap):
    def items(self) -> list[Section]:
        return list(Section.objects.all())


SITEMAPS = {"articles": ArticleSitemap, "sections": SectionSitemap}
