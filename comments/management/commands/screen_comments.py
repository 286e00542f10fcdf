"""Score a file of comments, one JSON object a line, with the present rules."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from comments.screening import Reason, Submission, screen

OPTIONAL = ("author_name", "author_email", "author_url")


class Command(BaseCommand):
    """`manage.py screen_comments IN.jsonl OUT.jsonl`"""

    help = (
        'Scores {"id","text","author_name"?,"author_email"?,"author_url"?} lines'
        ' into {"id","score","reasons"} lines. Holds one line in memory at a time;'
        " OUT appears when all of IN is scored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two files."""
        parser.add_argument("source", metavar="IN.jsonl", type=Path)
        parser.add_argument("target", metavar="OUT.jsonl", type=Path)

    def handle(self, *args: Any, source: Path, target: Path, **options: Any) -> None:
        """Write beside the target and rename at the end, so that nobody reads half a file."""
        try:
            lines = source.open("rb")
            beside = NamedTemporaryFile(  # noqa: SIM115  it is renamed, not closed and forgotten
                "w", encoding="utf-8", dir=target.absolute().parent, prefix=f".{target.name}.", delete=False
            )
        except OSError as error:
            raise CommandError(str(error)) from error
        try:
            with lines, beside:
                for scored in _scored(lines, named=source):
                    beside.write(json.dumps(scored) + "\n")
            # A temporary file is its owner's alone; the result is a file like any other.
            os.chmod(beside.name, 0o666 & ~_umask())
            os.replace(beside.name, target)
        except BaseException:
            Path(beside.name).unlink(missing_ok=True)
            raise


class _LineError(Exception):
    """A line that cannot be screened, with the reason in words."""


def _scored(lines: BinaryIO, *, named: Path) -> Iterator[dict[str, Any]]:
    with tqdm(
        total=os.fstat(lines.fileno()).st_size, unit="B", unit_scale=True, disable=not sys.stderr.isatty()
    ) as progress:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    identity, submission = _read(line.strip())
                except _LineError as error:
                    raise CommandError(f"{named}, line {number}: {error}") from error
                verdict = screen(submission)
                reasons = [_told(reason) for reason in verdict.reasons]
                yield {"id": identity, "score": verdict.score, "reasons": reasons}
            progress.update(len(line))


def _read(line: bytes) -> tuple[Any, Submission]:
    """A line's id and submission, or an error that says what is wrong with it."""
    try:
        read = json.loads(line)
    except RecursionError:
        raise _LineError("nested too deeply") from None
    except UnicodeDecodeError:
        raise _LineError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _LineError(f"not JSON ({error.msg} at column {error.colno})") from None
    if not isinstance(read, dict):
        raise _LineError("not an object with id and text")
    if "id" not in read:
        raise _LineError("it has no id")
    if not isinstance(read.get("text"), str):
        raise _LineError("it has no text, or one that is not a string")
    known = {name: read[name] for name in OPTIONAL if read.get(name) is not None}
    for name, value in known.items():
        if not isinstance(value, str):
            raise _LineError(f"{name} is not a string")
    return read["id"], Submission(text=read["text"], **known)


def _told(reason: Reason) -> dict[str, Any]:
    return {**reason.to_json(), "sentence": reason.sentence()}


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
