"""The addresses of the moderators' API; a host includes them under `/api/v1/moderation/`."""

from django.urls import path

from comments.api import views

app_name = "comments-api"

urlpatterns = [
    path("comments/", views.ModerationList.as_view(), name="list"),
    path("comments/<int:pk>/decide/", views.DecideView.as_view(), name="decide"),
]
