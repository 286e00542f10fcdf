"""Each app alone, and both, in a site that knows nothing of `newsroom`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TESTS = 28  # in visits.py; a site skips those about what it does not have

BEYOND = (
    "rest_framework,drf_spectacular,celery,redis,comments,newsroom,"
    "bleach,nh3,regex,jdatetime,environ,csp,django_prose_editor,PIL,whitenoise,psycopg,tqdm"
)
"""What a host that only meters need not have; it is taken away before Django starts."""


@pytest.mark.parametrize(
    ("uses", "lacks", "skipped"),
    [
        pytest.param("metering", "", 1, id="the meter"),
        pytest.param("metering", BEYOND, 9, id="the meter with Django and lxml alone"),
        pytest.param("comments", "metering", 26, id="comments"),
        pytest.param("metering,comments", "", 0, id="both"),
    ],
)
def test_a_host_with(uses: str, lacks: str, skipped: int) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.hosts.settings", "HOST_USES": uses, "HOST_LACKS": lacks}
    environment = os.environ | settings
    run = subprocess.run(
        [sys.executable, "-m", "django", "test", "tests.hosts", "--pattern", "visits.py"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert f"Ran {TESTS} tests" in run.stderr
    assert (f"OK (skipped={skipped})" if skipped else "OK\n") in run.stderr
