"""Stripe tells that a subscription starts, goes on and ends: signed, twice, late, out of order, or not at all."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import stripe
import time_machine
from django.core.checks import run_checks
from django.db import connection
from django.test import Client, override_settings

from newsroom.accounts.models import User
from newsroom.subscriptions import billing
from newsroom.subscriptions.checks import check_settings
from newsroom.subscriptions.entitlement import is_subscriber
from newsroom.subscriptions.models import StripeCustomer, Subscription
from newsroom.subscriptions.stripe_events import SubscriptionTold, Unreadable, read

SECRET = "whsec_only-for-the-tests"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
START, MONTH_END = NOW - timedelta(days=3), NOW + timedelta(days=27)
AN_HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def secret() -> Iterator[None]:
    with override_settings(STRIPE_WEBHOOK_SECRET=SECRET), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(person) -> User:
    return person("reader", email="reader@example.org")


def stamp(moment: datetime) -> int:
    return int(moment.timestamp())


def subscription(status: str = "active", *, until: datetime = MONTH_END, **differing: Any) -> dict[str, Any]:
    """A subscription as Stripe's API of today describes it, with what matters here."""
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": "cus_1",
        "status": status,
        "created": stamp(START),
        "start_date": stamp(START),
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "items": {
            "object": "list",
            "data": [
                {"id": "si_1", "current_period_start": stamp(START), "current_period_end": stamp(until)},
            ],
        },
    } | differing


def event(kind: str, about: dict[str, Any], *, at: datetime = NOW) -> dict[str, Any]:
    return {
        "id": f"evt_{kind}_{stamp(at)}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": stamp(at),
        "livemode": True,
        "type": kind,
        "data": {"object": about},
    }


def subscribed(kind: str, status: str = "active", *, at: datetime = NOW, **differing: Any) -> dict[str, Any]:
    return event(f"customer.subscription.{kind}", subscription(status, **differing), at=at)


def checkout(person: object, **differing: Any) -> dict[str, Any]:
    session = {
        "id": "cs_1",
        "object": "checkout.session",
        "mode": "subscription",
        "client_reference_id": person and str(person),
        "customer": "cus_1",
        "subscription": "sub_1",
        "payment_status": "paid",
    }
    return event("checkout.session.completed", session | differing)


def send(told: dict[str, Any] | str, *, secret: str = SECRET, signed_at: datetime | None = None, header: str = ""):
    """What Stripe does: the event's text, and its signature with the moment it was made."""
    text = told if isinstance(told, str) else json.dumps(told)
    signed_at = signed_at or datetime.now(UTC)
    header = header or stripe.WebhookSignature.generate_signature_header(text, secret, stamp(signed_at))
    return Client().post(
        "/webhooks/stripe/", text, content_type="application/json", headers={"Stripe-Signature": header}
    )


def take(*events: dict[str, Any]) -> None:
    for told in events:
        answer = send(told)
        assert (answer.status_code, answer.content) == (200, b"Thank you.")


def spans() -> list[tuple[User | None, str, datetime, datetime | None]]:
    found = Subscription.objects.order_by("pk")
    return [(one.person, one.stripe_status, one.starts_at, one.ends_at) for one in found]


# A subscription's life ---------------------------------------------------------------------------------


def test_a_checkout_starts_a_subscription_that_ends_an_hour_after_its_period(reader: User) -> None:
    take(checkout(reader.pk), subscribed("created"))
    assert spans() == [(reader, "active", START, MONTH_END + AN_HOUR)]
    assert is_subscriber(User.objects.get())
    with time_machine.travel(MONTH_END + AN_HOUR):
        assert not is_subscriber(User.objects.get())


def test_a_renewal_prolongs_it(reader: User) -> None:
    take(checkout(reader.pk), subscribed("created"))
    next_end = MONTH_END + timedelta(days=31)
    with time_machine.travel(MONTH_END):
        take(subscribed("updated", at=MONTH_END, until=next_end))
    assert spans() == [(reader, "active", START, next_end + AN_HOUR)]


def test_a_cancelled_one_runs_to_the_end_of_its_period_and_no_longer(reader: User) -> None:
    ending = {"cancel_at_period_end": True, "cancel_at": stamp(MONTH_END)}
    take(checkout(reader.pk), subscribed("updated", **ending))
    assert spans() == [(reader, "active", START, MONTH_END)]
    take(subscribed("updated", at=NOW + AN_HOUR))  # the reader has thought better of it
    assert spans() == [(reader, "active", START, MONTH_END + AN_HOUR)]
    take(subscribed("updated", at=NOW + 2 * AN_HOUR, cancel_at_period_end=True))
    assert spans() == [(reader, "active", START, MONTH_END)]


def test_it_ends_at_once_when_it_is_deleted(reader: User) -> None:
    take(checkout(reader.pk), subscribed("created", at=START), subscribed("deleted", ended_at=stamp(NOW)))
    assert spans() == [(reader, "canceled", START, NOW)]
    assert not is_subscriber(User.objects.get())


@pytest.mark.parametrize(
    ("status", "ends_at"),
    [
        ("trialing", MONTH_END + AN_HOUR),
        ("past_due", MONTH_END),
        ("unpaid", NOW),
        ("paused", NOW),
        ("incomplete", NOW),
        ("incomplete_expired", NOW),
        ("canceled", NOW),
        ("a word that Stripe has not used yet", NOW),
    ],
)
def test_each_status_gives_its_right(reader: User, status: str, ends_at: datetime) -> None:
    take(checkout(reader.pk), subscribed("created", at=START), subscribed("updated", status))
    assert spans() == [(reader, status, START, ends_at)]
    assert is_subscriber(User.objects.get()) == (ends_at > NOW)


def test_a_first_payment_that_fails_at_once_gives_no_right_at_all(reader: User) -> None:
    take(checkout(reader.pk), subscribed("created", "incomplete", at=START))
    assert spans() == [(reader, "incomplete", START, START + timedelta(seconds=1))]
    assert not is_subscriber(User.objects.get())
    take(subscribed("updated", at=START))
    assert spans() == [(reader, "active", START, MONTH_END + AN_HOUR)]


def test_the_shape_of_older_versions_of_the_api_is_read_too() -> None:
    older = subscription(current_period_end=stamp(MONTH_END))
    older["items"] = {"object": "list", "data": [{"id": "si_1"}]}
    del older["start_date"]
    told = read(event("customer.subscription.created", older))
    assert told == SubscriptionTold(
        stripe_id="sub_1",
        customer="cus_1",
        status="active",
        starts_at=START,
        ends_at=MONTH_END + AN_HOUR,
        told_at=NOW,
        is_first=True,
    )


def test_of_several_items_the_longest_counts() -> None:
    several = subscription()
    several["items"]["data"].append({"id": "si_2", "current_period_end": stamp(MONTH_END + timedelta(days=335))})
    told = read(event("customer.subscription.updated", several))
    assert isinstance(told, SubscriptionTold)
    assert told.ends_at == MONTH_END + timedelta(days=335) + AN_HOUR


# Twice, late, out of order, at once --------------------------------------------------------------------


def test_the_same_event_twice_changes_nothing(reader: User) -> None:
    events = [checkout(reader.pk), subscribed("created"), subscribed("updated", "past_due", at=NOW + AN_HOUR)]
    take(*events)
    once = spans()
    take(*events, *events)
    assert spans() == once == [(reader, "past_due", START, MONTH_END)]
    assert StripeCustomer.objects.count() == 1


def test_a_renewal_costs_six_queries(reader: User, django_assert_num_queries) -> None:
    take(checkout(reader.pk), subscribed("created"))
    with django_assert_num_queries(6):
        take(subscribed("updated", at=NOW + AN_HOUR))


LIFE = [
    subscribed("created", "incomplete", at=START),
    subscribed("updated", at=START),
    subscribed("updated", "past_due", at=START + AN_HOUR),
]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_whatever_order_they_come_the_newest_word_counts(reader: User, order) -> None:
    events = [checkout(reader.pk), *LIFE]
    take(*(events[number] for number in order))
    assert spans() == [(reader, "past_due", START, MONTH_END)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_one_second_the_word_that_it_is_new_is_the_oldest(reader: User, order) -> None:
    events = [checkout(reader.pk), *LIFE[:2]]
    take(*(events[number] for number in order))
    assert spans() == [(reader, "active", START, MONTH_END + AN_HOUR)]


@pytest.mark.django_db(transaction=True)
def test_of_checkout_and_subscription_at_once_neither_misses_the_other(reader: User, monkeypatch) -> None:
    """Each has written down its part, and has not yet looked for the other's."""
    both_are_written, look = threading.Barrier(2, timeout=10), billing._hand_over

    def look_together(customer: str) -> bool:
        both_are_written.wait()
        return look(customer)

    def told(event: dict[str, Any]) -> None:
        answers.append(send(event).status_code)
        connection.close()

    answers: list[int] = []
    monkeypatch.setattr(billing, "_hand_over", look_together)
    events = (checkout(reader.pk), subscribed("created"))
    tellers = [threading.Thread(target=told, args=(event,)) for event in events]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    assert answers == [200, 200]
    assert spans() == [(reader, "active", START, MONTH_END + AN_HOUR)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_has_ended_stays_ended(reader: User, order) -> None:
    ended = subscribed("deleted", at=START + AN_HOUR, ended_at=stamp(START + AN_HOUR))
    events = [*LIFE[1:], ended]
    take(checkout(reader.pk), *(events[number] for number in order))
    assert spans() == [(reader, "canceled", START, START + AN_HOUR)]


# Whose it is -------------------------------------------------------------------------------------------


def test_an_unknown_customer_is_kept_for_an_editor_who_says_who_it_is(
    editor: User, reader: User, signed_in, caplog
) -> None:
    with caplog.at_level(logging.WARNING):
        take(subscribed("created"))
    assert "nobody is known as the customer cus_1 of sub_1" in caplog.text
    assert spans() == [(None, "active", START, MONTH_END + AN_HOUR)]

    desk, nobodys = signed_in(editor), Subscription.objects.get()
    page = desk.get("/admin/subscriptions/subscription/?person__isempty=1").content.decode()
    assert "sub_1" in page
    change = f"/admin/subscriptions/subscription/{nobodys.pk}/change/"
    assert 'name="ends_at_0"' not in desk.get(change).content.decode()
    assert "This field is required." in desk.post(change, {"person": "", "note": ""}).content.decode()
    assert desk.post(change, {"person": reader.pk, "note": "By telephone"}).status_code == 302
    assert spans() == [(reader, "active", START, MONTH_END + AN_HOUR)]

    take(subscribed("created", id="sub_2"))  # the same customer comes back
    assert [whose for whose, *_ in spans()] == [reader, reader]


@pytest.mark.parametrize("number", ["999999", "reader", "-1", "9" * 30, "\u0661"])
def test_a_checkout_that_names_nobody_is_no_error(reader: User, number: str, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        take(checkout(number), subscribed("created"))
    assert "who is nobody here" in caplog.text
    assert [whose for whose, *_ in spans()] == [None]


@pytest.mark.parametrize(
    "other", [{"mode": "payment"}, {"client_reference_id": None}, {"customer": None}], ids=str
)
def test_a_checkout_of_something_else_is_none_of_ours(reader: User, other: dict[str, Any]) -> None:
    take(checkout(reader.pk, **other))
    assert StripeCustomer.objects.count() == 0


def test_what_editors_have_granted_is_not_touched(reader: User) -> None:
    granted = Subscription.objects.create(person=reader, starts_at=START, note="Prize")
    take(checkout(reader.pk), subscribed("created", at=START), subscribed("deleted", ended_at=stamp(NOW)))
    granted.refresh_from_db()
    assert (granted.starts_at, granted.ends_at, granted.note, granted.stripe_id) == (START, None, "Prize", "")
    assert is_subscriber(User.objects.get())


def test_editors_grant_to_somebody_and_for_a_while(editor: User, reader: User, signed_in) -> None:
    desk, add = signed_in(editor), "/admin/subscriptions/subscription/add/"
    span = {"starts_at_0": "2026-11-01", "starts_at_1": "00:00", "ends_at_0": "2026-11-01", "ends_at_1": "00:00"}
    assert "This field is required." in desk.post(add, span).content.decode()
    refused = desk.post(add, span | {"person": reader.pk}).content.decode()
    assert "A subscription must end after it starts." in refused
    assert desk.post(add, span | {"person": reader.pk, "ends_at_0": "2026-12-01"}).status_code == 302
    assert spans() == [(reader, "", datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))]


# What is refused ---------------------------------------------------------------------------------------


def test_without_a_secret_the_address_is_not_there(reader: User, caplog) -> None:
    with override_settings(STRIPE_WEBHOOK_SECRET=""), caplog.at_level(logging.WARNING):
        assert send(subscribed("created"), secret="").status_code == 404
    assert "STRIPE_WEBHOOK_SECRET is not set" in caplog.text
    assert spans() == []


EMPTY = json.dumps(subscribed("created"))


@pytest.mark.parametrize(
    "header",
    [
        "nonsense",
        "t=,v1=",
        "t=1,v1=é",
        f"t={stamp(NOW)}",
        f"t={stamp(NOW)},v0=" + "0" * 64,
        f"t={stamp(NOW)},v1=" + "0" * 64,
        stripe.WebhookSignature.generate_signature_header(EMPTY, "whsec_of-another-site", stamp(NOW)),
        stripe.WebhookSignature.generate_signature_header(EMPTY + " ", SECRET, stamp(NOW)),
        stripe.WebhookSignature.generate_signature_header(EMPTY, SECRET, stamp(NOW) - 301),
        "t=99999999999,"
        + stripe.WebhookSignature.generate_signature_header(EMPTY, SECRET, stamp(NOW)).partition(",")[2],
    ],
)
def test_a_forged_altered_or_old_signature_is_refused_in_words(header: str) -> None:
    answer = send(EMPTY, header=header)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert answer.content.decode().startswith("This is not signed by Stripe for this address, or not within")
    assert spans() == []


def test_a_replay_within_five_minutes_is_harmless_and_later_refused(reader: User) -> None:
    take(checkout(reader.pk))
    text = json.dumps(subscribed("created", at=START))
    header = stripe.WebhookSignature.generate_signature_header(text, SECRET, stamp(NOW))
    assert send(text, header=header).status_code == 200
    take(subscribed("deleted", ended_at=stamp(NOW)))
    with time_machine.travel(NOW + timedelta(seconds=299)):
        assert send(text, header=header).status_code == 200
    with time_machine.travel(NOW + timedelta(seconds=302)):
        assert send(text, header=header).status_code == 400
    assert spans() == [(reader, "canceled", START, NOW)]


def test_a_request_without_signature_is_refused(client: Client) -> None:
    answer = client.post("/webhooks/stripe/", EMPTY, content_type="application/json")
    assert answer.status_code == 400
    assert client.post("/webhooks/stripe/", b"\xff\xfe", content_type="application/json").status_code == 400


def test_the_address_is_for_posting_and_asks_for_no_token_of_forms() -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.get("/webhooks/stripe/").status_code == 405
    header = stripe.WebhookSignature.generate_signature_header(EMPTY, SECRET, stamp(NOW))
    answer = browser.post(
        "/webhooks/stripe/", EMPTY, content_type="application/json", headers={"Stripe-Signature": header}
    )
    assert answer.status_code == 200


def test_an_oversized_body_is_turned_away_unread() -> None:
    assert send(subscribed("created", note="x" * 300_000)).status_code == 413
    assert spans() == []


@pytest.mark.parametrize(
    "kind", ["invoice.paid", "customer.subscription.trial_will_end", "v2.core.account.updated"]
)
def test_events_that_say_nothing_of_a_right_are_thanked_for(kind: str) -> None:
    take(event(kind, {"object": "whatever"}))
    assert spans() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "null",
        '{"object": "event"}',
        json.dumps(event("customer.subscription.updated", {})),
        json.dumps(subscribed("updated", items=None)),
        json.dumps(subscribed("updated", items={"data": [None]})),
        json.dumps(subscribed("updated", items={"data": []})),
        json.dumps(subscribed("updated", id="s" * 256)),
        json.dumps(subscribed("updated", customer={"id": "cus_1"})),
        json.dumps(subscribed("updated", start_date="soon")),
        json.dumps(subscribed("updated", cancel_at=10**30)),
        json.dumps(subscribed("updated") | {"data": None}),
        json.dumps(subscribed("updated") | {"created": None}),
    ],
)
def test_signed_but_unreadable_is_refused_so_that_the_owner_hears_of_it(text: str) -> None:
    answer = send(text)
    assert (answer.status_code, answer.content) == (400, b"This is signed, but it cannot be read.")
    assert spans() == []


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Unreadable, match="KeyError: 'status'"):
        read(event("customer.subscription.updated", {"id": "sub_1"}))


# Settings, and the way to the payment page -------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "link", "found"),
    [
        ("", "", []),
        (SECRET, "https://buy.example/1", []),
        ("sk_live_1", "", ["subscriptions.W001"]),
        ("", "https://buy.example/1", ["subscriptions.W002"]),
    ],
)
def test_what_does_not_fit_together_is_named(secret: str, link: str, found: list[str]) -> None:
    with override_settings(STRIPE_WEBHOOK_SECRET=secret, STRIPE_PAYMENT_LINK=link):
        assert [message.id for message in check_settings(None)] == found
        assert [message.id for message in run_checks()] == found


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (
            "https://buy.example/1",
            "https://buy.example/1?client_reference_id={}&amp;prefilled_email=reader%40example.org",
        ),
        ("https://buy.example/1?locale=fa", "https://buy.example/1?locale=fa&amp;client_reference_id={}&amp;"),
    ],
)
def test_the_own_page_leads_to_the_payment_page_until_there_is_a_subscription(
    reader: User, signed_in, link: str, address: str
) -> None:
    client = signed_in(reader)
    assert ">Subscribe<" not in client.get("/accounts/").content.decode()
    with override_settings(STRIPE_PAYMENT_LINK=link):
        assert f'href="{address.format(reader.pk)}' in client.get("/accounts/").content.decode()
        take(checkout(reader.pk), subscribed("created"))
        page = client.get("/accounts/").content.decode()
        assert ">Subscribe<" not in page
        assert "Your subscription runs until 2026/12/19." in page


def test_the_wall_leads_a_stranger_to_an_account_before_the_payment(client: Client, articles) -> None:
    with override_settings(STRIPE_PAYMENT_LINK="https://buy.example/1"):
        for article in articles[:6]:
            page = client.get(article.get_absolute_url()).content.decode()
    assert '<a class="button" href="/accounts/signup/?next=%2Faccounts%2F">Subscribe</a>' in page
