"""What some other site publishes: nothing of ours is known here."""

from django.db import models


class Story(models.Model):
    title = models.CharField(max_length=100)
    html = models.TextField()
    is_free = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/stories/{self.pk}/"


def subscribes(user) -> bool:
    return user.username == "subscriber"
