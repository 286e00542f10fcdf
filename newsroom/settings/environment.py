"""What the environment says about this site."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()

DEBUG: bool = env.bool("DEBUG", default=False)
SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000" if DEBUG else "").rstrip("/")
REDIS_URL: str = env.str("REDIS_URL", default="")
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])

# A site is taken to be served over TLS unless it says of itself that it is not.
SERVED_OVER_TLS: bool = not SITE_URL.startswith("http://")
