"""The ledgers that are asked for the same promises, each over a real connection."""

from collections.abc import Callable, Iterator

import pytest

from metering.ledger import Ledger, the_ledger
from metering.models import Meter
from tests import services


@pytest.fixture(params=["sql", pytest.param("redis", marks=pytest.mark.services)])
def ledger(request: pytest.FixtureRequest, settings) -> Iterator[Ledger]:
    if request.param == "sql":
        settings.METERING = settings.METERING | {"LEDGER": "sql"}
        yield the_ledger()
        return
    with services.redis_keys() as (url, prefix):
        settings.METERING = settings.METERING | {"LEDGER": "redis", "REDIS_URL": url, "REDIS_PREFIX": prefix}
        yield the_ledger()


@pytest.fixture
def the_owner_sets(django_capture_on_commit_callbacks) -> Callable[..., None]:
    """Changes the meter as the admin does: committed, with what follows the commit."""

    def change(**values: object) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            Meter.objects.update_or_create(pk=1, defaults=values)

    return change
