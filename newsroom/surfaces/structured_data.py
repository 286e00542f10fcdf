"""What search engines are told about an article, as JSON-LD: nothing that stands behind the teaser."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from newsroom.articles.models import Article

# A script element ends at "</", whatever the quotes; these three never appear raw in it.
UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def of(article: Article, request: HttpRequest) -> SafeString:
    """The `NewsArticle` of schema.org. Whether it is free follows from its policy, not from the reader."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.lead,
        "inLanguage": article.language,
        "articleSection": article.section.name,
        "mainEntityOfPage": request.build_absolute_uri(article.get_absolute_url()),
        "datePublished": article.published_at and article.published_at.isoformat(),
        "author": [{"@type": "Person", "name": author.name} for author in article.byline],
        "publisher": {"@type": "NewsMediaOrganization", "name": settings.SITE_NAME},
        "isAccessibleForFree": article.policy == Article.Policy.FREE,
    }
    if article.image:
        described["image"] = request.build_absolute_uri(article.image.url)
    if article.policy != Article.Policy.FREE:
        described["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": ".article-body",
        }
    return mark_safe(json.dumps(described, ensure_ascii=False).translate(UNSAFE))  # noqa: S308  escaped above
