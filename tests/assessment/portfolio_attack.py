"""QA21 over many rounds: can a reader find out answers from all pages, filters, files and refusals together?

Everything that a reader can get from the registry is read once. Then as many answers of others as possible are changed,
one of each side and question at a time, so that the reader's own answers and visible scores stay the same, and
everything is read again. If all bytes are the same, nothing that was read shows a changed answer, since its other value
fits as well.
"""

import re
from random import Random

from django.test import Client

from partnerships.assessment.choices import ANSWERED, ON_RECORD, SCORE_FROM, ScoreState
from partnerships.assessment.gaps import Given, one_standing, score
from partnerships.assessment.rules import compared_sides
from partnerships.models import Answer, Membership, Party
from tests.assessment.many import ITEMS, Many
from tests.factories import make_person
from tests.people import make_people

SHOWS = ("gaps", "low", "owed", "answers", "groups")
READERS = ("editor", "partner", "other_editor", "administrator", "colleague", "stranger")
# What may differ between two readings: tokens, the position of a list's page, and the time when a file was made.
BY_RIGHT = re.compile(
    r'(name="(?:csrfmiddlewaretoken|form_key)" value=|nonce=)"[^"]*"'
    r'|cursor=[^"&]+|"(made_at|last_login|at)": ?"[^"]*"|"signed_in": ?\[[^]]*\]'
)
UNSAID = "unsaid"
LEVELS = (None, *range(5))
TRIES = 300  # with other answers, for one side and question


class Attack:
    def __init__(self, *, partnerships=10, seed=1, desks=(0, 6)):
        self.people = make_people()
        self.people.colleague = make_person("of-neighbors@example.org")
        self.many, self.random = Many(self.people, seed=seed), Random(seed)
        for n in range(partnerships):
            self.many.add(desks=desks, plain=n < 1)
        seat = Party.objects.filter(organization__name__startswith="Neighbors").first()
        Membership.objects.create(person=self.people.colleague, organization=seat.organization, role="reader")
        self.sides = [_Side(side) for survey_round in self.many.rounds for side in survey_round.sides.all()]
        self.clients = {name: Client() for name in READERS}
        for name, client in self.clients.items():
            client.force_login(getattr(self.people, name))

    def run(self, times=2, readers=READERS):
        """Return (number of answers that stay secret, errors as lines).

        `times`: how many answers of each side, one after another.
        """
        tried, wrong = 0, []
        for name in readers:
            paths = self._paths(name)
            before = {path: self._read(name, path) for path in paths}
            wrong += [f"{name} {path}: {status}" for path, (status, _) in before.items() if status >= 500]
            kept = dict(self.many.levels)
            for nth in range(times):
                changed = self._change(name, nth)
                self.many.write_again()
                after = {path: self._read(name, path) for path in paths}
                wrong += [f"{name} {path} tells of another answer" for path in paths if before[path] != after[path]]
                tried += changed
                self.many.levels = dict(kept)
            self.many.write_again()
        return tried, wrong

    def _change(self, name, nth):
        """Change the nth answer of others in each side and question where another one fits. Returns how many there were."""
        person, changed = getattr(self.people, name), 0
        for side in self.sides:
            own_places = {pk for pk, who in side.places if who == person.pk}
            others = [pk for pk, _ in side.places if pk not in own_places]
            if not others:
                continue
            target = others[nth % len(others)]
            for item in ITEMS:
                fits = self._other(side, item, target, own_places, self._is_hidden(side, item, person))
                if fits:
                    self._say(item, fits)
                    changed += 1
        return changed

    def _other(self, side, item, target, own_places, is_hidden):
        """Find other levels for the side, with the target's changed and the reader's own kept, that give the same scores."""
        levels = {pk: self.many.levels.get((pk, item), UNSAID) for pk, _ in side.places}
        if levels[target] == UNSAID:
            return None
        was = side.score(levels)
        if len(side.places) <= ON_RECORD and was.median is not None and not is_hidden:
            return None  # with one or two people, answers are on the record
        free = [pk for pk in levels if pk not in own_places and levels[pk] != UNSAID]
        for _ in range(TRIES):
            chosen = [self.random.choice(LEVELS) for _ in free]
            other = levels | dict(zip(free, chosen, strict=True))
            now = side.score(other)
            same = now.standing == was.standing if is_hidden else now == was
            if other[target] != levels[target] and same:
                return other
        return None

    def _is_hidden(self, side, item, person):
        """Whether this reader may not see this side's score: the page's rule, defined separately here."""
        first, of_round = compared_sides(side.round)[0], [one for one in self.sides if one.round == side.round]
        own_sides = {one.key for one in of_round if one.is_of(person)}
        states = {one.key: self._standing(one, item) for one in of_round}
        if first in own_sides or (not own_sides and side.key != first):
            return side.key != first and states.get(first) != ScoreState.SHOWN
        if side.key in own_sides:
            return False
        return not any(states[key] in ANSWERED for key in (own_sides or states.keys()) - {side.key})

    def _standing(self, side, item):
        """The standing that counts for reading others: of a side of fewer than three participants, for the whole round."""
        if len({pk for pk, _ in self.many.levels if pk in dict(side.places)}) >= SCORE_FROM:
            return side.score(self._said(side, item)).standing
        scores = [side.score(self._said(side, one)) for one in ITEMS]
        return one_standing(scores, asked=side.asked, keeps_back=side.keeps_back)

    def _said(self, side, item):
        return {pk: self.many.levels.get((pk, item), UNSAID) for pk, _ in side.places}

    def _say(self, item, levels):
        for pk, level in levels.items():
            if level != UNSAID:
                self.many.levels[pk, item] = level

    def _paths(self, name):
        filters = ["", "kind=advisory_body", "issue=housing", "issue=health&kind=joint_project", "purpose=equity_tool"]
        filters += [f"jurisdiction={self.people.office.public_id}", "item=decisions", "item=influence&issue=jobs"]
        filters += [f"department={one.public_id}" for one in self.many.departments[:2]]
        found = [f"/rounds.csv?show={show}&{one}" for show in SHOWS for one in filters]
        found += [
            f"/rounds.csv?show=groups&by={key}&{one}" for key in ("department", "kind", "issue") for one in filters
        ]
        found += [f"/rounds/?show={show}" for show in SHOWS] + ["/rounds/?show=x", "/rounds/?item=x&show=low"]
        for survey_round in self.many.rounds:
            page, whole = f"/rounds/{survey_round.public_id}/", f"/partnerships/{survey_round.partnership.public_id}/"
            found += [
                page,
                f"{page}published/",
                whole,
                f"{whole}records/",
                f"{page}respond/{self.random.choice(ITEMS)}/",
            ]
        return [*found, "/network/", "/network.csv", "/account/data.json"]

    def _read(self, name, path):
        client = self.clients[name]
        answer = client.post(path, {"private": "on"}) if path.endswith("/records/") else client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, BY_RIGHT.sub("", body.decode())


class _Side:
    """A side of a round for the attack: its respondents, who they are, and the scores of their answers."""

    def __init__(self, row):
        self.round, self.key, self.asked = row.round, row.key, row.asked
        places = list(row.respondents.order_by("pk"))
        self.places = [(place.pk, place.person_id) for place in places]
        self.keeps_back = any(place.keeps_back for place in places)
        self.bodies = {body for place in places for body in _bodies(place.party)}

    def score(self, levels):
        given = [Given(level) for level in levels.values() if level != UNSAID]
        return score(self.asked, given, keeps_back=self.keeps_back)

    def is_of(self, person):
        own = {("organization", m.organization_id) for m in person.memberships.all()}
        own |= {("jurisdiction", m.jurisdiction_id) for m in person.memberships.all()}
        own = {body for body in own if body[1]}
        is_lead = ("jurisdiction", self.round.partnership.lead_id) in own and self.key in ("government", "lead")
        return is_lead or bool(self.bodies & own)


def _bodies(party):
    yield ("organization", party.organization_id)
    yield ("jurisdiction", party.jurisdiction_id or (party.department and party.department.jurisdiction_id))


def figure(partnerships=12, times=3):
    """Return for bench/figures/qa21.py how many answers were tried, and what gave one away."""
    attack = Attack(partnerships=int(partnerships))
    tried, wrong = attack.run(int(times))
    return {"tried": tried, "wrong": wrong, "answers": len(attack.many.levels), "kept": Answer.objects.count()}
