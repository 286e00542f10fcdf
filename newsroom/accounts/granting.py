"""What migrations do when a new model comes: the groups that work with it get its permissions."""

from collections.abc import Callable
from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions


def grant(group: str, label: str, *codenames: str) -> Callable[[Any, Any], None]:
    """A step for `RunPython` that gives a group these permissions of an app."""

    def give(apps: Any, schema_editor: Any) -> None:
        using = schema_editor.connection.alias
        # Permissions are made after all migrations; the group needs them now.
        create_permissions(installed.get_app_config(label), apps=apps, verbosity=0, using=using)
        found = apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label=label, codename__in=codenames
        )
        apps.get_model("auth", "Group").objects.get_or_create(name=group)[0].permissions.add(*found)

    return give
