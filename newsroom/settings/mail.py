"""How mails leave the site, from `EMAIL_URL`: the newest Django asks for mailers, 5.2 for single settings."""

from typing import Any

import django

from newsroom.settings.environment import BASE_DIR, DEBUG, env

__all__ = ["DEFAULT_FROM_EMAIL", "MAILS_FOLDER"]

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="newsroom@localhost")

# Who tries the site out reads its mails at /demo/mails/.
_mail: dict[str, Any] = env.email(
    "EMAIL_URL", default=f"filemail:///{BASE_DIR / 'mails'}" if DEBUG else "consolemail://"
)
MAILS_FOLDER = _mail["EMAIL_FILE_PATH"] if "filebased" in _mail["EMAIL_BACKEND"] else ""
_server = {
    "HOST": _mail["EMAIL_HOST"] or "",
    "PORT": _mail["EMAIL_PORT"] or 25,
    "USE_TLS": _mail.get("EMAIL_USE_TLS", False),
    "USE_SSL": _mail.get("EMAIL_USE_SSL", False),
    "TIMEOUT": 10,  # seconds; a reader waits for it
}

if django.VERSION >= (6, 1):
    _log_in = {"username": _mail["EMAIL_HOST_USER"] or None, "password": _mail["EMAIL_HOST_PASSWORD"] or None}
    _options = {
        "smtp": {name.lower(): value for name, value in _server.items()} | _log_in,
        "filebased": {"file_path": MAILS_FOLDER},
    }
    _kind = _mail["EMAIL_BACKEND"].split(".")[-2]
    MAILERS = {"default": {"BACKEND": _mail["EMAIL_BACKEND"], "OPTIONS": _options.get(_kind, {})}}
    __all__ += ["MAILERS"]
else:
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _server["HOST"], _server["PORT"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _server["USE_TLS"], _server["USE_SSL"]
    EMAIL_TIMEOUT, EMAIL_FILE_PATH = _server["TIMEOUT"], MAILS_FOLDER or None
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
    __all__ += ["EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_SSL", "EMAIL_USE_TLS"]
    __all__ += ["EMAIL_FILE_PATH", "EMAIL_HOST_PASSWORD", "EMAIL_HOST_USER", "EMAIL_TIMEOUT"]
