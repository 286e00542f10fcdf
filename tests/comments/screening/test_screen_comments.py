"""`manage.py screen_comments`: comments in, scores out, or an error that names the line."""

import json

import pytest
from django.core.management import CommandError, call_command

from comments.screening import Submission, screen


def test_comments_are_scored_in_their_order(tmp_path):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        '{"id": 7, "text": "I agree"}\n'
        "\n"
        '{"id": "b", "text": "I agree", "author_name": "www.a.example", "author_email": null, "x": 1}\n'
        '{"id": "c", "text": "half a sign: \\ud800"}\n',
        encoding="utf-8",
    )
    call_command("screen_comments", source, target)
    scored = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    named = screen(Submission(text="I agree", author_name="www.a.example"))
    assert scored == [
        {"id": 7, "score": screen(Submission(text="I agree")).score, "reasons": []},
        {
            "id": "b",
            "score": named.score,
            "reasons": [
                {
                    "rule": "name_link",
                    "weight": 2.0,
                    "params": {"host": "a.example"},
                    "spans": [],
                    "sentence": "The name is an address: a.example",
                }
            ],
        },
        {"id": "c", "score": screen(Submission(text="half a sign")).score, "reasons": []},
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


BAD_LINES = {
    "not JSON": (
        b'{"id": 1,',
        "line 2: not JSON (Expecting property name enclosed in double quotes at column 10)",
    ),
    "not UTF-8": (b'{"id": 1, "text": "\xff"}', "line 2: not UTF-8"),
    "not an object": (b"[1, 2]", "line 2: not an object with id and text"),
    "no id": (b'{"text": "a"}', "line 2: it has no id"),
    "no text": (b'{"id": 1}', "line 2: it has no text, or one that is not a string"),
    "text is a number": (b'{"id": 1, "text": 5}', "line 2: it has no text, or one that is not a string"),
    "name is a list": (b'{"id": 1, "text": "a", "author_name": []}', "line 2: author_name is not a string"),
    "too deep": (b"[" * 100_000, "line 2: nested too deeply"),
}


@pytest.mark.parametrize(("line", "message"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_named_and_the_old_file_stays(tmp_path, line, message):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b'{"id": 0, "text": "a"}\n' + line + b"\n")
    target.write_text("scores of yesterday\n")
    with pytest.raises(CommandError) as failed:
        call_command("screen_comments", source, target)
    assert str(failed.value) == f"{source}, {message}"
    assert target.read_text() == "scores of yesterday\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"absent\.jsonl"):
        call_command("screen_comments", tmp_path / "absent.jsonl", tmp_path / "out.jsonl")
    assert list(tmp_path.iterdir()) == []
