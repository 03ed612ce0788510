"""Email domains that belong to one organization, and public ones that don't."""

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext

from partnerships.core.errors import ValidationError

# Anyone can get an address there, so such a domain never belongs to an organization.
PUBLIC = frozenset(
    """
    aol.com att.net bellsouth.net charter.net comcast.net cox.net duck.com earthlink.net email.com example.com
    example.net fastmail.com frontier.com gmail.com gmx.com gmx.net googlemail.com hey.com hotmail.com
    hushmail.com icloud.com juno.com live.com mac.com mail.com me.com msn.com netzero.net optonline.net
    outlook.com pm.me posteo.net proton.me protonmail.com riseup.net rocketmail.com sbcglobal.net tuta.com
    tutanota.com verizon.net yahoo.com ymail.com zoho.com googlegroups.com groups.io mailinator.com
    guerrillamail.com 10minutemail.com temp-mail.org yopmail.com
    """.split()  # noqa: SIM905 (a table, to be read)
)
LONGEST = 253  # characters of a domain (RFC 1035)
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def domain_of(address: str) -> str:
    """The domain of an address if it may belong to an organization; "" for a public provider's."""
    domain = address.rpartition("@")[2].strip().lower()
    return "" if len(domain) > LONGEST or domain in PUBLIC or not _DOMAIN.fullmatch(domain) else domain


def is_of_website(domain: str, website: str) -> bool:
    """Whether an organization's email domain is the domain of its website.

    No list of public providers is complete, but the front page of a provider isn't an organization's website: a domain
    that doesn't match the website counts for nothing.
    """
    found = urlsplit(website.strip())
    return bool(domain) and found.path in ("", "/") and (found.hostname or "").removeprefix("www.") == domain


def own_domain(text: str, website: str) -> str:
    """The domain that an organization says is its own, cleaned, or "". Raises ValidationError."""
    domain = text.strip().lower().removeprefix("@")
    if domain and not domain_of(domain):
        words = gettext(
            "Enter your own domain, such as example.org. Domains of public email providers don’t work here."
        )
        raise ValidationError({"mail_domain": words}, code="not_own")
    if domain and not is_of_website(domain, website):
        words = gettext(
            "This isn’t the domain of your website. Add your website first, like https://example.org, or leave this empty."
        )
        raise ValidationError({"mail_domain": words}, code="not_of_website")
    return domain
