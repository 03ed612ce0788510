"""Addresses of activities, gains and plans, for addresses.py."""

import re

from tests.browser.site import PARTNER


class ActivityAddresses:
    def _made(self, page, **fields):
        return self.staff.send(page, **fields).url.removeprefix(self.site.base)

    def _activity(self, title):
        return self._made(f"{self['own']}activities/new/", title=title, kind="does", status="planned")

    @property
    def own_activity(self):
        return re.search(r'href="(/activities/[^"]+/)"', self.staff.get(f"{self['strategy']}who-works-on-what/").text)[
            1
        ]

    @property
    def bare_activity(self):
        return self._activity("Activity of the pages")

    @property
    def clashing_activity(self):
        return self._activity("Activity with two writers")

    @property
    def changed_activity(self):
        page = self._activity("Activity that changes")
        self.staff.send(f"{page}edit/", title="Activity that changed", version="1")
        return page

    @property
    def activity_undo(self):
        return self._last_undo(self["changed_activity"])

    def _last_undo(self, page):
        return re.search(rf'href="({page}history/\d+/undo/)"', self.staff.get(f"{page}history/").text)[1]

    @property
    def gain(self):
        partner = self.site.signed_in(PARTNER)
        partner.send(f"{self['strategy']}gains/new/", text="A say before things are settled.")
        return re.search(r'href="(/gains/\d+/)"', partner.get(f"{self['strategy']}results/").text)[1]

    @property
    def plan(self):
        return re.search(r'href="(/plans/K-[^"]+/)"', self.site.visitor().get("/plans/").text)[1]

    @property
    def own_plan(self):
        return self._made("/plans/new/", title="Plan of the pages")

    @property
    def changed_plan(self):
        page = self._made("/plans/new/", title="Plan that changes")
        self.staff.send(f"{page}outcomes/new/", title="Homes", version="1")
        return page

    @property
    def outcome(self):
        page = self["changed_plan"]
        return re.search(rf'href="({page}outcomes/\d+/)"', self.staff.get(page).text)[1]

    @property
    def plan_undo(self):
        return self._last_undo(self["changed_plan"])
