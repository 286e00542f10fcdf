"""A choice of crawlers in one column, ticked in forms."""

from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst

from metering.known_crawlers import AI


class AiCrawlersField(models.TextField):
    """Names of AI crawlers, separated by commas, such as `ccbot,gptbot`."""

    def deconstruct(self) -> Any:
        """For migrations it is a text: the list of crawlers grows without one."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return forms.MultipleChoiceField(
            choices=[(crawler.name, crawler.token) for crawler in AI],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
        )

    def value_from_object(self, obj: models.Model) -> Any:
        """What is ticked: a list of names."""
        return [name for name in getattr(obj, self.attname).split(",") if name]

    def save_form_data(self, instance: models.Model, data: list[str]) -> None:
        setattr(instance, self.name, ",".join(data))

    def value_to_string(self, obj: models.Model) -> str:
        """What is stored; fixtures and the history of the policy keep it so."""
        return getattr(obj, self.attname)
