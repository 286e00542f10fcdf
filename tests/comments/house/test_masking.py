"""Words of masking lists are dotted out at the desk, and what stands there is still safe."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from comments import sanitize, wordlists
from comments.models import WordList

pytestmark = pytest.mark.django_db


@pytest.fixture
def masks() -> Callable[..., WordList]:
    def add(*entries: str, **differing: object) -> WordList:
        fields = {"name": "Slurs", "entries": "\n".join(entries), "holds": False, "masks": True}
        return WordList.objects.create(**fields | differing)

    return add


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("You idiot & fool", "<p>You ••••• &amp; fool</p>"),
        ("idіоt, i d i o t", "<p>•••••, • • • • •</p>"),
        ("You **id**iot", None),
        ("You <b>id</b>iot", "<p>You <b>••</b>•••</p>"),
        ("<p>idi</p><p>ot</p>", None),
        ("AT&T is <idiotic>", "<p>•••• is &lt;•••••••&gt;</p>"),
        ("سایت شرط‌بندی", "<p>سایت •••••••</p>"),
        ("stupid 🙂 fool", "<p>•••••• • ••••</p>"),
        ("nothing at all", None),
    ],
)
def test_words_are_dotted_out_in_the_text_alone(
    masks: Callable[..., WordList], typed: str, expected: str | None
) -> None:
    masks("idiot*", "AT&T", "شرط بندی", "stupid fool")
    html = "<b>" in typed or "<p>" in typed
    assert wordlists.masked(sanitize.render(typed, html=html).html) == expected


def test_addresses_stay_as_they_are_and_what_is_shown_is_still_safe(masks: Callable[..., WordList]) -> None:
    masks("idiot*", "amp", "quot", "p", "href", "nofollow")
    safe = sanitize.render("https://idiot.example/?a=1&amp=2 \"<script>alert('idiot')</script>").html
    hidden = wordlists.masked(safe)
    assert hidden is not None
    assert 'href="https://idiot.example/?a=1&amp;amp=2"' in hidden
    assert sanitize.clean(hidden, html=True) == hidden.replace("&nbsp;", "\xa0")


def test_a_list_that_does_not_mask_or_has_ended_hides_nothing(masks: Callable[..., WordList]) -> None:
    masks("cat", masks=False)
    masks("dog", name="Ending", until=timezone.now() + timedelta(seconds=3))
    assert wordlists.masked("<p>cat dog</p>") == "<p>cat •••</p>"
    with time_machine.travel(timezone.now() + timedelta(seconds=4), tick=False):
        assert wordlists.masked("<p>cat dog</p>") is None


def test_lists_are_read_once_and_built_once_per_version(
    masks: Callable[..., WordList], django_assert_num_queries: Callable
) -> None:
    changed = masks("cat")
    masks("dog", name="Another")
    with django_assert_num_queries(2):
        wordlists.masked("<p>cat</p>")
    with django_assert_num_queries(0):
        wordlists.masked("<p>dog</p>")
    with django_assert_num_queries(1):
        wordlists.in_force(fresh=True)
    changed.entries = "bird"
    changed.save()
    with django_assert_num_queries(2):
        wordlists.in_force(fresh=True)
    assert wordlists.masked("<p>cat dog bird</p>") == "<p>cat ••• ••••</p>"


def test_a_word_that_is_spoken_about_keeps_its_first_letter() -> None:
    assert wordlists.masked_word("idiot fool") == "i•••• ••••"
