from datetime import timedelta

import time_machine
from django.db.models import F

from partnerships.assessment import answering, rounds
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.directory.actions import save_organization
from partnerships.models import Contact, Round, SideScore
from partnerships.registry.actions import save_partnership
from tests.factories import answer_the_rest, in_days, make_jurisdiction, make_organization, make_partnership, party
from tests.snapshots import snapshot_fixture


@snapshot_fixture
def board(db):
    """A partnership of an office and two organizations, with three contacts each who can be asked."""
    return Board()


class Board:
    def __init__(self, lead=None, organizations=2, others=(), **fields):
        self.lead = lead or make_jurisdiction("City of Round Lake")
        self.organizations = [make_organization(f"Neighbors {n}", "profiled") for n in range(organizations)]
        seats = [party(self.lead, "lead"), *(party(one, "member") for one in (*self.organizations, *others))]
        self.partnership = make_partnership("Homes for all", lead=self.lead, parties=seats, **fields)
        self.parties = list(self.partnership.parties.all())
        self.desks = {p: [self._desk(p, n) for n in range(9)] for p in self.parties}

    def hide(self, number):
        """Make an organization unlisted."""
        save_organization(organization=self.organizations[number], by=SYSTEM, fields={"listing": "unlisted"})

    def seat(self, number, **fields):
        """Change fields of a party's seat. With `gone`, the seat has ended."""
        rows = [{"id": one.pk, **self._body(one), "roles": []} for one in self.parties]
        rows[number] |= fields
        rows = [row for row in rows if not row.pop("gone", False)]
        save_partnership(partnership=self.partnership, by=SYSTEM, fields={}, parties=rows)

    @staticmethod
    def _body(seat):
        return {seat.entity._meta.model_name: seat.entity}

    def _desk(self, seat, n):
        entity = seat.entity
        name = f"Desk {n} of {entity}"
        address = f"desk{n}-{seat.pk}@example.org"
        return Contact.objects.create(**{entity._meta.model_name: entity}, name=name, email=address)

    def ask(self, *counts, **fields):
        """Start a round that asks the first contacts of each party: `counts` has how many of each. Rounds before it opened
        long ago.
        """
        earlier = Round.objects.filter(partnership=self.partnership, opened_at__isnull=False)
        earlier.update(opened_at=F("opened_at") - timedelta(days=200))
        asked = [(p, desk) for p, n in zip(self.parties, counts, strict=False) for desk in self.desks[p][:n]]
        values = {"title": "Fall round", "closes_on": in_days(14)} | fields
        self.round = rounds.start_round(partnership=self.partnership, by=SYSTEM, fields=values, asked=asked)
        return self.round

    def respondents_of(self, number):
        """The respondents of a party, by the party's position in the partnership: 0 is the lead."""
        return list(self.round.respondents.filter(party=self.parties[number]).order_by("pk"))

    def say(self, respondent, item="decisions", level=2, **fields):
        """Let a respondent answer one question."""
        return answering.save_answer(respondent=respondent, item=item, fields={"level": level} | fields)

    def complete(self, respondent):
        """Let someone on a side of one or two answer all other questions in the middle: otherwise it shows no score."""
        if respondent.side.is_on_record and respondent.answers.filter(level__isnull=False).exists():
            answer_the_rest(respondent)

    def all_say(self, number, *levels, item="decisions", **fields):
        """Let respondents of a party answer one question and finish. `number`: as for `respondents_of`. `levels`: one for
        each respondent, None for “rather not”.
        """
        for respondent, level in zip(self.respondents_of(number), levels, strict=False):
            self.say(respondent, item, level, **fields)
            self.complete(respondent)
            answering.finish(respondent=respondent)

    def close(self):
        """Let the last day pass, and open the answers."""
        if not self.round.opened_at:
            for respondent in self.round.respondents.exclude(party=None):
                self.complete(respondent)
        with days_later(121):
            rounds.open_due()
        self.round.refresh_from_db()
        return self.round


def scores(survey_round, item="decisions"):
    """Return side → (status, median) as they are stored. Of a small side the status is that of the whole round."""
    rows = SideScore.objects.filter(side__round=survey_round, item=item).select_related("side")
    return {row.side.key: (row.side.standing or row.standing, row.median) for row in rows}


def days_later(days):
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)
