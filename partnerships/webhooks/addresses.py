"""The addresses that a webhook may be sent to: https, and only to public networks.

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
# Not private by number, but where some clouds keep services for the machines in them.
_OF_CLOUDS = (ip_network("168.63.129.16/32"), ip_network("192.0.0.0/24"))
_NAT64 = ip_network("64:ff9b::/96")
# A network chooses where in these its translator reads the IPv4 address (RFC 8215), so they can mean any of its own.
_NAT64_OF_A_NETWORK = ip_network("64:ff9b:1::/48")
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
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port is None else f"{shown}:{port}"
    return urlunsplit((parts.scheme, netloc, quote(parts.path, safe=_PATH), quote(parts.query, safe=_QUERY), ""))


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
    metadata), reserved or multicast, also when it is an IPv4 address inside an IPv6 one.
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            return False
        if address in _NAT64_OF_A_NETWORK:
            return False
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or int(address) < 2**32:  # also an IPv4 address written as ::127.0.0.1
            return False
    if any(address in network for network in _OF_CLOUDS):
        return False
    refused = (address.is_loopback, address.is_private, address.is_link_local, address.is_reserved)
    return address.is_global and not any((*refused, address.is_multicast, address.is_unspecified))


def resolve(url: str) -> Target:
    """The checked target of a stored address. Raises Refused, also when the name is unknown."""
    try:
        clean_url(url)
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages)) from None
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
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
