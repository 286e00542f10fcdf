"""How readers sign up and log in: what the site asks of django-allauth."""

from newsroom.settings.base import SITE_NAME

__all__ = [
    "ACCOUNT_ADAPTER",
    "ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS",
    "ACCOUNT_CHANGE_EMAIL",
    "ACCOUNT_EMAIL_SUBJECT_PREFIX",
    "ACCOUNT_EMAIL_VERIFICATION",
    "ACCOUNT_FORMS",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_LOGIN_ON_PASSWORD_RESET",
    "ACCOUNT_PREVENT_ENUMERATION",
    "ACCOUNT_RATE_LIMITS",
    "ACCOUNT_REAUTHENTICATION_REQUIRED",
    "ACCOUNT_SESSION_REMEMBER",
    "ACCOUNT_SIGNUP_FIELDS",
    "ACCOUNT_SIGNUP_REDIRECT_URL",
    "AUTHENTICATION_BACKENDS",
    "CLIENT_ADDRESS",
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
CLIENT_ADDRESS = "newsroom.reading.client_address"

ACCOUNT_ADAPTER = "newsroom.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "newsroom.accounts.forms.LogIn",
    "signup": "newsroom.accounts.forms.SignUp",
    "add_email": "newsroom.accounts.forms.NewAddress",
    "change_password": "newsroom.accounts.forms.ChangePassword",
    "reset_password": "newsroom.accounts.forms.ForgottenPassword",
    "reset_password_from_key": "newsroom.accounts.forms.NewPassword",
    "reauthenticate": "newsroom.accounts.forms.PasswordAgain",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_REDIRECT_URL = "own-page"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False  # one may log in as somebody else
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before the address is changed to which passwords are sent
ACCOUNT_CHANGE_EMAIL = True  # one address, and at most one that is to take its place
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "

# Signed in at once, with the address to be confirmed; and nobody learns from sign-up who has an account:
# docs/decisions/0010-accounts-of-readers.md
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = "strict"

# Beside allauth's own limits: whoever waits for the mail may ask for another after a minute.
ACCOUNT_RATE_LIMITS = {"confirm_email": "1/m/key"}
