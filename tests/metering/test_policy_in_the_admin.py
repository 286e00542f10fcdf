"""The owner at work in the admin: meters, rules, the preview, the history."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management.color import no_style
from django.db import IntegrityError, connection
from django.test import Client

from metering.models import Meter, PolicyVersion, Rule
from newsroom.articles.models import Article, Section, Tag

pytestmark = pytest.mark.django_db

METER, RULES, HISTORY = (f"/admin/metering/{model}/" for model in ("meter", "rule", "policyversion"))


@pytest.fixture
def owner(person, signed_in) -> Client:
    return signed_in(person("owner", "Owner", is_staff=True))


def typed(client: Client, address: str) -> dict[str, Any]:
    """What the form at this address would send as it stands."""
    form = client.get(address).context["adminform"].form
    values = {field.name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def errors(page: Any) -> dict[str, list[str]]:
    return page.context["adminform"].form.errors


def test_each_saved_change_stands_in_the_history_and_can_be_taken_back(owner: Client, article: Article) -> None:
    owner.get(METER)
    assert owner.post(f"{METER}1/change/", typed(owner, f"{METER}1/change/") | {"limit": 3}).status_code == 302
    assert "You have read 1 of 3 free" in Client().get(article.get_absolute_url()).content.decode()
    page = owner.get(HISTORY).content.decode()
    assert "The site&#x27;s meter: free articles 5 → 3" in page
    assert ">owner<" in page
    first = PolicyVersion.objects.earliest("pk")
    detail = owner.get(f"{HISTORY}{first.pk}/change/").content.decode()
    assert "<td>free articles</td><td>3</td><td>5</td>" in detail
    assert owner.post(f"{HISTORY}{first.pk}/revert/").status_code == 302
    assert "You have read 1 of 5 free" in Client().get(article.get_absolute_url()).content.decode()
    assert PolicyVersion.objects.count() == 3


def test_only_who_may_change_the_meter_takes_a_change_back(owner: Client, person, signed_in) -> None:
    owner.get(METER)
    owner.post(f"{METER}1/change/", typed(owner, f"{METER}1/change/") | {"limit": 3})
    first = PolicyVersion.objects.earliest("pk")
    editor = signed_in(person("editor", "Editor", is_staff=True))
    assert editor.post(f"{HISTORY}{first.pk}/revert/").status_code == 403
    assert editor.post(f"{METER}preview/", {"meter": "1"}).status_code == 403
    assert owner.get(f"{HISTORY}{first.pk}/revert/").status_code == 405
    assert Meter.objects.get().limit == 3


def test_the_form_shows_what_readers_will_see_before_it_is_saved(owner: Client) -> None:
    owner.get(METER)
    page = owner.get(f"{METER}1/change/").content.decode()
    assert "You have read 5 of 5 free articles" in page
    assert "You have read 10 of 10 free articles" in page
    sent = typed(owner, f"{METER}1/change/") | {"meter": "1", "limit": 3, "period": "month"}
    preview = owner.post(f"{METER}preview/", sent).content.decode()
    assert "You have read 1 of 3 free articles" in preview
    assert "This is your last free article." in preview
    assert preview.count("meter-walled") == 2
    assert Meter.objects.get().limit == 5
    assert "no limit" not in owner.post(f"{METER}preview/", sent | {"limit": ""}).content.decode()
    assert (
        "All articles are free to read."
        in owner.post(
            f"{METER}preview/", {name: value for name, value in sent.items() if name != "is_on"}
        ).content.decode()
    )
    wrong = owner.post(f"{METER}preview/", sent | {"registered_limit": 2}).content.decode()
    assert "Readers who register would have fewer free articles" in wrong


def test_sections_tags_and_authors_are_chosen_and_what_is_gone_is_said(owner: Client, section: Section) -> None:
    tag = Tag.objects.create(name="Harbour fair", slug="harbour-fair")
    form = owner.get(f"{RULES}add/").content.decode()
    assert f'<option value="{section.pk}">Harbour</option>' in form
    sent = {"name": "Fair", "is_on": "on", "effect": "include", "meter": "1", "priority": "0", "tag": str(tag.pk)}
    assert owner.post(f"{RULES}add/", sent).status_code == 302
    assert "tag: Harbour fair" in owner.get(RULES).content.decode()
    refused = owner.post(f"{RULES}add/", sent | {"name": "Other", "priority": "1", "section": "999999"})
    assert errors(refused) == {"section": ["This one is not there any more. Choose another."]}
    refused = owner.post(f"{RULES}add/", sent | {"name": "Other"})
    assert errors(refused) == {
        "__all__": ["Another rule has this priority already: nobody could say which one decides."]
    }
    tag.delete()
    assert "tag: not there any more" in owner.get(RULES).content.decode()


def test_a_rule_is_made_and_deleted_with_its_line_in_the_history(owner: Client, article: Article) -> None:
    sent = {"name": "Harbour", "is_on": "on", "effect": "exclude", "meter": "1", "priority": "0"}
    owner.get(METER)
    assert owner.post(f"{RULES}add/", sent | {"section": str(article.section.pk)}).status_code == 302
    assert 'data-reason="unmetered"' in Client().get(article.get_absolute_url()).content.decode()
    rule = Rule.objects.get()
    assert owner.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"}).status_code == 302
    assert 'data-reason="read_spent"' in Client().get(article.get_absolute_url()).content.decode()
    notes = [line for line in owner.get(HISTORY).content.decode().split("<td") if "Harbour:" in line]
    assert len(notes) == 2


def test_a_further_meter_is_added_and_the_sites_own_cannot_go(owner: Client) -> None:
    assert owner.get(METER).status_code == 302
    sent = {"name": "Investigations", "is_on": "on", "limit": "1", "period": "month", "days": "30"}
    assert owner.post(f"{METER}add/", sent | {"first_weekday": "0"}).status_code == 302
    page = owner.get(METER).content.decode()
    assert "1 free, calendar month" in page
    assert owner.post(f"{METER}1/delete/", {"post": "yes"}).status_code == 403
    further = Meter.objects.get(name="Investigations")
    assert owner.post(f"{METER}{further.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Meter.objects.count() == 1


def test_the_first_further_meter_of_a_new_site_has_a_key_of_its_own() -> None:
    with connection.cursor() as cursor:
        anew = [{"table": Meter._meta.db_table, "column": "id"}]
        for statement in connection.ops.sequence_reset_by_name_sql(no_style(), anew):
            cursor.execute(statement)
    Meter.objects.get_or_create(pk=1)
    assert Meter.objects.create(name="Investigations").pk != 1


def test_two_rules_of_one_priority_cannot_be_saved_past_the_form_either() -> None:
    Meter.objects.get_or_create(pk=1)
    Rule.objects.create(name="One", priority=1)
    Rule.objects.create(name="Opens", priority=1, effect="exclude")
    with pytest.raises(IntegrityError):
        Rule.objects.create(name="Other", priority=1)


def test_the_settings_lead_to_the_meter_at_work(owner: Client, person, signed_in) -> None:
    owner.get(METER)
    page = owner.get(f"{METER}1/change/").content.decode()
    pages = [f"{METER}numbers/", f"{METER}coverage/", f"{METER}simulate/", "/admin/metering/wall/"]
    assert [address for address in pages if f'<li><a href="{address}">' in page] == pages
    assert [owner.get(address).status_code for address in pages] == [200] * 4
    helper = person("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_meter"))
    page = signed_in(helper).get(f"{METER}1/change/").content.decode()
    assert [address for address in pages if f'<li><a href="{address}">' in page] == pages[:3]
    assert "Try these settings" not in page


def test_a_number_that_is_none_leads_nowhere(owner: Client) -> None:
    """A raised two passes for a digit, and no database takes it for a number."""
    Meter.objects.get_or_create(pk=1)
    for table in ("meter", "policyversion", "wall"):
        assert owner.get(f"/admin/metering/{table}/²/change/").status_code in (302, 404)
    assert owner.post("/admin/metering/meter/preview/", {"meter": "²"}).status_code == 200
