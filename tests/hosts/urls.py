"""The addresses of the small site."""

from django.conf import settings
from django.urls import include, path

urlpatterns = []
if "metering" in settings.USES:
    from tests.hosts.stories import metered

    urlpatterns += [path("stories/<int:pk>/", metered.story)]
if "comments" in settings.USES:
    from tests.hosts.stories import commented

    urlpatterns += [
        path("talk/<int:pk>/" if "metering" in settings.USES else "stories/<int:pk>/", commented.story),
        path("comments/", include("comments.urls")),
    ]
