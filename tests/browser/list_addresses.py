"""Addresses of saved lists, for insight_addresses.py."""

import re


class ListAddresses:
    @property
    def saved_list(self):
        """Where a list opens that staff saved for their office."""
        path = "/lists/new/partnerships/?kind=training&ordering=title"
        office = re.search(r'value="(J-[^"]+)"', self.staff.get(path).text)[1]
        return self.staff.send(path, name="Trainings", owner=office).url.removeprefix(self.site.base)

    @property
    def name_of_saved_list(self):
        """The page that saves a list, where the name of the saved list is taken."""
        return self["saved_list"] and "/lists/new/partnerships/?kind=contract"

    @property
    def saved_lists(self):
        return self["saved_list"] and "/account/lists/"

    @property
    def saved_list_page(self):
        return re.search(r'href="(/lists/\d+/)"', self.staff.get(self["saved_lists"]).text)[1]

    @property
    def unsaved_form(self):
        path = self.staff.make_partnership("Contract of the pages, half typed") + "edit/"
        self.staff.send(path, title="Typed and not saved", draft="keep")
        return path

    @property
    def unsaved(self):
        return self["unsaved_form"] and "/"

    @property
    def unsaved_drop(self):
        return re.search(r'href="(/account/unsaved/\d+/throw-away/)"', self.staff.get(self["unsaved"]).text)[1]

    @property
    def spreadsheet(self):
        path = "/files/new/partnerships/?kind=training"
        return self.staff.send(path).url.removeprefix(self.site.base)
