"""How the owner changes the meters and the rules: each change is dated, says who made it, and can be taken back.

with governing.change(by=request.user):
    meter.save()
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.python import Deserializer, Serializer
from django.db import models, router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from metering.models import EDITIONS, SITE_METER, Meter, PolicyVersion, Rule

State = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""`{"meters": {"1": {field: value}}, "rules": {"7": {field: value}}}`, values as JSON has them."""


@dataclass(frozen=True)
class Difference:
    """One value that a version changed. `what` is the meter or rule by name, `field` its field's name."""

    what: str
    field: str
    before: str
    after: str


@contextmanager
def change(*, by: Any, note: str = "") -> Iterator[None]:
    """Whatever is done to meters and rules within is one version of the policy, by this person.

    All or nothing; two owners at once wait for each other. What changes nothing leaves no version.
    Costs five queries beside the change.
    """
    database = router.db_for_write(Meter)
    with transaction.atomic(using=database):
        Meter.objects.get_or_create(pk=SITE_METER)
        Meter.objects.select_for_update().get(pk=SITE_METER)
        before = state()
        if not PolicyVersion.objects.exists():
            PolicyVersion.objects.create(
                at=timezone.now(), note=_("As it was before the first change."), state=before
            )
        yield
        after = state()
        if after != before:
            PolicyVersion.objects.create(at=timezone.now(), by=by, note=note, state=after)


def revert(version: PolicyVersion, *, by: Any) -> None:
    """Makes meters and rules say again what they said in this version; that is a new version.

    What was made since is deleted, but for a meter that has counted reads: without a rule that names
    it, it rests.
    """
    told = _("Back to what held from %(moment)s.") % {"moment": f"{timezone.localtime(version.at):%Y-%m-%d %H:%M}"}
    with change(by=by, note=told):
        _restore(Meter, version.state["meters"])
        Rule.objects.all().delete()  # two rules may have swapped their priorities since
        _restore(Rule, version.state["rules"])
        Meter.objects.exclude(pk__in=version.state["meters"]).filter(reads=None, walls=None).delete()


def held_at(moment: datetime) -> PolicyVersion | None:
    """The version that held at this moment; None where nothing has ever been changed. One query or two."""
    # Before the first change it was as the first version says, which was written down with that change.
    return PolicyVersion.objects.filter(at__lte=moment).first() or PolicyVersion.objects.last()


def state() -> dict[str, dict[str, dict[str, Any]]]:
    """What meters and rules say now."""
    return {"meters": _said_by(Meter), "rules": _said_by(Rule)}


def differences(before: State, after: State) -> list[Difference]:
    """What is not the same in two versions, in the words of the admin."""
    return [
        Difference(_named(kind, key, before, after), _told_name(model, name), _told(old), _told(new))
        for kind, model in (("meters", Meter), ("rules", Rule))
        for key in sorted(before[kind].keys() | after[kind].keys(), key=int)
        for name, old, new in _changed(before[kind].get(key), after[kind].get(key))
    ]


def _changed(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[tuple[str, Any, Any]]:
    if old is None or new is None:
        yield "", _("was there") if old else _("was not there"), _("is there") if new else _("is deleted")
        return
    for name in {**old, **new}:  # in the order of the form
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _named(kind: str, key: str, before: State, after: State) -> str:
    return str((after[kind].get(key) or before[kind].get(key) or {}).get("name", key))


def _told_name(model: type[models.Model], name: str) -> str:
    named = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    return named.get(name, name)  # of a field that is gone there is only the name


def _told(value: Any) -> str:
    return _("empty") if value in (None, "") else str(value)


def _said_by(model: type[models.Model]) -> dict[str, dict[str, Any]]:
    fields = [field.name for field in model._meta.concrete_fields if field.name not in EDITIONS]
    rows = Serializer().serialize(model._default_manager.order_by("pk"), fields=fields)
    return {str(row["pk"]): _plain(row["fields"]) for row in rows}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _restore(model: type[models.Model], rows: Mapping[str, Mapping[str, Any]]) -> None:
    told = [{"model": model._meta.label_lower, "pk": pk, "fields": rows[pk]} for pk in rows]
    # What an earlier release has said of fields that are gone is left out.
    for found in Deserializer(told, ignorenonexistent=True):
        known = [field.name for field in model._meta.concrete_fields if field.name in rows[str(found.object.pk)]]
        if not model._default_manager.filter(pk=found.object.pk).exists():
            found.object.save(force_insert=True)
        else:
            found.object.save(update_fields=known)
