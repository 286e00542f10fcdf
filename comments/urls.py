"""The addresses of the comments app; a host includes them under `/comments/`."""

from django.urls import path

from comments import views

app_name = "comments"

urlpatterns = [
    path("post/", views.post, name="post"),
    path("<int:pk>/", views.permalink, name="permalink"),
]
