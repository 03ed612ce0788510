"""Personal links in the emails of a running registry, as its outbox shows them."""

import re

from tests.browser.days import in_days
from tests.browser.site import STAFF

ROUND_OF_TEN = ("How is the work going?", "round", "Fall round, until")  # of the sample
_CHECK_INS = re.compile(r'href="(/check-ins/[^/"]+/)"')


def link_in_email(site, kind, section, opens=""):
    """Return a personal link from an email of this kind to someone in the sample, whose page contains `opens`."""
    staff, path = site.signed_in(STAFF), "/outbox/"
    while path:
        page = staff.get(path).text
        for address in re.findall(rf'href="(/outbox/\d+/)">(?:<[^>]+>|\s)*{re.escape(kind)}', page):
            found = re.search(rf"/by-link/{section}/[\w.-]+/", staff.get(address).text)
            opened = site.visitor().get(found[0]) if found else None
            if opened and opened.status == 200 and opens in opened.text:
                return found[0]
        path = (re.search(r'href="(/outbox/\?after=\d+)"', page) or [None, None])[1]
    raise AssertionError(f"No email “{kind}” has a link to {section}.")


def set_check_ins(site, partnership, due):
    """Return the address of a new check-in schedule of this partnership, with the first contact who may answer."""
    staff, page = site.signed_in(STAFF), f"{partnership}check-ins/new/"
    who = re.search(r'<option value="(contact:\d+)"', staff.get(page).text)[1]
    before = set(_CHECK_INS.findall(staff.get(f"{partnership}office/").text))
    staff.send(page, answered_by=who, anchor_on=due.isoformat())
    (made,) = set(_CHECK_INS.findall(staff.get(f"{partnership}office/").text)) - before
    return made


def link_to_own_check_in(site):
    """Return the link of a new partnership's check-in, which no one else answers."""
    title = f"Checked in on {len(site.own)}"
    site.own.append(title)
    due = in_days(3)
    set_check_ins(site, site.signed_in(STAFF).make_partnership(title, publish=True), due)
    return link_in_email(site, "Check-in", "check-in", title)
