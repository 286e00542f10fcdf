"""The addresses of the comments app; a host includes them under `/comments/`."""

from django.urls import path

from comments import own_data, own_page, report_page, views

app_name = "comments"

urlpatterns = [
    path("post/", views.post, name="post"),
    path("export/", own_data.export, name="export"),
    path("erase/", own_data.erase, name="erase"),
    path("<int:pk>/", views.permalink, name="permalink"),
    path("mine/", own_page.mine, name="mine"),
    path("mine/<int:pk>/appeal/", own_page.appeal, name="appeal"),
    path("mine/<int:pk>/remove/", own_page.remove, name="remove"),
    path("<int:pk>/report/", report_page.report, name="report"),
]
