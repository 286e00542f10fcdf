"""Who reads from the network of an institution reads everything; an institution without networks is nobody's."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from metering.models import Institution, Meter, Read
from metering.network_lists import networks_in, one_network_a_line
from newsroom.articles.models import Article

pytestmark = pytest.mark.django_db

CAMPUS = "192.0.2.0/24  # the library\n2001:db8:7::/48"


@pytest.fixture
def reason(article: Article) -> Callable[..., str]:
    def ask(address: str, **more: str) -> str:
        page = Client(REMOTE_ADDR=address, **more).get(article.get_absolute_url()).content.decode()
        return page.split('data-reason="')[1].split('"')[0]

    return ask


@pytest.mark.parametrize("address", ["192.0.2.77", "2001:db8:7::1", "::ffff:192.0.2.77"])
def test_a_reader_on_campus_reads_everything(articles, address: str) -> None:
    Institution.objects.create(name="University", networks=CAMPUS)
    Article.objects.filter(pk=articles[0].pk).update(policy=Article.Policy.SUBSCRIBERS)
    client = Client(REMOTE_ADDR=address)
    for article in articles:
        page = client.get(article.get_absolute_url()).content.decode()
        assert 'data-access="open" data-reason="institution"' in page
        assert "the network you are in has access" in page
    assert client.get("/api/v1/meter/").json()["unlimited"] is True
    assert Read.objects.count() == 0
    assert "reader" not in client.cookies


@pytest.mark.parametrize("address", ["192.0.3.1", "2001:db8:8::1", "", "nonsense"])
def test_everybody_else_is_counted(reason, address: str) -> None:
    Institution.objects.create(name="University", networks=CAMPUS)
    assert reason(address) == "read_spent"


@pytest.mark.parametrize("networks", ["", "\n  \n# nothing yet"])
def test_an_empty_institution_matches_nobody(reason, networks: str) -> None:
    Institution.objects.create(name="University", networks=networks)
    assert [reason(address) for address in ("192.0.2.77", "::1", "")] == ["read_spent"] * 3


def test_a_forged_forwarded_header_takes_nobody_to_campus(reason) -> None:
    Institution.objects.create(name="University", networks=CAMPUS)
    forged = {"headers": {"X-Forwarded-For": "192.0.2.77"}}
    assert reason("203.0.113.9", **forged) == "read_spent"
    with override_settings(METERING={"TRUSTED_PROXIES": ["10.0.0.1"]}):
        assert reason("10.0.0.1", headers={"X-Forwarded-For": "192.0.2.77, 203.0.113.9"}) == "read_spent"
        assert reason("10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.77"}) == "institution"


def test_every_change_of_the_list_holds_at_the_next_request(reason) -> None:
    told = []
    campus = Institution.objects.create(name="University", networks=CAMPUS)
    told.append(reason("192.0.2.77"))
    campus.networks = "198.51.100.0/24"
    campus.save()
    told.append(reason("192.0.2.77"))
    Institution.objects.update(networks=CAMPUS)
    told.append(reason("192.0.2.77"))
    campus.refresh_from_db()
    campus.is_active = False
    campus.save()
    told.append(reason("192.0.2.77"))
    Institution.objects.bulk_create([Institution(name="Library", networks=CAMPUS)])
    told.append(reason("192.0.2.77"))
    Institution.objects.all().delete()
    told.append(reason("192.0.2.77"))
    assert told == ["institution", "read_spent"] * 3


def test_a_change_that_is_rolled_back_has_never_been(reason) -> None:
    Institution.objects.create(name="University", networks="198.51.100.0/24")
    with transaction.atomic():
        Institution.objects.update(networks=CAMPUS)
        assert reason("192.0.2.77") == "institution"
        transaction.set_rollback(True)
    assert reason("192.0.2.77") == "read_spent"


@pytest.mark.parametrize("institutions", [0, 1, 30])
def test_institutions_cost_no_query(article, institutions: int) -> None:
    for number in range(institutions):
        Institution.objects.create(name=f"Campus {number}", networks=f"192.0.{number}.0/24")
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.get(article.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        client.get(article.get_absolute_url())
    assert sum("metering_" in query["sql"] for query in captured.captured_queries) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0.0.0.0/0", "“0.0.0.0/0” is a large part of the Internet. The widest network here is a /8."),
        ("::/0", "“::/0” is a large part of the Internet. The widest network here is a /16."),
        ("128.0.0.0/1", "“128.0.0.0/1” is a large part of the Internet. The widest network here is a /8."),
        ("192.0.2.7/24", "“192.0.2.7/24” names one machine and a network. Is 192.0.2.0/24 meant?"),
        ("the library", "“the library” is no network such as 192.0.2.0/24 or 2001:db8::/48."),
        ("192.0.2.9-192.0.2.1", "“192.0.2.9-192.0.2.1” is no range such as 192.0.2.1-192.0.2.40."),
        ("192.0.2.9-2001:db8::", "“192.0.2.9-2001:db8::” is no range such as 192.0.2.1-192.0.2.40."),
        (
            "0.0.0.0-255.255.255.255",
            "“0.0.0.0-255.255.255.255” is a large part of the Internet. The widest network here is a /8.",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words_and_matches_nobody(reason, line: str, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        one_network_a_line(f"192.0.2.0/24\n\n{line}")
    assert refused.value.messages == [f"Line 3: {told}"]
    Institution.objects.create(name="Let in by a script", networks=line)
    assert reason("203.0.113.9") == "read_spent"


def test_a_list_is_read_as_a_librarian_writes_it() -> None:
    written = " 192.0.2.0/24 # reading room\r\n\r\n192.0.3.7\n192.0.4.0 - 192.0.4.2\n2001:DB8::/32"
    assert [str(network) for network in networks_in(written)] == [
        "192.0.2.0/24",
        "192.0.3.7/32",
        "192.0.4.0/31",
        "192.0.4.2/32",
        "2001:db8::/32",
    ]


def test_an_owner_adds_an_institution_and_is_told_what_is_wrong(person, signed_in, reason) -> None:
    owner = signed_in(person("owner", "Owner", is_staff=True))
    typed = {"name": "University", "is_active": "on", "networks": "0.0.0.0/0"}
    refused = owner.post("/admin/metering/institution/add/", typed).content.decode()
    assert "Line 1: “0.0.0.0/0” is a large part of the Internet." in refused
    assert owner.post("/admin/metering/institution/add/", typed | {"networks": CAMPUS}).status_code == 302
    assert reason("192.0.2.77") == "institution"


def test_an_owner_who_saves_the_meter_does_not_take_back_an_edition(person, signed_in, monkeypatch) -> None:
    """The form was read before another process changed the list, and is written after it."""
    Meter.objects.create(pk=1)
    owner = signed_in(person("owner", "Owner", is_staff=True))
    page = owner.get("/admin/metering/meter/1/change/")
    typed = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    clean = Meter.full_clean

    def meanwhile(meter: Meter, *args: object, **options: object) -> None:
        clean(meter, *args, **options)
        Institution.objects.create(name="University", networks=CAMPUS)

    monkeypatch.setattr(Meter, "full_clean", meanwhile)
    before = Meter.objects.get().institutions_edition
    assert owner.post("/admin/metering/meter/1/change/", typed | {"limit": 3}).status_code == 302
    meter = Meter.objects.get()
    assert (meter.limit, meter.institutions_edition != before) == (3, True)
