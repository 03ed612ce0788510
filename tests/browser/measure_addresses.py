"""Addresses of results, measures and their numbers, for insight_addresses.py."""

import re

from tests.browser.site import PARTNER

TURNED_AWAY = "Renters who were turned away"


class MeasureAddresses:
    def _link(self, page, words, who=None):
        text = (who or self.staff).get(page).text
        return re.search(rf'href="([^"]+)">{words}', text)[1]

    @property
    def result(self):
        return self._link("/results/", "Race no longer decides")

    @property
    def measure(self):
        return self._link("/measures/", TURNED_AWAY)

    @property
    def own_result(self):
        made = self.staff.send("/results/new/", title="Result of the pages", population="Renters")
        return made.url.removeprefix(self.site.base)

    @property
    def result_of_own(self):
        return f"/results/new/?partnership={self['own'].split('/')[2]}"

    @property
    def own_measure(self):
        fields = {"title": "Measure of the pages", "unit": "percent", "counted": "people", "add-sets": ["race"]}
        made = self.staff.send(f"{self['own_result']}indicators/new/", **fields)
        return made.url.removeprefix(self.site.base)

    @property
    def measure_number(self):
        page = f"{self['measure']}data/"
        return re.search(r'href="([^"]+/numbers/[^"]+)"', self.staff.get(page).text)[1].replace("&amp;", "&")

    @property
    def measure_answer(self):
        """The page where the office answers a partner who disputes a number."""
        partner, page = self.site.signed_in(PARTNER), f"{self['measure']}say/"
        about = re.search(r'value="(\d{4}-01-01\|)"', partner.get(page).text)[1]
        partner.send(page, about=about, kind="dispute", words="We count it otherwise.")
        return re.search(r'href="([^"]+/answer/)"', self.staff.get(self["measure"]).text)[1]

    @property
    def result_undo(self):
        return self._undo(self.staff, self["own_result"], detail="Other words.")

    @property
    def measure_undo(self):
        return self._undo(self.staff, self["own_measure"], definition="Other words.")

    @property
    def committee(self):
        return self._link("/partnerships/?kind=advisory_body", "Renters’ advisory committee")

    @property
    def makeup(self):
        """A membership count for these pages, of a dimension that the sample doesn't have."""
        page, groups = f"{self['committee']}members/", {"of_with": "9", "of_without": "11"}
        self.staff.send(f"{page}disability/new/", counted_on="2026-03-01", members="20", **groups)
        return self._link(page, "Disability, ")

    @property
    def makeup_undo(self):
        return self._note("makeup")

    @property
    def population(self):
        page, groups = f"{self['own_city']}population/", {"of_english": "400", "of_other": "600"}
        fields = {"year": "2020", "total": "1000", "source": "A table of the pages"}
        self.staff.send(f"{page}language/new/", **fields, **groups)
        return re.search(r'Language, 2020.*?href="(/populations/[^"]+)"', self.staff.get(page).text, re.S)[1]

    @property
    def population_undo(self):
        return self._note("population")

    def _note(self, name):
        self.staff.send(self[name], note="Other words.")
        return self._last_undo(self[name])
