"""The addresses of the small site."""

from django.conf import settings
from django.urls import include, path

urlpatterns = []
if "metering" in settings.USES:
    from metering.views import own_account, own_gifts, revoke_gift
    from tests.hosts.stories import metered

    urlpatterns += [
        path("stories/<int:pk>/", metered.story, name="story"),
        path("everybody/<int:pk>/", metered.story_for_everybody),
        path("pages/<int:pk>/", metered.StoryPage.as_view()),
        path("gate/<int:pk>/", metered.story_at_the_gate),
        path("careless/<int:pk>/", metered.CarelessPage.as_view()),
        path("past/<int:pk>/", metered.PastTheDoor.as_view()),
        path("counting/<int:pk>/", metered.counting),
        path("meter/", own_account, name="meter"),
        path("meter/gift/", own_gifts, name="meter-gift"),
        path("meter/gift/revoke/", revoke_gift, name="meter-gift-revoke"),
    ]
if "metering" in settings.USES and settings.HAS_REST_FRAMEWORK:
    from tests.hosts.stories import metered_api

    urlpatterns += [
        path("api/stories/<int:pk>/", metered_api.StoryView.as_view()),
        path("api/all/<int:pk>/", metered_api.Stories.as_view({"get": "retrieve"})),
        path("api/all/", metered_api.Stories.as_view({"get": "list"})),
    ]
if "comments" in settings.USES:
    from tests.hosts.stories import commented

    urlpatterns += [
        path("talk/<int:pk>/" if "metering" in settings.USES else "stories/<int:pk>/", commented.story),
        path("comments/", include("comments.urls")),
    ]
