"""The settings of a small site that uses one of the apps, or both: `HOST_USES=metering,comments`.

`HOST_LACKS=rest_framework` names packages that are not installed there.
"""

import os
import sys

USES = os.environ["HOST_USES"].split(",")
LACKS = [name for name in os.environ.get("HOST_LACKS", "").split(",") if name]
sys.modules.update(dict.fromkeys(LACKS))  # importing one of these is then an ImportError
HAS_REST_FRAMEWORK = "rest_framework" not in LACKS

SECRET_KEY = "only-for-this-test"
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "tests.hosts.stories.apps.StoriesConfig",
    *USES,
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
if "metering" in USES:
    MIDDLEWARE += ["metering.middleware.MeterMiddleware"]
    METERING = {"SUBSCRIBER": "tests.hosts.stories.models.subscribes"}
ROOT_URLCONF = "tests.hosts.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
CELERY_TASK_ALWAYS_EAGER = True
USE_TZ = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
