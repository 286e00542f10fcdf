"""Hears that the host deletes an account, by whatever way, and has its comments let go of it first."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from comments import privacy


@receiver(pre_delete, sender=get_user_model())
def let_go(instance: Any, **kwargs: Any) -> None:
    privacy.let_go(instance)
