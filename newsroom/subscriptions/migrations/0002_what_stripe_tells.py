"""What Stripe tells of a subscription stands beside it, and whose a customer is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscriptions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StripeCustomer",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("customer", models.CharField(max_length=255, unique=True, verbose_name="Stripe's customer")),
            ],
            options={
                "verbose_name": "customer of Stripe's",
                "verbose_name_plural": "customers of Stripe's",
            },
        ),
        migrations.AddField(
            model_name="subscription",
            name="stripe_customer",
            field=models.CharField(
                blank=True, db_index=True, editable=False, max_length=255, verbose_name="Stripe's customer"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="stripe_id",
            field=models.CharField(
                blank=True, editable=False, max_length=255, verbose_name="Stripe's subscription"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="stripe_status",
            field=models.CharField(
                blank=True, editable=False, max_length=255, verbose_name="Stripe's word for it"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="told_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="as of"),
        ),
        migrations.AlterField(
            model_name="subscription",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="subscriptions",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("person__isnull", False), models.Q(("stripe_id", ""), _negated=True), _connector="OR"
                ),
                name="subscription_is_somebodys_or_stripes",
                violation_error_message="Whose subscription is it?",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_id", ""), _negated=True),
                fields=("stripe_id",),
                name="subscription_of_stripe_once",
            ),
        ),
        migrations.AddField(
            model_name="stripecustomer",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
    ]
