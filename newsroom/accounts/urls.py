"""Readers' log-in, sign-up and own page.

Names that begin with `account_` are those by which django-allauth finds its pages. Pages of it that no
way leads to here have no address.
"""

from allauth.account import views as allauth
from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from newsroom.accounts import views

urlpatterns = [
    path("", views.own_page, name="own-page"),
    path("login/", allauth.login, name="account_login"),
    path("logout/", never_cache(allauth.logout), name="account_logout"),
    path("signup/", allauth.signup, name="account_signup"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", never_cache(allauth.reauthenticate), name="account_reauthenticate"),
    path("email/", never_cache(views.Address.as_view()), name="account_email"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$", never_cache(views.Confirm.as_view()), name="account_confirm_email"
    ),
    path("password/change/", never_cache(allauth.password_change), name="account_change_password"),
    path("password/reset/", never_cache(views.Forgotten.as_view()), name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]
