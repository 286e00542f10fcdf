"""The addresses of the comments app; a host includes them under `/comments/`."""

from django.urls import path

from comments import report_page, views

app_name = "comments"

urlpatterns = [
    path("post/", views.post, name="post"),
    path("<int:pk>/", views.permalink, name="permalink"),
    path("<int:pk>/report/", report_page.report, name="report"),
]
