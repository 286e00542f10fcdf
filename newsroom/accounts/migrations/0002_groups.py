"""The four groups of people who work on the site, each with what its work needs."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

EDITING = {
    "articles": [
        f"{verb}_{model}"
        for model in ("article", "correction", "tag", "author")
        for verb in ("add", "change", "view", "delete")
    ]
    + ["view_section", "add_section", "change_section"],
    "subscriptions": ["add_subscription", "change_subscription", "view_subscription"],
    "accounts": ["view_user"],
}
READING_COMMENTS = {"comments": ["view_comment", "view_thread", "view_decision"], "articles": ["view_article"]}
MODERATING = {
    "comments": [*READING_COMMENTS["comments"], "moderate_comment", "change_thread"],
    "articles": READING_COMMENTS["articles"],
}
OWNING = {
    "metering": ["view_meter", "change_meter", "view_read"],
    "accounts": ["add_user", "change_user", "view_user"],
}

GROUPS = {
    "Editor": [EDITING, MODERATING],
    "Moderator": [MODERATING],
    # What a section moderator may decide is set with the sections; until then the group reads.
    "Section moderator": [READING_COMMENTS],
    "Owner": [EDITING, MODERATING, OWNING],
}


def make_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    # Permissions are made after all migrations; the groups need them now.
    for label in ("accounts", "articles", "subscriptions", "comments", "metering"):
        create_permissions(
            installed.get_app_config(label), apps=apps, verbosity=0, using=schema_editor.connection.alias
        )
    for name, parts in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for part in parts:
            for label, codenames in part.items():
                group.permissions.add(
                    *Permission.objects.filter(content_type__app_label=label, codename__in=codenames)
                )


def leave_groups(apps, schema_editor):
    """Nothing to undo: people may have been put into the groups since."""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("articles", "0001_initial"),
        ("subscriptions", "0001_initial"),
        ("comments", "0001_initial"),
        ("metering", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, leave_groups)]
