"""How mails leave the site, from `EMAIL_URL`: the newest Django asks for mailers, 5.2 for single settings."""

from typing import Any

import django

from newsroom.settings.environment import env

__all__ = ["DEFAULT_FROM_EMAIL"]

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="newsroom@localhost")

_mail: dict[str, Any] = env.email("EMAIL_URL", default="consolemail://")
_server = {
    "HOST": _mail["EMAIL_HOST"] or "",
    "PORT": _mail["EMAIL_PORT"] or 25,
    "USE_TLS": _mail.get("EMAIL_USE_TLS", False),
    "USE_SSL": _mail.get("EMAIL_USE_SSL", False),
}

if django.VERSION >= (6, 1):
    _log_in = {"username": _mail["EMAIL_HOST_USER"] or None, "password": _mail["EMAIL_HOST_PASSWORD"] or None}
    _options = {name.lower(): value for name, value in _server.items()} | _log_in
    MAILERS = {
        "default": {
            "BACKEND": _mail["EMAIL_BACKEND"],
            "OPTIONS": _options if _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend") else {},
        }
    }
    __all__ += ["MAILERS"]
else:
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _server["HOST"], _server["PORT"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _server["USE_TLS"], _server["USE_SSL"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
    __all__ += ["EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_SSL", "EMAIL_USE_TLS"]
    __all__ += ["EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER"]
