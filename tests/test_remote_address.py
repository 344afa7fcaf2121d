"""The address of a client behind proxies, some of which are trusted."""

import pytest
from django.test import RequestFactory

from stripe_integrations.models import WebhookEventTrigger

TRUSTED = ["10.0.0.0/8", "fd00::/8", "192.168.1.1"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", None, "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # a stranger's word
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # forged on the left
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.2.0.1", "198.51.100.1"),
        ("10.0.0.1", "10.9.9.9, 10.2.0.1", "10.9.9.9"),  # all are trusted: the first of them
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1,", "10.0.0.1"),
        ("10.0.0.1", "unknown, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("10.0.0.1", "fe80::1%eth0", "fe80::1"),
        ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("192.168.1.1", "198.51.100.1", "198.51.100.1"),
        ("192.168.1.2", "198.51.100.1", "192.168.1.2"),
        ("10.0.0.1", "999.1.1.1", "10.0.0.1"),
        ("10.0.0.1", "1" * 5000, "10.0.0.1"),
        ("10.0.0.1", "٣.1.1.1", "10.0.0.1"),
        ("", None, None),  # a Unix socket
        ("", "198.51.100.1", None),
    ],
)
def test_address_is_the_last_untrusted_one(settings, peer, forwarded, expected):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "TRUSTED_PROXIES": TRUSTED}
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().post("/", REMOTE_ADDR=peer, **headers)
    assert WebhookEventTrigger.get_remote_ip(request) == expected


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("198.51.100.1, 10.0.0.1", "198.51.100.1"),
        ("nonsense", None),
        (None, None),
    ],
)
def test_peer_of_a_unix_socket_is_trusted_if_listed(settings, forwarded, expected):
    trusted = ["unix", "10.0.0.0/8", "nonsense"]  # of which a check tells
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "TRUSTED_PROXIES": trusted}
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    request = RequestFactory().post("/", REMOTE_ADDR="", **headers)
    assert WebhookEventTrigger.get_remote_ip(request) == expected


def test_nobody_is_trusted_by_default():
    request = RequestFactory().post(
        "/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1"
    )
    assert WebhookEventTrigger.get_remote_ip(request) == "127.0.0.1"
