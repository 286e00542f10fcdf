"""The site's own settings on a database that is thrown away, plus one address: the bare view."""

import os
import tempfile

_folder = os.environ.get("BENCH_FOLDER") or tempfile.mkdtemp(prefix="newsroom-bench-")
os.environ["BENCH_FOLDER"] = _folder  # servers that are started from here use the same database
os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "x" * 40)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder}/bench.sqlite3")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("LOG_LEVEL", "ERROR")

from newsroom.settings import *  # noqa: E402, F403  the environment has to be set before

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = f"{_folder}/static"
MEDIA_ROOT = f"{_folder}/media"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405

STANDARD_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
"""What `startproject` gives: the bare view is measured behind it."""

if os.environ.get("BENCH_MIDDLEWARE") == "standard":
    MIDDLEWARE = STANDARD_MIDDLEWARE
