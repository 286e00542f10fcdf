"""Each app alone, and both, in a site that knows nothing of `newsroom`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("uses", "tests"), [("metering", 3), ("comments", 3), ("metering,comments", 3)])
def test_a_host_with(uses: str, tests: int) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.hosts.settings", "HOST_USES": uses}
    run = subprocess.run(
        [sys.executable, "-m", "django", "test", "tests.hosts", "--pattern", "visits.py"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert f"Ran {tests} tests" in run.stderr
