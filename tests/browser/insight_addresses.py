"""Addresses of circles, expected seats, coverage, the network, saved lists and published rounds, for addresses.py."""

import re

from tests.browser.activity_addresses import ActivityAddresses
from tests.browser.history_addresses import HistoryAddresses
from tests.browser.import_addresses import ImportAddresses
from tests.browser.interaction_states import InteractionAddresses
from tests.browser.list_addresses import ListAddresses
from tests.browser.measure_addresses import MeasureAddresses
from tests.browser.report_addresses import ReportAddresses
from tests.browser.site import PARTNER


class InsightAddresses(
    HistoryAddresses,
    ImportAddresses,
    InteractionAddresses,
    ListAddresses,
    MeasureAddresses,
    ActivityAddresses,
    ReportAddresses,
):
    @property
    def link_to_ties(self):
        return f"{self['link_to_round']}partners/"

    @property
    def publishing(self):
        """The page where the partner decides whether everyone may read the round."""
        page = self.site.signed_in(PARTNER).get(self["round"]).text
        return re.search(r'href="(/rounds/[^"]+/publish/\d+/)"', page)[1]

    @property
    def needed(self):
        """The page that shows who is needed for a service about renting, led by the office."""
        asked = f"purpose=service&issue=renting&lead={self['own_city'].split('/')[2]}"
        renters = re.search(
            r'name="community" value="(\d+)"[^>]*>\s*<span>Renters', self.staff.get("/partnerships/new/").text
        )
        return f"/partnerships/new/?{asked}&community={renters[1]}"

    @property
    def own_coverage(self):
        return f"/coverage/?jurisdiction={self['own_city'].split('/')[2]}"

    @property
    def own_network(self):
        return f"/network/?focus={self['office'].split('/')[2]}&steps=2"

    @property
    def circles_compared(self):
        path = f"{self['strategy']}partners/"
        quarters = re.findall(r'option value="([0-9-]{10})"', self.staff.get(path).text)
        return f"{path}?since={quarters[-1]}"

    @property
    def circles_in_city(self):
        return f"/issue-areas/housing/circles/?at={self['own_city'].split('/')[2]}"

    @property
    def no_circles_in_city(self):
        return self["circles_in_city"].replace("housing", "food")

    @property
    def area_seat_new(self):
        return f"{self['own_city']}circles/housing/expect/"

    @property
    def seat(self):
        return re.search(r'href="(/expected-seats/[^"]+/)"', self.staff.get(f"{self['strategy']}partners/").text)[1]

    @property
    def seat_taken_back(self):
        page, expect = f"{self['own']}partners/", f"{self['own']}circles/expect/"
        renters = re.search(r'value="(term:[0-9]+)">Renters', self.staff.get(expect).text)[1]
        self.staff.send(expect, who=renters, circle="decides")
        seat = re.search(r'href="(/expected-seats/[^"]+/)"', self.staff.get(page).text)[1]
        self.staff.send(seat)
        return seat
