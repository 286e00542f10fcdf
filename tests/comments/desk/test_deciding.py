"""Deciding from the desk: one comment, up to a hundred, and taking it back; by form and by script."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission

from comments import moderation, tallies
from comments.models import Comment, Decision, House, Report
from comments.states import State
from comments.tallies import Tab
from tests.comments.desk.conftest import BULK, DECIDE, NOON, QUEUE, UNDO, all_decided, decided, listed, told

pytestmark = pytest.mark.django_db

BY_SCRIPT = {"HX-Request": "true"}


def state_of(comment: Comment) -> str:
    return Comment.objects.values_list("state", flat=True).get(pk=comment.pk)


def faults(page) -> dict[int, str]:
    return {row.comment.pk: row.fault for row in page.context["rows"] if row.fault}


# --- one comment ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "action", "after", "words"),
    [
        ("pending", "approve", "approved", "Approved."),
        ("pending", "reject", "rejected", "Rejected."),
        ("pending", "spam", "spam", "Marked as spam."),
        ("pending", "abuse", "rejected", "Rejected as abuse."),
        ("approved", "hold", "pending", "Held: it waits again."),
        ("spam", "restore", "pending", "Restored: it waits again."),
    ],
)
def test_one_decision_leads_back_to_the_same_list_and_says_what_was_done(
    desk, said, moderator, before: str, action: str, after: str, words: str
) -> None:
    comment, back = said(state=before), f"{QUEUE}?tab={before}&q=comment"
    answer = decided(desk, comment, action, back=back, reason="off-topic", note="About cats.")
    assert (answer.status_code, answer["Location"]) == (302, back)
    page = desk.get(back)
    assert told(page) == [words]
    line = Decision.objects.values("by", "action", "after", "reason", "note").get()
    assert line == {
        "by": moderator.pk, "action": action, "after": after, "reason": "off-topic", "note": "About cats.",
    }  # fmt: skip
    assert state_of(comment) == after
    assert "Your last decision:" in page.content.decode()


def test_keeping_answers_the_reports(desk, said) -> None:
    comment = said(state=State.APPROVED, open_reports=1, report_weight=1)
    Report.objects.create(comment=comment, reason="abuse")
    decided(desk, comment, "keep")
    assert Report.objects.get().outcome == "disagreed"
    assert tallies.counts()[Tab.REPORTED] == 0


def test_the_script_gets_a_receipt_new_counts_and_what_to_say(desk, said) -> None:
    comment = said("Words to approve")
    answer = decided(desk, comment, "approve", headers=BY_SCRIPT)
    html = answer.content.decode()
    assert answer["X-Desk"] == "1"
    assert f'id="comment-{comment.pk}"' in html
    assert html.count('<li class="desk-row desk-receipt"') == 1
    assert '<div id="desk-said" hx-swap-oob="innerHTML">Approved.</div>' in html
    assert {one["tab"]: one["number"] for one in answer.context["tabs"]}["approved"] == 1
    assert told(desk.get(QUEUE)) == []


def test_of_two_moderators_at_one_comment_the_second_sees_it_as_it_is_now(desk, said, second, signed_in) -> None:
    comment = said("Words of both")
    decided(signed_in(second), comment, "spam")
    words = f"Comment {comment.pk} was decided in the meantime: second, spam."
    page = decided(desk, comment, "approve", note="What I had written.", reason="repeated")
    assert page.status_code == 409
    assert faults(page) == {comment.pk: words}
    [row] = page.context["rows"]
    assert (row.comment.state, row.note, row.chosen_reason) == ("spam", "What I had written.", "repeated")
    fragment = decided(desk, comment, "approve", note="What I had written.", headers=BY_SCRIPT)
    assert fragment.status_code == 200
    assert faults(fragment) == {comment.pk: words}
    assert "What I had written." in fragment.content.decode()
    assert state_of(comment) == "spam"


def test_a_comment_removed_by_its_author_while_it_was_open(desk, said) -> None:
    comment = said("Words that went")
    moderation.decide(Comment.objects.get(pk=comment.pk), "remove", rule="author")
    page = decided(desk, comment, "approve")
    assert faults(page) == {comment.pk: f"Comment {comment.pk} was decided in the meantime: author, removed."}
    html = page.content.decode()
    assert "Its author has removed it" in html
    assert "Words that went" not in html


def test_a_comment_that_is_gone_altogether(desk, said) -> None:
    comment = said()
    number = comment.pk
    Comment.objects.all().delete()
    comment.pk = number
    words = f"Comment {number} is not there any more."
    assert words in decided(desk, comment, "approve").content.decode()
    fragment = decided(desk, comment, "approve", headers=BY_SCRIPT).content.decode()
    assert words in fragment
    assert "desk-gone" in fragment


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"action": "hold"}, "“Hold” is not possible: comment {} is pending."),
        ({"action": "keep"}, "“Keep” is not possible: comment {} is pending."),
        ({"action": "remove"}, "Please choose what is to be done."),
        ({"action": "undo"}, "Please choose what is to be done."),
        ({"action": "explode"}, "Please choose what is to be done."),
        ({"action": ""}, "Please choose what is to be done."),
        ({"version": "x"}, "Please choose what is to be done."),
        ({"version": "9" * 18}, "Comment {} has changed since you opened it."),
        ({"reason": "because"}, "“because” is not one of the reasons"),
        ({"note": "x" * 40_000}, "The note is too long: 40000 characters"),
    ],
)
@pytest.mark.parametrize("by_script", [False, True])
def test_what_cannot_be_done_is_said_in_the_row(desk, said, wrong: dict, words: str, by_script: bool) -> None:
    comment = said()
    fields = {"action": "approve", "note": "My note."} | wrong
    answer = decided(desk, comment, fields.pop("action"), headers=BY_SCRIPT if by_script else {}, **fields)
    [(number, fault)] = faults(answer).items()
    assert number == comment.pk
    assert words.format(comment.pk) in fault
    assert answer.context["rows"][0].note.startswith(fields["note"][:2000])
    assert not Decision.objects.exists()


@pytest.mark.parametrize("number", ["", "-1", "0", "abc", "9" * 30, "١"])
def test_a_comment_that_no_number_names(desk, said, number: str) -> None:
    said()
    for headers in ({}, BY_SCRIPT):
        answer = desk.post(DECIDE, {"comment": number, "version": "0", "action": "approve"}, headers=headers)
        assert answer.status_code in {200, 409}
    assert desk.post(DECIDE).status_code == 409
    assert not Decision.objects.exists()


def test_who_lost_the_permission_is_told(said, person, signed_in) -> None:
    comment, looker = said(), person("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_comment"))
    answer = decided(signed_in(looker), comment, "approve")
    assert "You may not decide about comments, or not any more." in faults(answer)[comment.pk]
    assert state_of(comment) == "pending"


def test_nobody_is_led_away_from_the_desk(desk, said) -> None:
    for back in ("https://evil.example/", "//evil.example/admin/comments/desk/", "/accounts/"):
        assert decided(desk, said(), "approve", back=back)["Location"] == QUEUE


def test_looking_does_not_decide(desk, said) -> None:
    for page in (DECIDE, BULK, UNDO):
        assert desk.get(page).status_code == 405


# --- many at once -----------------------------------------------------------------------------------------


def test_many_are_decided_together_and_undone_together(desk, said) -> None:
    comments = [said(f"{number}") for number in range(3)]
    answer = all_decided(desk, comments, "spam", reason="advertising")
    assert answer.status_code == 302
    page = desk.get(QUEUE)
    assert told(page) == ["Marked as spam. 3 comments."]
    assert "Your last decision: Spam, 3 comments." in page.content.decode()
    assert {state_of(comment) for comment in comments} == {"spam"}
    assert desk.post(UNDO, {"decision": Decision.objects.first().pk}).status_code == 302
    page = desk.get(QUEUE)
    assert told(page) == ["Undone: 3 comments."]
    assert listed(page) == ["0", "1", "2"]
    assert "Your last decision" not in page.content.decode()


def test_all_on_the_page_are_ticked_by_one_link(desk, said) -> None:
    comments = [said(f"{number}") for number in range(3)]
    page = desk.get(QUEUE + desk.get(QUEUE).context["tick_all"])
    assert [row.is_ticked for row in page.context["rows"]] == [True] * len(comments)


def test_a_bulk_that_somebody_else_crossed_changes_nothing_and_names_each_in_the_way(
    desk, said, second, signed_in
) -> None:
    mine, theirs, gone, fine = (said(name) for name in ("mine", "theirs", "gone", "fine"))
    decided(signed_in(second), theirs, "spam")
    decided(signed_in(second), mine, "approve")
    number = gone.pk
    Comment.objects.filter(pk=number).delete()
    page = all_decided(desk, [mine, theirs, gone, fine], "reject", reason="repeated", note="All the same.")
    assert page.status_code == 409
    assert page.context["report"] == [
        f"Comment {mine.pk} was decided in the meantime: second, approved.",
        f"Comment {theirs.pk} was decided in the meantime: second, spam.",
        f"Comment {number} is not there any more.",
    ]
    assert [(row.comment.source, row.is_ticked) for row in page.context["rows"]] == [("fine", True)]
    html = page.content.decode()
    assert 'value="All the same."' in html
    assert '<option value="repeated" selected>' in html
    assert state_of(fine) == "pending"
    assert Decision.objects.count() == 2


def test_a_bulk_with_one_that_the_action_does_not_fit(desk, said) -> None:
    fits, approved = said("fits"), said("approved", state=State.APPROVED)
    page = all_decided(desk, [fits, approved], "approve", back=f"{QUEUE}?tab=approved")
    assert page.context["report"] == [f"“Approve” is not possible: comment {approved.pk} is approved."]
    assert [row.is_ticked for row in page.context["rows"]] == [True]
    assert state_of(fits) == "pending"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"chosen": []}, "No comment was chosen."),
        ({"chosen": ["x:1", "5"]}, "Comment 5 is not there any more."),
        ({"chosen": [f"{10**9 + number}:0" for number in range(101)]}, "is not there any more."),
        ({"action": ""}, "Please choose what is to be done."),
        ({"action": "remove"}, "Please choose what is to be done."),
        ({"reason": "because"}, "“because” is not one of the reasons"),
        ({"note": "x" * 40_000}, "The note is too long: 40000 characters"),
    ],
)
def test_a_bulk_that_cannot_be_carried_out_says_why(desk, said, wrong: dict, words: str) -> None:
    comment = said()
    fields = {"chosen": [f"{comment.pk}:0"], "action": "reject", "back": QUEUE} | wrong
    page = desk.post(BULK, fields)
    assert page.status_code == 409
    assert words in page.context["report"][0]
    assert state_of(comment) == "pending"


def test_more_than_a_hundred_at_once_are_refused(desk, said) -> None:
    page = all_decided(desk, [said() for _number in range(101)], "reject")
    assert page.context["report"] == ["These are too many comments at once: choose at most 100."]
    assert not Decision.objects.exists()


def test_a_section_moderator_cannot_carry_off_the_neighbours_by_a_bulk(said, person, signed_in, thread) -> None:
    from comments.models import SectionModerator

    comment, keeper = said(), person("keeper", "Section moderator", is_staff=True)
    SectionModerator.objects.create(user=keeper, section="weather")
    page = all_decided(signed_in(keeper), [comment], "approve")
    assert page.context["report"] == [f"Comment {comment.pk} is not yours to decide about."]
    one = decided(signed_in(keeper), comment, "approve", headers=BY_SCRIPT)
    assert "You may not decide" in one.content.decode()
    assert comment.source not in one.content.decode()


# --- undo -------------------------------------------------------------------------------------------------


def test_one_decision_is_taken_back_from_its_receipt(desk, said) -> None:
    comment = said("Words that come back")
    receipt = decided(desk, comment, "reject", headers=BY_SCRIPT)
    number = receipt.context["receipts"][0].pk
    answer = desk.post(UNDO, {"decision": number, "back": QUEUE}, headers=BY_SCRIPT)
    assert listed(answer) == ["Words that come back"]
    assert ">Undone.</div>" in answer.content.decode()
    assert state_of(comment) == "pending"


def test_without_a_number_it_is_the_last_one(desk, said) -> None:
    first, last = said("first"), said("last")
    decided(desk, first, "reject")
    decided(desk, last, "reject")
    desk.post(UNDO)
    assert (state_of(first), state_of(last)) == ("rejected", "pending")
    desk.post(UNDO)
    assert (state_of(first), state_of(last)) == ("pending", "pending")
    assert "There is nothing to undo." in desk.post(UNDO).content.decode()


def test_after_its_time_it_is_too_late_and_said(desk, said) -> None:
    House.objects.create(pk=1, undo_seconds=30)
    with time_machine.travel(NOON, tick=False) as clock:
        comment = said(submitted_at=NOON)
        desk.get(QUEUE)
        decided(desk, comment, "reject")
        clock.shift(timedelta(seconds=29))
        assert desk.get(QUEUE).context["done"].seconds_left == 1
        clock.shift(timedelta(seconds=2))
        assert "Your last decision" not in desk.get(QUEUE).content.decode()
        number = Decision.objects.get().pk
        assert "The time to undo this is over." in faults(desk.post(UNDO, {"decision": number}))[comment.pk]
    assert state_of(comment) == "rejected"


def test_nobody_undoes_what_another_decided(desk, said, second, signed_in) -> None:
    comment = said()
    decided(signed_in(second), comment, "reject")
    answer = desk.post(UNDO, {"decision": Decision.objects.get().pk})
    assert faults(answer) == {comment.pk: "Only who decided can undo it."}


def test_a_bulk_of_which_one_was_decided_again_stays_as_it_is(desk, said, second, signed_in) -> None:
    comments = [said(f"{number}") for number in range(3)]
    all_decided(desk, comments, "reject")
    decided(signed_in(second), Comment.objects.get(pk=comments[1].pk), "approve")
    answer = desk.post(UNDO, {"decision": Decision.objects.filter(action="reject").first().pk})
    said_why = " ".join(answer.content.decode().split())
    assert f"Comment {comments[1].pk} was decided in the meantime: second, approved." in said_why
    assert [state_of(comment) for comment in comments] == ["rejected", "approved", "rejected"]


@pytest.mark.parametrize("number", ["abc", "9" * 18, "9" * 40, "-1"])
def test_a_decision_that_no_number_names(desk, said, number: str) -> None:
    comment = said()
    decided(desk, comment, "reject")
    assert "There is nothing to undo." in desk.post(UNDO, {"decision": number}).content.decode()
    assert state_of(comment) == "rejected"


# --- what it costs ----------------------------------------------------------------------------------------

SAVEPOINT = 2


@pytest.mark.parametrize("headers", [{}, BY_SCRIPT], ids=["without JavaScript", "by the script"])
def test_accepting_a_reply_costs_fourteen_statements_and_the_transactions_own(
    desk, said, django_assert_max_num_queries, headers
) -> None:
    root = said("root", state=State.APPROVED)
    reply = said("reply", parent=root, root=root, depth=1)
    desk.get(QUEUE)  # what a process keeps is read once in five seconds
    with django_assert_max_num_queries(14 + SAVEPOINT):
        decided(desk, reply, "approve", headers=headers)
    assert state_of(reply) == "approved"


def test_a_hundred_together_cost_at_most_forty(desk, said, django_assert_max_num_queries) -> None:
    chosen = [said(f"Comment {number}", open_reports=1, report_weight=1) for number in range(100)]
    Report.objects.bulk_create(Report(comment=comment, reason="abuse") for comment in chosen)
    desk.get(QUEUE)
    with django_assert_max_num_queries(20):
        desk.post(
            "/admin/comments/desk/bulk/",
            {"chosen": [f"{one.pk}:{one.version}" for one in chosen], "action": "approve"},
        )
    assert set(Comment.objects.values_list("state", flat=True)) == {"approved"}
