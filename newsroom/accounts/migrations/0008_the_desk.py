"""What the groups need at the moderators' desk, and what of it the owner settles."""

from django.db import migrations

from newsroom.accounts.granting import grant

LOOKING = ("view_report", "view_appeal", "view_restriction")
AT_THE_DESK = (
    *LOOKING,
    *("add_restriction", "change_restriction"),
    *(f"{verb}_{model}" for model in ("wordlist", "breakingnews") for verb in ("add", "change", "view")),
)
SETTLING = (
    "erase_comments",
    *("add_house", "change_house", "view_house", "view_letter", "delete_wordlist", "delete_breakingnews"),
    *(f"{verb}_sectionmoderator" for verb in ("add", "change", "view", "delete")),
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_owners_outages"), ("comments", "0002_the_desk")]

    operations = [
        migrations.RunPython(grant(group, "comments", *permissions), migrations.RunPython.noop)
        for group, permissions in {
            "Editor": AT_THE_DESK,
            "Moderator": AT_THE_DESK,
            "Section moderator": ("moderate_section", *LOOKING),
            "Owner": (*AT_THE_DESK, *SETTLING),
        }.items()
    ]
