"""The map of the rooms is enforced: an import against it is named with its file and line."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("comments", "metering", "newsroom"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc", "articles/*.html", "images")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("module", "line", "named"),
    [
        (
            "comments/threads.py",
            "from newsroom.articles.models import Article",
            "comments.threads -> newsroom.articles",
        ),
        ("metering/gate.py", "from comments import posting", "metering.gate -> comments.posting"),
        ("newsroom/articles/models.py", "from metering import gate", "newsroom.articles.models -> metering.gate"),
        ("metering/policy.py", "from metering.models import Read", "metering.policy -> metering.models"),
    ],
)
def test_an_import_against_the_map_is_named_with_its_line(copy: Path, module: str, line: str, named: str) -> None:
    source = (copy / module).read_text()
    (copy / module).write_text(f"{source}\n{line}\n")
    found = lint(copy)
    assert found.returncode == 1
    assert named in found.stdout
    assert f"(l.{source.count(chr(10)) + 2})" in found.stdout


def test_the_map_is_kept(copy: Path) -> None:
    kept = lint(copy)
    assert kept.returncode == 0, kept.stdout
