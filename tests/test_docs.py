"""The docs tell the truth: every setting, check and command that exists is in them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import comments.conf
import metering.conf
from newsroom.management.commands import demo

ROOT = Path(__file__).parent.parent
DOCS = "\n".join(path.read_text() for path in sorted(ROOT.glob("docs/*.md")))
EVERYTHING = DOCS + "".join((ROOT / name).read_text() for name in ("README.md", "CHANGELOG.md"))
SOURCES = [path for app in ("comments", "metering", "newsroom") for path in (ROOT / app).rglob("*.py")]


@pytest.mark.parametrize("app", [comments.conf, metering.conf], ids=["comments", "metering"])
def test_every_setting_is_documented(app) -> None:
    assert [field.name for field in fields(app.Conf) if f"`{field.name.upper()}`" not in DOCS] == []


def test_every_check_is_documented() -> None:
    ids = {
        found
        for path in SOURCES
        for found in re.findall(r'id="((?:comments|metering|subscriptions)\.[EW]\d+)"', path.read_text())
    }
    assert len(ids) >= 7
    assert [one for one in sorted(ids) if f"`{one}`" not in DOCS] == []


def test_every_variable_of_the_environment_is_documented() -> None:
    settings = "".join(path.read_text() for path in (ROOT / "newsroom/settings").glob("*.py"))
    variables = set(re.findall(r'env\.\w+\("([A-Z_]+)"', settings)) | {"DATABASE_URL", "CACHE_URL", "EMAIL_URL"}
    assert [name for name in sorted(variables) if f"`{name}`" not in DOCS] == []


def test_every_command_is_documented() -> None:
    commands = {path.stem for path in SOURCES if path.parent.name == "commands"} - {"__init__"}
    assert demo.Command.help
    assert [name for name in sorted(commands) if name not in EVERYTHING] == []


def test_links_between_the_docs_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    broken = [
        f"{page.name}: {link}"
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text())
        if not link.startswith("http") and not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_examples_of_plugging_in_are_the_code_of_a_small_site_that_works() -> None:
    host = [path for kind in ("py", "html") for path in (ROOT / "tests/hosts").rglob(f"*.{kind}")]
    code = "\n".join(path.read_text() for path in host)
    blocks = re.findall(r"```(python|html)\n(.*?)```", (ROOT / "docs/plugging-in.md").read_text(), re.DOTALL)
    settings = re.compile(r"(from|import|[A-Z_]+ \+?=|urlpatterns \+=) ?.*", re.DOTALL)
    examples = [
        part.strip()
        for language, block in blocks
        for part in (block.split("\n\n\n") if language == "python" else block.splitlines())
        if not settings.fullmatch(part.strip())
    ]
    assert len(examples) >= 10
    assert [example for example in examples if example not in code] == []
