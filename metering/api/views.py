"""The reader's own meter for programs; asking spends nothing."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from metering import gate, wall
from metering.api.shapes import MeterOut
from metering.policy import Reason


class MeterView(APIView):
    """Where this reader stands; sets no cookie."""

    @extend_schema(responses={200: MeterOut})
    def get(self, request: Request) -> Response:
        count = gate.count(request._request)
        return wall.never_cached(
            Response(
                {
                    "used": count.used,
                    "limit": count.limit,
                    "left": count.left,
                    "resets_at": count.resets_at,
                    "unlimited": count.limit is None and count.reason is not Reason.METER_UNAVAILABLE,
                }
            )
        )
