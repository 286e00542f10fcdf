"""The numbers of each day, and an index by which the reads of a day are found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0005_the_owners_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayNumbers",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("counted_at", models.DateTimeField(verbose_name="counted")),
                ("readers", models.PositiveIntegerField(default=0, verbose_name="readers")),
                ("reads", models.PositiveIntegerField(default=0, verbose_name="reads")),
                ("walls", models.PositiveIntegerField(default=0, verbose_name="walls")),
                ("stopped", models.PositiveIntegerField(default=0, verbose_name="readers who met a wall")),
                (
                    "walls_without_cookie",
                    models.PositiveIntegerField(default=0, verbose_name="walls without a cookie"),
                ),
                (
                    "registrations",
                    models.PositiveIntegerField(default=0, verbose_name="registrations after a wall"),
                ),
                (
                    "subscriptions",
                    models.PositiveIntegerField(default=0, verbose_name="subscriptions after a wall"),
                ),
                ("observed_walls", models.PositiveIntegerField(default=0, verbose_name="walls of rules on trial")),
                (
                    "observed_stopped",
                    models.PositiveIntegerField(default=0, verbose_name="readers whom they would have stopped"),
                ),
            ],
            options={
                "verbose_name": "numbers of a day",
                "verbose_name_plural": "numbers by day",
                "ordering": ["-day"],
            },
        ),
        migrations.AlterField(
            model_name="read",
            name="read_at",
            field=models.DateTimeField(db_index=True, verbose_name="read"),
        ),
    ]
