"""Every address of the site."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.templatetags.static import static as static_url
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter
from django.utils.functional import lazy
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView, TemplateView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from comments import own_data
from comments.api.views import ReportView
from metering.api.views import MeterView
from newsroom import health, reading
from newsroom.accounts import doors
from newsroom.subscriptions.webhooks import stripe_webhook
from newsroom.surfaces import api, lists
from newsroom.surfaces.feeds import NewsFeed, ThreadFeed
from newsroom.surfaces.sitemaps import SITEMAPS


class NewsCodeConverter(IntConverter):
    """A news code: what a database column holds, and no longer."""

    regex = "[0-9]{1,18}"


register_converter(NewsCodeConverter, "code")

robots = TemplateView.as_view(template_name="robots.txt", content_type="text/plain; charset=utf-8")

urlpatterns = [
    path("", lists.front_page, name="front-page"),
    path("sections/<str:slug>/", lists.section, name="section"),
    path("tags/<str:slug>/", lists.tag, name="tag"),
    path("search/", lists.search, name="search"),
    path("news/<code:code>/", reading.article_page, name="article-short"),
    path("news/<code:code>/<str:slug>/", reading.article_page, name="article"),
    path("news/<code:code>/<str:slug>/rest/", reading.rest_page, name="article-rest"),
    path("news/<code:code>/<str:slug>/print/", reading.print_view, name="article-print"),
    path("news/<code:code>/<str:slug>/comments/", reading.thread_page, name="thread"),
    path("news/<code:code>/<str:slug>/comments/feed/", require_safe(ThreadFeed()), name="thread-feed"),
    # Before the app's own, since it asks for the password.
    path("comments/erase/", doors.with_password_again(own_data.erase)),
    path("comments/", include("comments.urls")),
    path("meter/", include("metering.urls")),
    path("accounts/", include("newsroom.accounts.urls")),
    path("webhooks/stripe/", stripe_webhook, name="stripe-webhook"),
    path("feed/", require_safe(NewsFeed()), name="feed"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("favicon.ico", RedirectView.as_view(url=lazy(static_url, str)("site/icon.svg")), name="favicon"),
    path("robots.txt", robots, name="robots"),
    path("api/v1/articles/", api.ArticleList.as_view(), name="api-articles"),
    path("api/v1/articles/<code:code>/", api.ArticleDetail.as_view(), name="api-article"),
    path("api/v1/articles/<code:code>/comments/", api.ArticleThread.as_view(), name="api-thread"),
    path("api/v1/comments/<int:pk>/report/", ReportView.as_view(), name="api-report"),
    path("api/v1/meter/", MeterView.as_view(), name="api-meter"),
    path("api/v1/moderation/", include("comments.api.urls")),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    urlpatterns += [path("demo/", include("newsroom.demo"))]
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

handler400 = "newsroom.refusals.bad_request"
handler403 = "newsroom.refusals.forbidden"
handler404 = "newsroom.refusals.not_found"
handler429 = "newsroom.refusals.too_many"  # django-allauth asks for it
handler500 = "newsroom.refusals.server_error"
