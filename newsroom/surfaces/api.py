"""The articles for programs: a list that spends nothing, and each article through the same gate as its page."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from comments.api.views import ThreadView
from metering import wall
from metering.api.shapes import AccessOut
from newsroom import reading
from newsroom.articles.models import Article
from newsroom.reading import article_for

PER_PAGE = 20


class SectionOut(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()


class ArticleInList(serializers.Serializer):
    code = serializers.IntegerField()
    url = serializers.CharField()
    title = serializers.CharField()
    section = SectionOut()
    published_at = serializers.DateTimeField()
    policy = serializers.ChoiceField(Article.Policy.choices)


class ArticlePage(serializers.Serializer):
    results = ArticleInList(many=True)
    next = serializers.CharField(allow_null=True)


class ArticleOut(ArticleInList):
    kicker = serializers.CharField()
    lead = serializers.CharField()
    language = serializers.ChoiceField(settings.LANGUAGES)
    authors = serializers.ListField(child=serializers.CharField())
    tags = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()  # type: ignore[assignment]
    body = serializers.CharField(allow_null=True, help_text="HTML; null where the meter shows its wall")
    teaser = serializers.CharField(help_text="HTML that everybody may see")
    access = AccessOut()
    comments = serializers.IntegerField(help_text="how many; their text is at `…/comments/`")


class ArticleList(APIView):
    """Published articles, newest first."""

    @extend_schema(
        operation_id="articles_list",
        parameters=[
            OpenApiParameter("after", int, description="news code of the last article of the page before")
        ],
        responses={200: ArticlePage},
    )
    def get(self, request: Request) -> Response:
        articles = Article.objects.published().newest().as_cards()
        if after := request.query_params.get("after", ""):
            articles = articles.after(_article_named(after))
        found = list(articles[: PER_PAGE + 1])
        shown = found[:PER_PAGE]
        following = request.build_absolute_uri(f"?after={shown[-1].code}") if len(found) > PER_PAGE else None
        return Response({"results": [in_list(article, request) for article in shown], "next": following})


class ArticleDetail(APIView):
    """One article: `body` if the meter opens it to this reader, else null and the teaser alone."""

    @extend_schema(responses={200: ArticleOut})
    def get(self, request: Request, code: int) -> Response:
        article = article_for(request, code)
        opened = reading.opened(request._request, article)
        return wall.never_cached(
            Response(
                in_list(article, request)
                | {
                    "kicker": article.kicker,
                    "lead": article.lead,
                    "language": article.language,
                    "authors": [author.name for author in article.byline],
                    "tags": [tag.slug for tag in article.tags.all()],
                    "source": article.source,
                    "body": opened.body,
                    "teaser": opened.teaser,
                    "access": opened.access.as_dict(),
                    "comments": opened.comments,
                }
            )
        )


class ArticleThread(ThreadView):
    """The thread of an article; its text only for those to whom the article is open."""

    def get_object(self, **where: Any) -> Article:
        return article_for(self.request, where["code"])

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        return wall.never_cached(super().finalize_response(request, response, *args, **kwargs))


def in_list(article: Article, request: Request) -> dict[str, Any]:
    return {
        "code": article.code,
        "url": request.build_absolute_uri(article.get_absolute_url()),
        "title": article.title,
        "section": {"slug": article.section.slug, "name": article.section.name},
        "published_at": article.published_at,
        "policy": article.policy,
    }


def _article_named(after: str) -> Article:
    numeric = after.isascii() and after.isdigit() and len(after) < 19
    article = (
        Article.objects.published().filter(code=int(after)).only("published_at", "code").first()
        if numeric
        else None
    )
    if article is None:
        raise ValidationError({"after": [_("The news code that `next` of the page before gave.")]})
    return article
