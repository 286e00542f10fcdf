"""How often the ledger failed on each day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0006_numbers_by_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outage",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[("away", "did not answer"), ("forgotten", "had forgotten a reader")],
                        max_length=10,
                        verbose_name="the ledger",
                    ),
                ),
                ("count", models.PositiveBigIntegerField(default=0, verbose_name="how often")),
                ("last_at", models.DateTimeField(db_index=True, verbose_name="last time")),
                ("last_error", models.CharField(max_length=300, verbose_name="what was said then")),
            ],
            options={
                "verbose_name": "outage of the ledger",
                "verbose_name_plural": "outages of the ledger",
                "ordering": ["-day", "kind"],
                "constraints": [models.UniqueConstraint(fields=("day", "kind"), name="outages_of_a_day")],
            },
        ),
    ]
