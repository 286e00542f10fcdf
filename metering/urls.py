"""The meter's own pages for readers; a host includes them where it likes, for example under `meter/`."""

from django.urls import path

from metering import views

urlpatterns = [
    path("", views.own_account, name="meter"),
    path("data/", views.own_data, name="meter-data"),
    path("erase/", views.erase_own_data, name="meter-erase"),
    path("gift/", views.own_gifts, name="meter-gift"),
    path("gift/revoke/", views.revoke_gift, name="meter-gift-revoke"),
]
