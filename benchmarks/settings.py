"""The site's own settings on a database that is thrown away, plus one address: the bare view."""

import atexit
import os
import shutil
import tempfile

_folder = os.environ.get("BENCH_FOLDER")
if not _folder:
    _folder = tempfile.mkdtemp(prefix="newsroom-bench-")
    os.environ["BENCH_FOLDER"] = _folder  # servers that are started from here use the same database
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "only-for-measuring-" + "x" * 40)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_folder}/bench.sqlite3")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("LOG_LEVEL", "ERROR")

from newsroom.settings import *  # noqa: E402, F403  the environment has to be set before

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = f"{_folder}/static"
os.makedirs(STATIC_ROOT, exist_ok=True)  # or each handler that is made warns that it is not there
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

if os.environ.get("BENCH_METER") == "off":
    MIDDLEWARE = [name for name in MIDDLEWARE if name != "metering.middleware.MeterMiddleware"]  # noqa: F405
