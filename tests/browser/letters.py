"""Personal links in the letters of a running registry, as its outbox shows them."""

import re

from tests.browser.days import in_days
from tests.browser.site import STAFF

ROUND_OF_TEN = ("How is the work going?", "round", "Fall round, until")  # the sample’s: others ask fewer
_CHECK_INS = re.compile(r'href="(/check-ins/[^/"]+/)"')


def link_in_letter(site, kind, words, opens=""):
    """A personal link, to a page that says `opens`, in a letter of this kind to someone of the sample, as the outbox shows it."""
    staff, path = site.signed_in(STAFF), "/outbox/"
    while path:
        page = staff.get(path).text
        for letter in re.findall(rf'href="(/outbox/\d+/)">(?:<[^>]+>|\s)*{re.escape(kind)}', page):
            found = re.search(rf"/by-link/{words}/[\w.-]+/", staff.get(letter).text)
            opened = site.visitor().get(found[0]) if found else None
            if opened and opened.status == 200 and opens in opened.text:
                return found[0]
        path = (re.search(r'href="(/outbox/\?after=\d+)"', page) or [None, None])[1]
    raise AssertionError(f"No letter “{kind}” holds a link to {words}.")


def set_check_ins(site, partnership, due):
    """The address of new check-ins of this partnership, with the first contact who may answer."""
    staff, page = site.signed_in(STAFF), f"{partnership}check-ins/new/"
    who = re.search(r'<option value="(contact:\d+)"', staff.get(page).text)[1]
    before = set(_CHECK_INS.findall(staff.get(partnership).text))
    staff.send(page, answered_by=who, anchor_on=due.isoformat())
    (made,) = set(_CHECK_INS.findall(staff.get(partnership).text)) - before
    return made


def link_to_own_check_in(site):
    """Of check-ins of a new partnership, which nobody else answers."""
    title = f"Checked in on {len(site.own)}"
    site.own.append(title)
    due = in_days(3)
    set_check_ins(site, site.signed_in(STAFF).make_partnership(title, publish=True), due)
    return link_in_letter(site, "Check-in", "check-in", title)
