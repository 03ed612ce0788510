"""Many partnerships with random answers, for the portfolio pages, the attack on them, and the benchmark."""

from datetime import timedelta
from random import Random

from partnerships.assessment import catalog, rounds
from partnerships.assessment.scoring import write_scores
from partnerships.core import clock
from partnerships.core.access import SYSTEM
from partnerships.models import Answer, Contact, Respondent, Round, SharedWord, SideScore
from tests.factories import (
    in_days,
    make_department,
    make_issue_area,
    make_organization,
    make_partnership,
    make_term,
    party,
)

ITEMS = list(catalog.items())
KINDS = ("joint_project", "advisory_body", "organizing")


class Many:
    """Random rounds. `levels`: (respondent's key, question) → a level, or None for “rather not”.

    Without an entry, no answer.
    """

    def __init__(self, people, *, seed=1):
        self.people, self.random, self.levels, self.rounds = people, Random(seed), {}, []
        self.departments = [make_department(people.office, f"Department {n}") for n in range(3)]
        self.areas = [make_issue_area(key) for key in ("housing", "health", "jobs")]
        self.purposes = [make_term(key="learning"), make_term(key="equity_tool")]

    def add(self, *, desks=(3, 3), open_it=True, title="", plain=False, all_of_it=False):
        """Add a partnership with a round, led by one of the offices.

        `desks`: minimum and maximum number of respondents of each party. `plain`: a government and a group that isn't
        in any other partnership. `all_of_it`: everyone answers every question.
        """
        n, random, people = len(self.rounds), self.random, self.people
        lead = people.office if n % 3 else people.other_office
        with_partner = random.random() < 0.5 and not plain
        group = people.organization if with_partner else make_organization(f"Neighbors {n}", "profiled", kept_by=lead)
        others = [group] if plain or random.random() < 0.8 else [random.choice(self.departments), people.organization]
        if not plain and random.random() < 0.2:
            others = [random.choice(self.departments)]  # one side only
        seats = [party(lead, "lead"), *(party(one, "member") for one in others)]
        partnership = make_partnership(
            title or f"Partnership {n}", lead=lead, parties=seats, kind=KINDS[n % 3], purpose=random.choice(self.purposes),
            issue_areas=random.sample(self.areas, random.randrange(3)), engagement=random.choice((None, 2, 3)),
        )  # fmt: skip
        asked = [pair for seat in partnership.parties.all() for pair in self._asked(seat, desks)]
        fields = {"title": f"Round {n}", "closes_on": in_days(20), "erases_answers": n % 2 == 0}
        survey_round = rounds.start_round(partnership=partnership, by=SYSTEM, fields=fields, asked=asked)
        self.rounds.append(survey_round)
        if open_it:
            self.answer(survey_round, all_of_it=all_of_it)
        return survey_round

    def _asked(self, seat, desks):
        own = {self.people.office: self.people.editor, self.people.organization: self.people.partner}
        own |= {self.people.other_office: self.people.other_editor}
        n = max(self.random.randint(*desks), seat.position == 0)  # a round asks at least one person
        someone = own.get(seat.entity)
        pairs = [(seat, someone)] if someone and n else []
        for number in range(n - len(pairs)):
            entity, place = seat.entity, f"{seat.pk}-{number}"
            fields = {entity._meta.model_name: entity, "name": f"Desk {place}", "email": f"desk-{place}@example.org"}
            pairs.append((seat, Contact.objects.create(**fields)))
        return pairs

    def answer(self, survey_round, *, all_of_it=False):
        """Let respondents answer at random or not at all. Then the round opens, some time ago."""
        for place in survey_round.respondents.all():
            kind = self.random.random()
            if not all_of_it and kind < 0.15:
                continue  # doesn't answer
            for item in ITEMS:
                if all_of_it or self.random.random() < 0.9:
                    others = () if all_of_it else (None,)
                    self.levels[place.pk, item] = self.random.choice((*others, *range(5), *range(5)))
            Respondent.objects.filter(pk=place.pk).update(
                finished_at=clock.now(),
                keeps_back=place.side.is_on_record and not all_of_it and self.random.random() < 0.3,
            )
        self._write(survey_round)
        rounds.open_due(now=clock.now() + timedelta(days=30))
        opened = clock.now() - timedelta(days=self.random.randrange(400))
        Round.objects.filter(pk=survey_round.pk).update(opened_at=opened)
        survey_round.refresh_from_db()

    def _write(self, survey_round):
        Answer.objects.filter(respondent__round=survey_round).delete()
        Answer.objects.bulk_create(
            Answer(respondent_id=pk, item=item, level=self.levels[pk, item], at=clock.now())
            for pk in survey_round.respondents.values_list("pk", flat=True)
            for item in ITEMS
            if (pk, item) in self.levels
        )

    def write_again(self):
        """Store the rounds again, from the current levels."""
        SideScore.objects.all().delete()
        SharedWord.objects.all().delete()
        for survey_round in self.rounds:
            self._write(survey_round)
            write_scores(survey_round)
