"""A story is metered: behind a decorator, behind a mixin, at the gate itself, and in a shell for everybody."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.generic import DetailView

from metering import doors, gate, pieces, shells, wall
from tests.hosts.stories.models import Story


@pieces.register(Story)
class StoryPiece(pieces.Piece):
    body_field = "html"

    @property
    def policy(self):
        return "free" if self.obj.is_free else "metered"


def the_story(request, pk):
    return get_object_or_404(Story, pk=pk)


@doors.metered(the_story)
def story(request, opened):
    return render(request, "story.html", {"story": opened.obj, "body": opened.body, "access": opened.access})


class StoryPage(doors.Metered, DetailView):
    model = Story
    template_name = "story.html"


@require_safe
def story_at_the_gate(request, pk):
    found = get_object_or_404(Story, pk=pk)
    access = gate.admit(request, found)
    body = wall.shown(pieces.of(found), access)  # the whole text, or its teaser
    page = render(request, "story.html", {"story": found, "body": body, "access": access})
    return wall.never_cached(page)


@require_safe
def story_for_everybody(request, pk):
    shell = shells.of(get_object_or_404(Story, pk=pk))
    context = {"story": shell.obj, "body": shell.body, "is_whole": shell.is_whole}
    return wall.shared(render(request, "story_for_everybody.html", context))


class CarelessPage(doors.Metered, DetailView):
    """Shows the stored text, and finds it by a way of its own."""

    template_name = "careless_story.html"

    def get_object(self, queryset=None):
        return get_object_or_404(Story, pk=self.kwargs["pk"])


class PastTheDoor(doors.Metered, DetailView):
    """Never says what it shows."""

    def get(self, request, pk):
        return render(request, "careless_story.html", {"object": the_story(request, pk)})


@doors.metered(the_story)
def counting(request, opened):
    """Counts its views in the row that it shows."""
    opened.obj.title += " (seen)"
    opened.obj.save()
