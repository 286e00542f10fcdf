"""Readers' log-in and log-out, which return to the page the reader came from, and their own page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from newsroom.accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.own_page, name="own-page"),
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
