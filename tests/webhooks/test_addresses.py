"""Where a webhook may be sent: https on the public internet, never to our own network, however the address is written."""

import select
import socket
import ssl
from ipaddress import ip_address, ip_network
from itertools import count

import pytest

from partnerships.core.errors import ValidationError
from partnerships.webhooks import addresses, transport
from tests.webhooks.receiver import running

PUBLIC = ("8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001:81b::200e")
NOT_PUBLIC = (
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200"),
    *("169.254.169.254", "168.63.129.16", "192.0.0.192", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::7f00:1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1:a00:0:100:808:808",
    "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::1", "2002:808:808::1", "2001:0:7f00:1::", "fec0::1", "64:ff9b::808:808", "::ffff:8.8.8.8"),
)  # fmt: skip
REFUSED = (
    "http://hooks.example.org/", "ftp://hooks.example.org/", "https://", "https:///x", "hooks.example.org/x", "https://localhost/",
    "https://app.localhost/", "https://db.internal/", "https://printer.local/", "https://redis/", "https://127.0.0.1/",
    "https://[::1]/", "https://[::ffff:10.0.0.1]:8443/", "https://169.254.169.254/latest/meta-data/",
    "https://me:secret@hooks.example.org/", "https://hooks.example.org/#part", "https://hooks.example.org/a b",
    "https://hooks.example.org/\r\nX-Evil: 1", "https://hooks.example.org:99999/", "https://[::1", "javascript:alert(1)",
    "https://192.88.99.1/", "https://[2002:808:808::1]/", "https://hooks.example.org:22/", "https://hooks.example.org:0/",
)  # fmt: skip


def test_only_public_addresses_are_public():
    assert [one for one in PUBLIC if not addresses.is_public(ip_address(one))] == []
    assert [one for one in NOT_PUBLIC if addresses.is_public(ip_address(one))] == []


# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, in 2026
SPECIAL = (
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *(
        "192.0.0.0/24",
        "192.0.0.0/29",
        "192.0.0.8/32",
        "192.0.0.9/32",
        "192.0.0.10/32",
        "192.0.0.170/31",
        "192.0.2.0/24",
    ),
    *("192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32"),
    *(
        "::1/128",
        "::/128",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
    ),
    *("2001::/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48"),
    *("2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    *("5f00::/16", "fc00::/7", "fe80::/10"),
)
OUTSIDE = (
    *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0"),
    *("169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0"),
    *("198.17.255.255", "198.20.0.0", "203.0.114.0", "223.255.255.255", "168.63.129.15"),
    *(
        "2000::",
        "2001:200::",
        "2001:db7:ffff::",
        "2001:db9::",
        "2003::",
        "2620:4f:8001::",
        "3ffe:ffff::",
        "3fff:1000::",
    ),
)


def test_no_address_of_a_special_block_is_public():
    """Python's own answer isn't enough: 2002::/16 and 3fff::/20 are public in 3.11, and 192.88.99.0/24 also in 3.13."""
    blocks = [ip_network(block) for block in SPECIAL]
    assert [str(one) for block in blocks for one in (block[0], block[-1]) if addresses.is_public(one)] == []
    assert [one for one in OUTSIDE if not addresses.is_public(ip_address(one))] == []


def test_only_some_ports_are_sent_to(settings):
    url = "https://hooks.example.org:{}/"
    assert [port for port in (80, 443, 8080, 8443) if not accepted_url(url.format(port))] == []
    with pytest.raises(ValidationError) as refused:
        addresses.clean_url(url.format(9443))
    assert refused.value.messages == [
        "We don’t send to port 9443. Use an address with one of these ports: 80, 443, 8080, 8443."
    ]
    settings.WEBHOOK_PORTS = [443, 9443]
    assert [accepted_url(url.format(port)) is not None for port in (9443, 8443)] == [True, False]


def accepted_url(url):
    try:
        return addresses.clean_url(url)
    except ValidationError:
        return None


def test_addresses_that_can_not_be_sent_to_are_refused_when_they_are_typed():
    assert [url for url in REFUSED if accepted_url(url)] == []


def test_an_address_is_kept_in_ascii():
    assert accepted_url("https://hooks.example.org") == "https://hooks.example.org"
    assert accepted_url("https://hooks.example.org:8443/a?b=c%20d") == "https://hooks.example.org:8443/a?b=c%20d"
    assert accepted_url("https://bücher.example/größe") == "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe"


def resolves_to(monkeypatch, *found):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)


def test_a_name_that_resolves_to_a_private_address_is_refused(monkeypatch):
    for found in (["127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"]):
        resolves_to(monkeypatch, *found)
        answer = transport.post("https://hooks.example.org/", b"{}", {})
        assert answer.status is None
        assert answer.text == "The host of the address is on a private network. We only send to the public internet."


def test_a_stored_address_with_another_port_is_refused(monkeypatch):
    resolves_to(monkeypatch, "8.8.8.8")
    answer = transport.post("https://hooks.example.org:9443/", b"{}", {})
    assert (answer.status, answer.text.partition(".")[0]) == (None, "We don’t send to port 9443")


def test_numbers_that_mean_a_private_address_are_refused():
    for host in ("2130706433", "0x7f000001", "127.1", "017700000001"):
        answer = transport.post(f"https://{host}.nip/".replace(".nip", ""), b"{}", {})
        assert (answer.status, "public internet" in answer.text or "wasn’t found" in answer.text) == (None, True)


def test_the_checked_address_is_the_one_that_is_connected_to(monkeypatch):
    """A name that resolves to something else after the check changes nothing (DNS rebinding)."""
    asked, connected = [], []

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port))]

    def create_connection(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket, "create_connection", create_connection)
    answer = transport.post("https://hooks.example.org/x", b"{}", {})
    assert (answer.status, answer.text) == (None, "No connection could be made, or it broke off.")
    assert (asked, connected) == (["hooks.example.org"], [("8.8.8.8", 443)])


def test_the_certificate_must_be_that_of_the_name(monkeypatch, settings):
    settings.WEBHOOKS_ALLOW_LOCAL = True
    names = []

    class Context(ssl.SSLContext):
        def wrap_socket(self, sock, server_hostname):
            names.append(server_hostname)
            raise ssl.SSLCertVerificationError("no")

    monkeypatch.setattr(ssl, "create_default_context", lambda: Context(ssl.PROTOCOL_TLS_CLIENT))
    with running() as receiver:
        answer = transport.post(receiver.url.replace("http://127.0.0.1", "https://localhost"), b"{}", {})
    assert (answer.status, names, receiver.requests) == (None, ["localhost"], [])
    assert "certificate" in answer.text


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_ALLOW_LOCAL = True
    with running() as found:
        yield found


def test_a_redirect_is_not_followed(receiver):
    receiver.answer = lambda one, handler: (302, b"", {"Location": receiver.url + "/other"})
    answer = transport.post(receiver.url, b"{}", {})
    assert (answer.status, answer.is_accepted, len(receiver.requests)) == (302, False, 1)
    assert "don’t follow redirects" in answer.text


def test_a_huge_answer_is_cut(receiver):
    receiver.answer = endless_body
    answer = transport.post(receiver.url, b"{}", {})
    assert (answer.status, answer.text) == (200, "a" * transport.MOST_KEPT)


def test_characters_that_can_not_be_kept_are_replaced(receiver):
    receiver.answer = lambda one, handler: (400, b"\x00<b>\xff\x1b[0m\nno")
    answer = transport.post(receiver.url, b"{}", {})
    assert (answer.status, answer.text) == (400, "<b>\ufffd [0m\nno")


def drip(received, handler):
    """A status line that never ends, a byte at a time, until the sender leaves."""
    has_left = False
    while not has_left:
        handler.wfile.write(b"H")
        has_left = bool(select.select([handler.connection], [], [], 0.05)[0])


def endless_body(received, handler):
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            handler.wfile.write(b"a" * 65_536)
    except OSError:
        pass


def endless_headers(received, handler):
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in count():
            handler.wfile.write(b"X-%d: y\r\n" % number)
    except OSError:
        pass


def silence(received, handler):
    select.select([handler.connection], [], [])  # until the sender leaves


@pytest.mark.parametrize("answer", [drip, endless_headers, silence])
def test_a_receiver_that_never_ends_is_left(receiver, monkeypatch, answer):
    monkeypatch.setattr(transport, "STEP_SECONDS", 0.4)
    monkeypatch.setattr(transport, "ALL_SECONDS", 0.6)
    receiver.answer = answer
    found = transport.post(receiver.url, b"{}", {})
    assert (found.status, found.is_accepted) == (None, False)
    assert found.text in (
        "The receiver took too long to answer.",
        "The receiver’s answer isn’t HTTP, or broke off.",
    )


def test_an_answer_that_is_not_http_is_no_success(receiver):
    receiver.answer = lambda one, handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n") and None
    found = transport.post(receiver.url, b"{}", {})
    assert (found.status, found.text) == (None, "The receiver’s answer isn’t HTTP, or broke off.")


def test_production_refuses_the_setting_for_trials(monkeypatch):
    from equity import environment as env

    monkeypatch.setenv("WEBHOOKS_ALLOW_LOCAL", "yes")
    with pytest.raises(env.Refusal, match="WEBHOOKS_ALLOW_LOCAL"):
        env.forbid("WEBHOOKS_ALLOW_LOCAL", "is on.")
