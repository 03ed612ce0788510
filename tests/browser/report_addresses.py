"""Addresses of reports, for insight_addresses.py."""

import re


class ReportAddresses:
    @property
    def city_dashboard(self):
        return f"{self['own_city']}dashboard/"

    @property
    def city_embed(self):
        return f"/embed{self['own_city']}"

    @property
    def quiet_dashboard(self):
        return f"{self._quiet}dashboard/"

    @property
    def quiet_embed(self):
        return f"/embed{self._quiet}"

    @property
    def _quiet(self):
        """A jurisdiction without public data."""
        page = self.staff.get("/jurisdictions/?q=Providence").text
        return re.search(r'href="(/jurisdictions/J-[^"/]+/)"', page)[1]

    @property
    def area_dashboard(self):
        return "/issue-areas/housing/dashboard/"

    @property
    def area_embed(self):
        return "/embed/issue-areas/housing/"

    @property
    def report_definition(self):
        """A report definition of the office, about housing."""
        return self._reported("/reports/new/?filters=issue%3Dhousing", title="Housing for the council")

    @property
    def report_in_rhythm(self):
        return self._reported("/reports/new/", title="Every month", rhythm="monthly", next_on="2099-01-01")

    @property
    def report_ended(self):
        path = self._reported("/reports/new/", title="One that has ended")
        self.staff.send(f"{path}end/")
        return path

    @property
    def reports(self):
        return self["report_in_rhythm"] and "/reports/"

    @property
    def report(self):
        return self._made(self["report_definition"])

    @property
    def report_empty(self):
        return self._made(self._reported("/reports/new/?filters=status%3Dended", title="What has ended"))

    @property
    def report_of_own_people(self):
        path = self["strategy"]
        return self._made(self._reported(f"{path}reports/new/", title="Housing on one page", eyes="own"))

    @property
    def own_report_new(self):
        return f"{self['profiled']}reports/new/"

    def _reported(self, path, **fields):
        """Return the address of the new definition. Without a schedule, its first report opens."""
        page = self.staff.send(path, **({"eyes": "everyone", "rhythm": "none"} | fields))
        own = page.url.removeprefix(self.site.base)
        return own if "/made/" not in own else re.search(r'href="(/reports/Q-[^"/]+/)"', page.text)[1]

    def _made(self, path):
        """Return the address of a definition's report once it's made, with its file."""
        made = self.staff.send(f"{path}make/").url.removeprefix(self.site.base)
        self.site.do_background_work()
        assert "report.pdf" in self.staff.get(made).text
        return made
