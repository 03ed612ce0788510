"""The addresses that a webhook may be sent to: https, some ports, and only public networks.

Someone who sets up a webhook chooses where our server connects to. So a name is resolved right before each attempt, all
of its addresses must be public, and the connection goes to the checked address itself: a name that resolves to
something else a moment later (DNS rebinding) changes nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from partnerships.core.errors import RegistryError, ValidationError

Address = IPv4Address | IPv6Address
# The blocks of IANA's registries of special-purpose addresses, also those that are said to be reachable: what relays and
# translators there pass on (6to4, Teredo, NAT64) may end in our own network. By hand, since `ipaddress` says something else
# in each version of Python.
_SPECIAL = [
    ip_network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"),
        *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"),
        "224.0.0.0/4",  # multicast
        "168.63.129.16/32",  # not special, but where a cloud keeps services for the machines in it
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
]
# All of IPv6 that IANA has assigned to the public internet. Most special blocks are elsewhere, and so are IPv4 addresses
# written as IPv6 (::127.0.0.1, ::ffff:127.0.0.1, 64:ff9b::127.0.0.1).
_ASSIGNED_OF_IPV6 = ip_network("2000::/3")
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa", "lan", "intranet", "corp")
_PATH, _QUERY = "/%:@!$&'()*+,;=~-._", "/%:@!$&'()*+,;=~-._?"


class Refused(RegistryError):
    """No connection may be made there. The message says why, without the address."""


class Target(NamedTuple):
    """A checked address: where to connect to, and what to ask for there. `host` is in ASCII."""

    address: str
    port: int
    host: str
    is_tls: bool
    path: str


def clean_url(url: str) -> str:
    """The address as it is stored. Raises ValidationError when a webhook can't be sent there."""
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValidationError(gettext("Enter an address without spaces."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = _ascii(host)
    except ValueError:
        raise ValidationError(_WHOLE) from None
    if not host or parts.scheme not in ("https", "http"):
        raise ValidationError(_WHOLE)
    if parts.scheme == "http" and not settings.WEBHOOKS_ALLOW_LOCAL:
        raise ValidationError(gettext("Enter an address that starts with https://. Others aren’t encrypted."))
    if parts.username is not None or parts.password is not None:
        raise ValidationError(
            gettext("Enter an address without a user name and password. Check our signature instead.")
        )
    if parts.fragment:
        raise ValidationError(gettext("Enter the address without the part after #."))
    if not settings.WEBHOOKS_ALLOW_LOCAL and not _may_be_public(host):
        raise ValidationError(gettext("Enter an address on the public internet. We don’t send to private networks."))
    check_port(url)
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port is None else f"{shown}:{port}"
    return urlunsplit((parts.scheme, netloc, quote(parts.path, safe=_PATH), quote(parts.query, safe=_QUERY), ""))


def check_port(url: str) -> None:
    """Raise ValidationError when webhooks aren't sent to the port of this address (settings.WEBHOOK_PORTS)."""
    try:
        port = _port_of(url)
    except ValueError:
        raise ValidationError(_WHOLE) from None
    if not settings.WEBHOOKS_ALLOW_LOCAL and port not in settings.WEBHOOK_PORTS:
        words = gettext("We don’t send to port %(port)s. Use an address with one of these ports: %(ports)s.")
        raise ValidationError(words % {"port": port, "ports": ", ".join(map(str, settings.WEBHOOK_PORTS))})


def _port_of(url: str) -> int:
    parts = urlsplit(url)
    default = 443 if parts.scheme == "https" else 80
    return default if parts.port is None else parts.port


_WHOLE = gettext_lazy("Enter a whole address, such as https://hooks.example.org/registry.")


def _ascii(host: str) -> str:
    if ":" in host:  # an IPv6 address
        return str(ip_address(host))
    host = host.rstrip(".")
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise ValueError from None


def _may_be_public(host: str) -> bool:
    """Whether this host can be public, as far as one sees without asking for its addresses."""
    try:
        return is_public(ip_address(host))
    except ValueError:
        pass
    name = host.lower()
    return "." in name and not any(name == one or name.endswith(f".{one}") for one in _LOCAL_NAMES)


def is_public(address: Address) -> bool:
    """Whether this is an address of the public internet: not loopback, private, link-local (where clouds keep their
    metadata), reserved, multicast or otherwise special, nor an IPv4 address inside an IPv6 one.
    """
    if isinstance(address, IPv6Address) and address not in _ASSIGNED_OF_IPV6:
        return False
    return not any(address in network for network in _SPECIAL)


def resolve(url: str) -> Target:
    """The checked target of a stored address. Raises Refused, also when the name is unknown."""
    try:
        clean_url(url)
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages)) from None
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = _port_of(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(gettext_noop("The host of the address wasn’t found.")) from None
    addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not addresses:
        raise Refused(gettext_noop("The host of the address wasn’t found."))
    if not settings.WEBHOOKS_ALLOW_LOCAL and not all(is_public(address) for address in addresses):
        raise Refused(
            gettext_noop("The host of the address is on a private network. We only send to the public internet.")
        )
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return Target(str(addresses[0]), port, host, is_tls, path)
