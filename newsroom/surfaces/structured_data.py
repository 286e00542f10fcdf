"""What search engines are told about an article, as JSON-LD: nothing that stands behind the teaser."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from metering import gate, pieces
from metering.policy import UNMETERED
from newsroom.articles.models import Article

# A script element ends at "</", whatever the quotes; these three never appear raw in it.
UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def of(article: Article, request: HttpRequest) -> SafeString:
    """The `NewsArticle` of schema.org. Whether it is free follows from what governs it, not from the reader."""
    terms = gate.terms_of(article)
    is_free = terms.kind in (pieces.FREE, UNMETERED) or not terms.policy.is_on
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
        "isAccessibleForFree": is_free,
    }
    if article.image:
        described["image"] = request.build_absolute_uri(article.image.url)
    if not is_free:
        described["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": ".after-teaser",
        }
    return mark_safe(json.dumps(described, ensure_ascii=False).translate(UNSAFE))  # noqa: S308  escaped above
