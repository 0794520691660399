"""Who sent a request, however a proxy writes it: a subscriber is one, and two are two."""

import time

import pytest
from starlette.requests import Request

from bot.channels.web.addresses import client, networks
from bot.channels.web.body import SIZE
from bot.channels.web.limits import COSTLY, MOST_COST, cost_of

PROXIES = networks("10.0.0.0/8, ::1, 192.0.2.1")


def scope(peer: str, **headers: str) -> dict[str, object]:
    named = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    return {"type": "http", "client": (peer, 1), "headers": named}


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.6", "203.0.113.6"),
        ("203.0.113.6:40001", "203.0.113.6"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("[::ffff:198.51.100.7]:4000", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]:4000", "2001:db8::/64"),
        ('"[2001:db8::2]:4001"', "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113.6, 10.1.1.1:80", "203.0.113.6"),
        ("9.9.9.9, 203.0.113.6:5", "203.0.113.6"),
        ("unknown", "10.0.0.9"),
        ("203.0.113.6, _hidden", "10.0.0.9"),
    ],
)
def test_a_proxy_may_write_an_address_in_many_ways(written: str, address: str) -> None:
    assert client(scope("10.0.0.9", x_forwarded_for=written), PROXIES) == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("for=203.0.113.6", "203.0.113.6"),
        ('for="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::/64"),
        ("for=192.0.2.43, For=203.0.113.6;proto=http;by=10.0.0.2", "203.0.113.6"),
        ('proto=https; for="203.0.113.6:88"', "203.0.113.6"),
        ('for=203.0.113.6;host="a,for=9.9.9.9"', "203.0.113.6"),  # the client chose its Host
        ('for=203.0.113.6;host="a;for=9.9.9.9"', "203.0.113.6"),
        (r'for=203.0.113.6;host="a\",for=9.9.9.9"', "203.0.113.6"),
        (r'for="203.0.113\.6";host="\\"', "203.0.113.6"),
        ("for=203.0.113.6:80;host=desk.example:8080;", "203.0.113.6"),  # no quotes, as many write it
        (", for=203.0.113.6 ,, proto=http\t,", "203.0.113.6"),
        ('for=9.9.9.9, for="unknown"', "10.0.0.9"),
        ('for=9.9.9.9, for=""', "10.0.0.9"),
        ('for="9.9.9.9, for=203.0.113.6', "10.0.0.9"),  # what cannot be read is not believed
        ('for="9.9.9.9"x, for=203.0.113.6', "10.0.0.9"),
        ("9.9.9.9;for=9.9.9.9", "10.0.0.9"),
        ("for=9.9.9.9, for=203.0.113.6" + ";a=" + "x" * 4_000, "10.0.0.9"),
    ],
)
def test_the_standard_header_is_read_where_the_usual_one_is_not_there(written: str, address: str) -> None:
    assert client(scope("10.0.0.9", forwarded=written), PROXIES) == address


def test_a_trusted_proxy_is_known_however_it_connects() -> None:
    assert client(scope("::ffff:192.0.2.1", x_forwarded_for="203.0.113.6"), PROXIES) == "203.0.113.6"


def test_nobody_else_is_believed_and_the_operator_hears_of_it(caplog: pytest.LogCaptureFixture) -> None:
    assert client(scope("203.0.113.9", x_forwarded_for="1.2.3.4"), PROXIES) == "203.0.113.9"
    assert client(scope("203.0.113.9", x_forwarded_for="1.2.3.4"), ()) == "203.0.113.9"
    assert any("HELPDESK_PROXIES is not set" in r.getMessage() for r in caplog.records)
    assert "1.2.3.4" not in caplog.text


@pytest.mark.parametrize(("size", "cost"), [(0, 1), (120, 1), (3 * COSTLY, 4), (65536, MOST_COST)])
def test_a_long_question_counts_for_more(size: int, cost: float) -> None:
    assert cost_of(Request({**scope("203.0.113.9"), SIZE: size})) == cost


@pytest.mark.parametrize(
    ("usual", "standard", "address"),
    [
        ("203.0.113.6", 'for="203.0.113.6:4711"', "203.0.113.6"),
        ("1.2.3.4", "for=203.0.113.6", "10.0.0.9"),  # the proxy wrote one of them, the client the other
        ("203.0.113.6", "for=1.2.3.4", "10.0.0.9"),
        ("1.2.3.4", 'for=", for=203.0.113.6', "10.0.0.9"),
    ],
)
def test_of_two_headers_that_do_not_agree_none_is_believed(usual: str, standard: str, address: str) -> None:
    assert client(scope("10.0.0.9", x_forwarded_for=usual, forwarded=standard), PROXIES) == address


@pytest.mark.parametrize(
    ("header", "written", "address"),
    [
        ("x_forwarded_for", ",".join(["10.0.0.2"] * 3_000), "10.0.0.2"),
        ("forwarded", ",".join(["for=10.0.0.2"] * 300), "10.0.0.2"),
        ("forwarded", ",".join(["for=10.0.0.2"] * 3_000), "10.0.0.9"),
        ("forwarded", " " * 3_998 + '"', "10.0.0.9"),
        ("forwarded", ", " * 1_999 + '"', "10.0.0.9"),
        ("forwarded", 'a="' + '\\"' * 1_998, "10.0.0.9"),
        ("forwarded", "a" * 4_000, "10.0.0.9"),
        ("forwarded", 'a="";' * 799 + "b", "10.0.0.9"),
    ],
)
def test_a_head_full_of_proxies_takes_no_time(header: str, written: str, address: str) -> None:
    """Whoever is refused for asking too often is looked up as well."""
    many = scope("10.0.0.9", **{header: written})
    began = time.process_time()
    for _ in range(10):
        assert client(many, PROXIES) == address
    assert time.process_time() - began < 0.1
