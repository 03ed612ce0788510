"""Organizations with users of their own, made for a task: created by the office, with an accepted invitation."""

import re

from tests.browser.site import ADMINISTRATOR, STAFF

LISTED = {"listing": "named", "listing_source": "A list of the city"}


def office(hands):
    return hands.site.signed_in(STAFF)


def group(hands, name, manager, *, profiled=False):
    """Return the address of a listed organization that this person manages."""
    path = office(hands).make_organization(name, **LISTED)
    person = join(hands, path, manager, "manager")
    if profiled:
        person.send(f"{path}mine/listing/", listing="profiled")
    return path


def join(hands, path, address, role):
    """Give the person with this email address a role at the organization with this path. Returns their session."""
    hands.site.signed_in(ADMINISTRATOR).send(f"{path}people/invite/", email=address, role=role)
    person = hands.site.signed_in(address)
    waiting = re.findall(r"/invitations/(\d+)/", person.get("/account/").text)
    person.send(f"/invitations/{max(waiting, key=int)}/", answer="accept")  # the newest one
    return person


def city(hands):
    """Return the address of the sample's city."""
    return re.search(r'href="(/jurisdictions/[^"]+/)">Illustration City', office(hands).get("/jurisdictions/").text)[1]
