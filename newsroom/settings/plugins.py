"""What this site asks of the comments, of the meter, and of the libraries beside Django."""

from newsroom.settings.environment import REDIS_URL, SITE_URL, TRUSTED_PROXIES, env

__all__ = [
    "COMMENTS",
    "METERING",
    "REST_FRAMEWORK",
    "SPECTACULAR_SETTINGS",
    "STRIPE_PAYMENT_LINK",
    "STRIPE_WEBHOOK_SECRET",
]

COMMENTS = {
    "CALENDAR": env.str("COMMENTS_CALENDAR", default="gregorian"),
    "CLIENT_ADDRESS": "newsroom.reading.client_address",
    "CONFIRMED_ADDRESS": "newsroom.accounts.addresses.confirmed_address",
    "SITE_URL": SITE_URL,
}

METERING = {
    "MODE": env.str("METER_MODE", default="page"),
    "LEDGER": env.str("METER_LEDGER", default="sql"),
    "LEDGER_SECONDS": env.float("METER_LEDGER_SECONDS", default=2.0),
    "REDIS_URL": REDIS_URL,
    "REDIS_PREFIX": env.str("REDIS_PREFIX", default="metering:"),
    "SUBSCRIBER": "newsroom.subscriptions.entitlement.is_subscriber",
    "REGISTERED": "newsroom.accounts.addresses.has_verified_address",
    "TRUSTED_PROXIES": TRUSTED_PROXIES,
    "CRAWLER_RANGES": env.dict("CRAWLER_RANGES", default={}),
}

STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="").strip()
STRIPE_PAYMENT_LINK = env.str("STRIPE_PAYMENT_LINK", default="").strip()

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "newsroom.surfaces.problems.as_problem",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Newsroom",
    "DESCRIPTION": "Articles behind the meter, their comments, and the reader's own meter.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"OutcomeEnum": ["open", "wall"]},
    # The page of the schema comes from packaged files: nothing from other hosts, no inline script.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
