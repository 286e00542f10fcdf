"""Stories for programs, in a host that has Django REST framework."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.generics import RetrieveAPIView
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from metering.api import doors
from tests.hosts.stories.models import Story


class StorySerializer(ModelSerializer):
    class Meta:
        model = Story
        fields = ["title", "html"]


class StoryView(doors.Metered, RetrieveAPIView):
    queryset = Story.objects.all()
    serializer_class = StorySerializer


class ByName(BaseAuthentication):
    """Whoever says a name is that person: a site of its own tells programs apart by a token."""

    def authenticate(self, request):
        from django.contrib.auth.models import User

        name = request.headers.get("X-Name")
        return (User(pk=1, username=name), None) if name else None


class Stories(doors.Metered, ReadOnlyModelViewSet):
    queryset = Story.objects.order_by("pk")
    serializer_class = StorySerializer
    authentication_classes = [ByName]
