"""Readers may comment on a story."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from comments import targets
from tests.hosts.stories.models import Story


@targets.register(Story)
class StoryTarget(targets.Target):
    def may_read(self, request):
        return True  # who may see the story may see its thread


def story(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "commented_story.html", {"story": get_object_or_404(Story, pk=pk)})
