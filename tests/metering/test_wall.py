"""The one function that cuts a teaser, and what must never come out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from metering import wall
from metering.policy import Policy

ONE, TWO, THREE, FOUR = (
    f"<p>{word} paragraph of this story, ten words in all.</p>" for word in ("First", "Second", "Third", "Fourth")
)
LONG = ONE + TWO + THREE + FOUR * 6


@pytest.mark.parametrize(
    ("body", "policy", "expected"),
    [
        pytest.param(LONG, Policy(), "\n".join((ONE, TWO, THREE)), id="three paragraphs"),
        pytest.param(LONG, Policy(teaser_paragraphs=1), ONE, id="one paragraph, as the owner set"),
        pytest.param(LONG, Policy(teaser_paragraphs=0), "", id="no teaser at all"),
        pytest.param(LONG, Policy(teaser_percent=25), "\n".join((ONE, TWO)), id="no more than a quarter"),
        pytest.param(ONE + "<p>[more]</p>" + TWO * 9, Policy(), ONE, id="an editor's mark"),
        pytest.param(ONE + "<!--more-->" + TWO * 9, Policy(), ONE, id="the mark of WordPress"),
        pytest.param(
            f"<h2>Heading</h2>{ONE}<h2>Next</h2>" + TWO * 9,
            Policy(teaser_paragraphs=1),
            f"<h2>Heading</h2>\n{ONE}",
            id="no heading with nothing under it",
        ),
        pytest.param(f"<div><div>{LONG}</div></div>", Policy(teaser_paragraphs=1), ONE, id="inside wrappers"),
        pytest.param("", Policy(), "", id="an empty body"),
        pytest.param("<!-- nothing -->", Policy(), "", id="only a comment"),
    ],
)
def test_where_a_teaser_ends(body: str, policy: Policy, expected: str) -> None:
    assert wall.teaser(body, policy) == expected


def test_a_story_of_two_paragraphs_is_not_its_own_teaser() -> None:
    body = "<p>Short news from the <b>harbour</b>, where the ferry was late.</p><p>It came at noon.</p>"
    assert wall.teaser(body, Policy()) == "<p>Short news from the…</p>"


def test_a_body_without_any_blocks_is_cut_between_words() -> None:
    assert (
        wall.teaser("plain words with no markup at all, and < some signs", Policy())
        == "<p>plain words with no…</p>"
    )


def test_the_whole_body_hides_the_mark() -> None:
    assert wall.whole(ONE + "<p>[more]</p>" + TWO) == ONE + TWO


words = st.text(alphabet="abc <>&\"'=/!-[]مرp", max_size=40)
blocks = st.lists(
    st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<ul><li>", "</ul>", "<h2>", "<!--", "-->", "<b>"]) | words
)


@given(blocks.map("".join), st.integers(0, 5), st.integers(0, 90))
def test_whatever_the_body_no_more_than_the_share_is_given(body: str, paragraphs: int, percent: int) -> None:
    teaser = wall.teaser(body, Policy(teaser_paragraphs=paragraphs, teaser_percent=percent))
    given_text = html.fragment_fromstring(teaser or "<p></p>", create_parent="div").text_content()
    whole_text = html.fragment_fromstring(f"<div>{body}</div>", create_parent="div").text_content()
    assert len("".join(given_text.rstrip("…").split())) <= max(
        len(" ".join(whole_text.split())) * percent / 100, 0
    )
