"""Settings come from the environment, and what is not said is safe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import override_settings

ROOT = Path(__file__).parent.parent


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """What the site says of itself under exactly this environment."""
    command = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.DEBUG, s.TIME_ZONE, "
        "s.COMMENTS['CALENDAR'], s.CELERY_TASK_ALWAYS_EAGER, s.DATABASES['default']['ENGINE'])"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", command],
        cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_a_key_there_is_no_start() -> None:
    refused = start()
    assert refused.returncode != 0
    assert "SECRET_KEY is not set" in refused.stderr


def test_production_is_the_default() -> None:
    told = start(SECRET_KEY="k" * 60).stdout.split()
    assert told == ["True", "True", "31536000", "False", "UTC", "gregorian", "True", "django.db.backends.sqlite3"]


def test_the_environment_is_heard() -> None:
    told = start(
        SECRET_KEY="k" * 60,
        SITE_URL="http://127.0.0.1",
        TIME_ZONE="Asia/Tehran",
        COMMENTS_CALENDAR="jalali",
        CELERY_BROKER_URL="redis://127.0.0.1:6379/15",
        DATABASE_URL="postgres://localhost/x",
    ).stdout.split()
    assert told == [
        "False",
        "False",
        "0",
        "False",
        "Asia/Tehran",
        "jalali",
        "False",
        "django.db.backends.postgresql",
    ]


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"COMMENTS": {"MAX_LENGHT": 5}}, ["comments.E001"]),
        ({"COMMENTS": {"CALENDAR": "mayan"}}, ["comments.E002"]),
        ({"COMMENTS": {"HOLD_ABOVE": 0.95}}, ["comments.E003"]),
        ({"COMMENTS": {"CLIENT_ADDRESS": "nowhere.at_all"}}, ["comments.E005"]),
        ({"MIDDLEWARE": []}, ["metering.E003"]),
        ({"METERING": {"LEDGR": "sql"}}, ["metering.E001"]),
        ({"METERING": {"SUBSCRIBER": "nowhere.at_all"}}, ["metering.E002"]),
        ({"METERING": {"TRUSTED_PROXIES": ["10.0.0.0/8", "proxy"]}}, ["metering.E004"]),
        ({"METERING": {"TRUSTED_PROXIES": ["0.0.0.0/0", "10.0.0.1/8"]}}, ["metering.E004", "metering.E004"]),
        ({"METERING": {"TRUSTED_PROXIES": "10.0.0.0/8"}}, ["metering.E004"]),
        ({"METERING": {"CRAWLER_RESOLVER": "nowhere.at_all"}}, ["metering.E002"]),
        (
            {"METERING": {"CRAWLER_RANGES": {"nobot": __file__, "bingbot": "/not/there"}}},
            ["metering.E005"] * 2,
        ),
        ({"METERING": {"CRAWLER_RANGES": {"bingbot": __file__}}}, []),
        ({"METERING": {"LEDGER": "redis"}}, ["metering.E006"]),
        ({"METERING": {"LEDGER": "redis", "REDIS_URL": "127.0.0.1:6379"}}, ["metering.E006"]),
        ({"METERING": {"LEDGER": "redis", "REDIS_URL": "redis://192.0.2.1/0"}}, []),
        ({"METERING": {"LEDGER_SECONDS": 0}}, ["metering.E008"]),
        ({"METERING": {"LEDGER_SECONDS": "2"}}, ["metering.E008"]),
        ({"METERING": {"MODE": "shel"}}, ["metering.E007"]),
        ({"METERING": {"MODE": "shell"}}, []),
        ({}, []),
    ],
)
def test_what_is_wrong_with_a_hosts_settings_is_named(settings, found) -> None:
    with override_settings(**settings):
        from comments.checks import check_settings as of_comments
        from metering.checks import check_settings as of_metering

        assert [message.id for message in (*of_comments(None), *of_metering(None))] == found


@pytest.mark.django_db
def test_the_site_itself_has_nothing_to_complain_about() -> None:
    assert run_checks() == []
