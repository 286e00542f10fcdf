"""The forms by which readers sign up, log in and change their account: django-allauth's, in the site's words."""

import unicodedata
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.accounts.models import User

JOINERS = "\u200c\u200d"
"""Without a shape of their own, but part of how Persian names are written."""


class Worded(forms.Form):
    """Each field under a label of the site's, without a placeholder that says the same again."""

    labels: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.setdefault("dir", "ltr")
            if name in ("password", "oldpassword"):
                field.help_text = ""  # the page itself links to a new password, with the way back


class LogIn(Worded, allauth_forms.LoginForm):
    labels = {"login": gettext_lazy("Username or e-mail address"), "password": gettext_lazy("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }

    def add_prefix(self, field_name: str) -> str:
        """The field is sent as `username`, as in Django's own log-in: scripts and password managers know it."""
        return super().add_prefix("username" if field_name == "login" else field_name)


class SignUp(Worded, allauth_forms.SignupForm):
    labels = {"email": gettext_lazy("E-mail address"), "password1": gettext_lazy("Password")}
    field_order = ["display_name", "email", "password1"]

    display_name = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Other readers see it beside your comments."),
        max_length=User._meta.get_field("display_name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
    )

    def clean_display_name(self) -> str:
        """One line, with signs that show: a name that turns the text after it around is nobody's."""
        name = " ".join(self.cleaned_data["display_name"].split())
        if any(unicodedata.category(sign).startswith("C") and sign not in JOINERS for sign in name):
            raise forms.ValidationError(_("Please write your name in letters that can be seen."))
        if not any(sign.isalnum() for sign in name):
            raise forms.ValidationError(_("Please write a name with a letter in it."))
        return name


class NewAddress(Worded, allauth_forms.AddEmailForm):
    labels = {"email": gettext_lazy("New e-mail address")}


class ChangePassword(Worded, allauth_forms.ChangePasswordForm):
    labels = {
        "oldpassword": gettext_lazy("Your password until now"),
        "password1": gettext_lazy("New password"),
        "password2": gettext_lazy("New password, once more"),
    }


class ForgottenPassword(Worded, allauth_forms.ResetPasswordForm):
    labels = {"email": gettext_lazy("E-mail address")}


class NewPassword(Worded, allauth_forms.ResetPasswordKeyForm):
    labels = {
        "password1": gettext_lazy("New password"),
        "password2": gettext_lazy("New password, once more"),
    }


class PasswordAgain(Worded, allauth_forms.ReauthenticateForm):
    labels = {"password": gettext_lazy("Password")}
