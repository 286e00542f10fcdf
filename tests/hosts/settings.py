"""The settings of a small site that uses one of the apps, or both: `HOST_USES=metering,comments`."""

import os

USES = os.environ["HOST_USES"].split(",")

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
