"""Organizations with people of their own, made for a task: by the office, an administrator's invitation, and its answer."""

import re

from tests.browser.site import ADMINISTRATOR, STAFF

LISTED = {"listing": "named", "listing_source": "A list of the city"}


def office(hands):
    return hands.site.signed_in(STAFF)


def group(hands, name, manager, *, profiled=False):
    """The address of a listed organization that this person manages."""
    path = office(hands).make_organization(name, **LISTED)
    person = join(hands, path, manager, "manager")
    if profiled:
        person.send(f"{path}mine/listing/", listing="profiled")
    return path


def join(hands, path, address, role):
    """Gives the person of this address a place in the body at this path; gives their session."""
    hands.site.signed_in(ADMINISTRATOR).send(f"{path}people/invite/", email=address, role=role)
    person = hands.site.signed_in(address)
    waiting = re.findall(r"/invitations/(\d+)/", person.get("/account/").text)
    person.send(f"/invitations/{max(waiting, key=int)}/", answer="accept")  # others may wait, for other tasks
    return person


def city(hands):
    """The address of the sample's city."""
    return re.search(r'href="(/jurisdictions/[^"]+/)">Illustration City', office(hands).get("/jurisdictions/").text)[1]
