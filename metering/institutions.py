"""Universities, libraries and offices whose networks read everything."""

from functools import lru_cache

from metering.addresses import Networks
from metering.models import Institution
from metering.network_lists import networks_in
from metering.readers import Reader


def covers(reader: Reader, *, edition: str) -> bool:
    """Does the reader come from the network of an active institution?

    `edition` names the state of the list and comes along with the owner's policy, so that a change
    holds in every process at its next request. Costs no query as long as the list does not change,
    and without institutions nothing at all.
    """
    return bool(edition) and reader.address in _networks(edition)


@lru_cache(maxsize=1)
def _networks(edition: str) -> Networks:
    lists = Institution.objects.filter(is_active=True).values_list("networks", flat=True)
    return Networks(network for text in lists for network in networks_in(text))
