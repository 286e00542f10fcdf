"""The settings under which the suite runs: the site's own, with a key, and nothing left behind."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 50)
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from newsroom.settings import *  # noqa: F403  the environment has to be set before

MEDIA_ROOT = tempfile.mkdtemp(prefix="newsroom-media-")
STATIC_ROOT = tempfile.mkdtemp(prefix="newsroom-static-")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, as on a site: in memory, SQLite locks whole tables and knows no write-ahead log.
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.mkdtemp(prefix='newsroom-db-')}/test.sqlite3"}  # noqa: F405
WHITENOISE_USE_FINDERS = True  # served without collecting first
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # log-ins are not what is tested
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
