"""Where a request comes from: no header that a stranger writes makes one somebody else."""

from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import strategies as st

from metering import addresses
from metering.addresses import Networks
from metering.readers import Reader

PROXIES = addresses.networks(("10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.1"))
PROXY, VISITOR = "10.0.0.1", "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        pytest.param(VISITOR, "", VISITOR, id="nobody between us"),
        pytest.param(VISITOR, "198.51.100.1", VISITOR, id="a stranger who writes the header"),
        pytest.param(PROXY, VISITOR, VISITOR, id="our proxy"),
        pytest.param(PROXY, f"{VISITOR}, 10.3.0.1, 192.0.2.1", VISITOR, id="three of our proxies"),
        pytest.param(PROXY, f"198.51.100.1, {VISITOR}", VISITOR, id="a forged hop on the left"),
        pytest.param(PROXY, f"10.9.9.9,{VISITOR}", VISITOR, id="a forged proxy on the left"),
        pytest.param(PROXY, "", PROXY, id="the proxy itself"),
        pytest.param(PROXY, "10.0.0.7, 10.0.0.8", "10.0.0.7", id="one of our own machines"),
        pytest.param(PROXY, f" , {VISITOR} ,, ", VISITOR, id="empty hops"),
        pytest.param(PROXY, f"{VISITOR}:4711", VISITOR, id="with a port"),
        pytest.param(PROXY, '"[2001:db8::7]:443"', "2001:db8::7", id="IPv6 with a port and quotes"),
        pytest.param("2001:db8:ffff::1", "2001:db8::7", "2001:db8::7", id="IPv6 behind IPv6"),
        pytest.param("::ffff:10.0.0.1", f"::ffff:{VISITOR}", VISITOR, id="IPv4 written as IPv6"),
        pytest.param("::ffff:203.0.113.9", "10.0.0.1", VISITOR, id="a mapped stranger who writes the header"),
        pytest.param("fe80::1%eth0", "", "fe80::1", id="the name of an interface is dropped"),
    ],
)
def test_who_asks(peer: str, forwarded: str, visitor: str) -> None:
    assert addresses.visitor(peer, forwarded, PROXIES) == ip_address(visitor)


@pytest.mark.parametrize(
    ("peer", "forwarded"),
    [
        ("", VISITOR),
        ("unix:", VISITOR),
        (PROXY, "unknown"),
        (PROXY, f"{VISITOR}, unknown"),
        (PROXY, f"{VISITOR}, 999.1.1.1"),
        (PROXY, f"{VISITOR}, 010.0.0.1"),
        (PROXY, f"{VISITOR}, [::1]x"),
        (PROXY, f"{VISITOR}, 10.0.0.1.evil.example"),
        (PROXY, f"{VISITOR}, ١٠.٠.٠.١"),
        (PROXY, "\x00\udcff"),
        (PROXY, "x" * 100_000),
    ],
)
def test_where_nobody_can_tell_nobody_is_named(peer: str, forwarded: str) -> None:
    assert addresses.visitor(peer, forwarded, PROXIES) is None


def test_without_trusted_proxies_the_header_is_never_believed() -> None:
    assert addresses.visitor(PROXY, VISITOR, Networks()) == ip_address(PROXY)


hops = st.lists(
    st.ip_addresses().map(str) | st.sampled_from([PROXY, "unknown", "", "::ffff:10.0.0.1"]) | st.text()
)


@given(peer=st.ip_addresses().map(str) | st.text(max_size=40), left=hops)
def test_whatever_the_header_says_it_neither_raises_nor_moves_a_stranger(peer: str, left: list[str]) -> None:
    forged = ",".join(left)
    found = addresses.visitor(peer, forged, PROXIES)
    if addresses.address(peer) not in PROXIES:
        assert found == addresses.address(peer)
    assert addresses.visitor(PROXY, f"{forged},{VISITOR}", PROXIES) == ip_address(VISITOR)


@given(st.ip_addresses(), st.lists(st.ip_addresses(v=4).map(str), max_size=5), st.integers(0, 32))
def test_an_address_is_in_the_networks_that_the_library_says(asked, starts: list[str], prefix: int) -> None:
    plain = [ip_network(f"{start}/{prefix}", strict=False) for start in starts]
    expected = any(asked in one for one in plain if one.version == asked.version)
    assert (asked in Networks(plain)) == expected


def test_a_mapped_network_is_the_network_it_maps() -> None:
    assert addresses.network("::ffff:192.0.2.0/120") == ip_network("192.0.2.0/24")
    assert addresses.network(" 192.0.2.7 ") == ip_network("192.0.2.7/32")


def test_what_is_no_network_is_left_out() -> None:
    some = addresses.networks(("nonsense", "192.0.2.0/24", "10.0.0.1/8"))
    assert IPv4Address("192.0.2.9") in some
    assert IPv4Address("10.0.0.1") not in some


def test_a_request_is_read_with_the_proxies_of_the_settings() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": VISITOR})
    assert Reader(request).address == ip_address(PROXY)
    with override_settings(METERING={"TRUSTED_PROXIES": ["10.0.0.0/8"]}):
        assert Reader(request).address == ip_address(VISITOR)
