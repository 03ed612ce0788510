"""Addresses of histories and of changes to undo, for addresses.py."""

import re

from tests.browser.site import ADMINISTRATOR


class HistoryAddresses:
    def _undo(self, client, path, **fields):
        """Return the page that undoes the latest change of a record made here."""
        client.send(f"{path}edit/", **fields)
        return re.search(rf'href="({path}history/\d+/undo/)"', client.get(f"{path}history/").text)[1]

    @property
    def administrator(self):
        return self.site.signed_in(ADMINISTRATOR)

    @property
    def rewritten(self):
        return self.staff.make_partnership("Contract of the pages, with a past", publish=True)

    @property
    def partnership_undo(self):
        return self._undo(
            self.staff, self["rewritten"], summary="Other words.", title="Contract of the pages, with a slip"
        )

    @property
    def overtaken_undo(self):
        """The undo of a change to two texts, where one text was changed again."""
        path = self.staff.make_partnership("Contract of the pages, overtaken", publish=True)
        found = self._undo(self.staff, path, summary="Second words.", common_agenda="An agenda.")
        self.staff.send(f"{path}edit/", summary="Third words.")
        return found

    @property
    def organization_undo(self):
        path = self.staff.make_organization("Neighbors with a past")
        return self._undo(self.staff, path, aims="Other words.")

    def _place(self, page, name, **fields):
        made = self["administrator"].send(page, name=name, **fields)
        path = made.url.removeprefix(self.site.base)
        return self._undo(self["administrator"], path, about="Other words.")

    @property
    def jurisdiction_undo(self):
        return self._place("/jurisdictions/new/", "Village with a past", kind="city")

    @property
    def department_undo(self):
        return self._place(f"{self['own_city']}departments/new/", "Office with a past")

    @property
    def meeting_undo(self):
        return self._undo(self.staff, self["own_meeting"], place="Another room")

    @property
    def action_undo(self):
        return self._undo(self.staff, self["action"], detail="Other words.")

    # Merging two records

    def _pair(self, words):
        """Return the page that merges two records, and the address of the one that is kept."""
        kept, lost = (self.staff.make_organization(f"{words} {n}") for n in ("choir", "choirs"))
        return f"{kept}merge/?other={lost.split('/')[2]}", kept

    @property
    def pair(self):
        return self._pair("Harbor")[0]

    @property
    def pair_kept(self):
        """An organization with a contact and a partnership."""
        rows = {"contacts-0-name": "Front desk", "contacts-0-email": "desk@example.org"}
        return self.staff.make_organization("Two choirs in one", **rows)

    @property
    def organization_apart(self):
        page, kept = self._pair("Hillside")
        self.staff.send(page)
        return re.search(rf'href="({kept}merge/\d+/apart/)"', self.staff.get(f"{kept}history/").text)[1]

    def _offices(self, *names):
        page = f"{self['own_city']}departments/new/"
        made = [self["administrator"].send(page, name=name, not_a_duplicate="yes") for name in names]
        kept, lost = (one.url.removeprefix(self.site.base) for one in made)
        return f"{kept}merge/?other={lost.split('/')[2]}", kept

    @property
    def offices_pair(self):
        return self._offices("Parks desk", "Parks counter")[0]

    @property
    def department_apart(self):
        page, kept = self._offices("Night desk", "Night counter")
        self["administrator"].send(page)
        return re.search(rf'href="({kept}merge/\d+/apart/)"', self["administrator"].get(f"{kept}history/").text)[1]

    # Merging two contacts

    @property
    def contacts(self):
        rows = {"contacts-0-name": "Front desk", "contacts-0-email": "desk@example.org"}
        path = self.staff.make_organization("A choir with two desks", **rows)
        self.staff.send(f"{path}edit/", **{"contacts-1-name": "The desk", "contacts-1-phone": "555-0142"})
        page = self.staff.get(path).text
        return re.search(r'href="(/contacts/\d+/merge/)"', page)[1]

    @property
    def contact_left(self):
        return self["contacts"].replace("merge", "left")

    @property
    def two_contacts(self):
        page = self["contacts"]
        return re.search(rf'href="({page}\?other=\d+)"', self["administrator"].get(page).text)[1]

    # Merging two accounts

    def _accounts(self, *words):
        """Return the pages of two accounts, which were made by inviting them."""
        administrator, found = self["administrator"], []
        for word in words:
            address = f"{word}@example.org"
            administrator.send(f"{self['own_city']}people/invite/", email=address, role="reader")
            page = administrator.send("/people/", email=address).url
            found.append(page.removeprefix(self.site.base))
        return found

    @property
    def two_accounts(self):
        kept, lost = self._accounts("harbor-desk", "harbor-home")
        return f"{kept}merge/{lost.split('/')[2]}/"

    @property
    def account_in_the_way(self):
        (lost,) = self._accounts("harbor-late")
        return f"{lost}merge/{self['person'].split('/')[2]}/"

    @property
    def accounts_apart(self):
        kept, lost = self._accounts("hill-desk", "hill-home")
        self["administrator"].send(f"{kept}merge/{lost.split('/')[2]}/", why="One of us.")
        return re.search(rf'href="({kept}merge/\d+/apart/)"', self["administrator"].get(kept).text)[1]

    # Bulk changes

    @property
    def many(self):
        for n in "AB":
            self.staff.make_partnership(f"Quilting circle {n}")
        return "/partnerships/many/?q=quilting"

    @property
    def changed_together(self):
        self.staff.make_partnership("Weaving circle", publish=True)
        done = self.staff.send("/partnerships/many/?q=weaving", status="paused", save="yes")
        return done.url.removeprefix(self.site.base)
