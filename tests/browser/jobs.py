"""Twenty daily jobs, and how much each asks of a person: presses, fields and seconds (bench/figures/qu4.py).

Each job begins on the home page and takes the shortest way that the pages show, without script and without an address
that is known by heart. What a job needs is made before, and isn't counted. Fewer presses and fields are better, so a
job's function is changed when the pages offer a shorter way.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time

from tests.browser import emails
from tests.browser.days import in_days
from tests.browser.groups import LISTED, group, office
from tests.browser.http_hands import HttpHands
from tests.browser.site import MANAGER, PARTNER, STAFF
from tests.browser.visitor_tasks import STRATEGY

NEIGHBOR = "neighbor@example.org"
JOBS = {}  # what a person does → Job
# Seconds by the keystroke-level model (Card, Moran and Newell 1983): to decide and to point at something and press it,
# to type one character, and for a page to arrive.
DECIDE, POINT, TYPE, ARRIVE = 1.35, 1.1 + 0.2, 0.28, 1.0


@dataclass
class Job:
    """`expected`: how many presses and fields it asks for. `prepare(site)` makes what it needs."""

    do: callable
    expected: tuple[int, int]
    who: str | None
    prepare: callable


@dataclass
class Effort:
    """What a job asks: links, buttons, folds, boxes and options pressed; fields written; seconds of a practiced person."""

    presses: int = 0
    fields: int = 0
    seconds: float = field(default=0.0)


class CountingHands(HttpHands):
    """Does a job over HTTP and counts what it asks. Choosing from a list takes two moves of the pointer, and no typing."""

    def __init__(self, site, session=None):
        super().__init__(site, session)
        self.effort = Effort()

    def follow(self, name, **options):
        self._pressed(arrives=True)
        super().follow(name, **options)

    def press(self, name, **options):
        self._pressed(arrives=True)
        super().press(name, **options)

    def unfold(self, name):
        self._pressed()
        super().unfold(name)

    def tick(self, label):
        self._pressed()
        super().tick(label)

    def untick(self, label):
        self._pressed()
        super().untick(label)

    def pick(self, label, option):
        self._written(2 * POINT)
        super().pick(label, option)

    def write(self, label, text):
        self._written(POINT + TYPE * len(text))
        super().write(label, text)

    def write_day(self, label, day):
        self._written(POINT + TYPE * 8)
        super().write_day(label, day)

    def write_time(self, label, at):
        self._written(POINT + TYPE * 5)
        super().write_time(label, at)

    @contextmanager
    def uncounted(self):
        before, self.effort = self.effort, Effort()
        yield
        self.effort = before

    def _pressed(self, *, arrives=False):
        self.effort.presses += 1
        self.effort.seconds += DECIDE + POINT + (ARRIVE if arrives else 0)

    def _written(self, seconds):
        self.effort.fields += 1
        self.effort.seconds += DECIDE + seconds


def job(title, expected, who=None, prepare=lambda site: None):
    """Register a job. `expected`: (presses, fields). `who`: the email address of the person; None for a visitor."""

    def keep(function):
        assert title not in JOBS, f"two jobs are called “{title}”"
        JOBS[title] = Job(function, expected, who, prepare)
        return function

    return keep


def do(job, site) -> Effort:
    """Do this job on a registry that was restored."""
    given = job.prepare(site)
    hands = CountingHands(site)
    if job.who:
        hands.become(site.signed_in(job.who))
    hands.go_to("/")
    job.do(hands, given)
    return hands.effort


def people() -> set[str]:
    """The email addresses of everyone who does a job, or is needed for one."""
    return {one.who for one in JOBS.values() if one.who} | {NEIGHBOR}


class At:
    """What preparations use: the session of a person at this registry, as tasks have it."""

    def __init__(self, site):
        self.site = site


def published(title):
    return lambda site: office(At(site)).make_partnership(title, publish=True) and title


# Staff: partnerships and partners


@job("Find a partnership by a word of its title", (2, 1), STAFF)
def _(hands, _given):
    hands.write("Search the registry", "housing access")
    hands.press("Search everything")
    hands.follow(STRATEGY)
    hands.sees_title(STRATEGY)


@job("Start a partnership with two partners", (5, 7), STAFF)
def _(hands, _given):
    hands.follow("Start a partnership")
    hands.follow("Contract")
    hands.write("Title", "Contract for tenant outreach")
    hands.pick("Purpose", "Service or program")
    hands.write("What it is for", "Tenants learn early what help there is.")
    hands.tick("Renting")
    with hands.in_fold("Partner 2"):  # the first one is the lead agency, and the second the contractor that it needs
        hands.write("Partner", "Tenants’ association")
        hands.pick("Circle", "Co-designs")
    with hands.in_fold("Partner 3"):
        hands.write("Partner", "Department of Housing")  # a participant, if no role is checked
        hands.pick("Circle", "Decides")
    hands.press("Save")
    hands.sees("Saved as a draft.")


@job("Publish a draft", (2, 0), STAFF, lambda site: office(At(site)).make_partnership("Draft to publish"))
def _(hands, _given):
    hands.follow("Publish: Draft to publish")
    hands.press("Publish")
    hands.sees("Published. Everyone can see it now.")


@job(
    "Add a partner to a partnership",
    (2, 1),
    STAFF,
    lambda site: office(At(site)).make_organization("Block youth", **LISTED),
)
def _(hands, _given):
    with hands.in_row("Empty seat: Youth"):
        hands.follow("Add a partner")
    hands.write("Partner", "Block youth")  # a participant, if no role is checked, in the circle of the seat
    hands.press("Save")
    hands.sees("Block youth")


@job("Change a partner’s circle", (3, 1), STAFF, published("Contract to change"))
def _(hands, title):
    hands.follow(title)
    hands.follow("Edit: Tenants’ association")
    hands.pick("Circle", "Co-designs")
    hands.press("Save")
    hands.sees("Saved.")


# Staff: meetings, check-ins, action items


@job("Schedule a meeting and invite someone", (4, 3), STAFF, published("Contract with a meeting"))
def _(hands, title):
    hands.follow(title)
    hands.follow("Schedule the next one")
    hands.write_day("Date", in_days(65))
    hands.write_time("Time", time(17, 30))
    hands.write("Place", "Library, room 2")
    hands.tick("Housing strategy desk · Department of Housing")
    hands.press("Save")
    hands.sees("Scheduled. We’ll email everyone who is invited.")


def a_meeting(title, day):
    def prepare(site):
        staff = office(At(site))
        path = staff.make_partnership(f"Contract of {title}", publish=True)
        staff.make_meeting(path, title, day, asked=[staff.who_can_be_asked(path, "Housing strategy desk")])
        return title

    return prepare


@job("Move a meeting to another day", (2, 1), STAFF, a_meeting("Meeting that moves", in_days(3)))
def _(hands, title):
    day = in_days(3)
    hands.follow(f"Edit: {title}, {day:%B} {day.day}, {day.year}")
    hands.write_day("Date", in_days(4))
    hands.press("Save")
    hands.sees("Saved.")


@job("Record who came and what was decided", (3, 2), STAFF, a_meeting("Meeting that decides", in_days(-2)))
def _(hands, title):
    with hands.in_row(title):
        hands.follow("Add notes")
    with hands.in_part("Who came"):
        hands.tick("Someone came")
    with hands.in_fold("Decision 1"):
        hands.write("Question", "Which lot comes first?")
        hands.write("Decision", "The one at the river.")
    hands.press("Save")
    hands.sees("Notes and decisions saved.")


@job("Give a partner an action item", (3, 2), STAFF, published("Contract with something to do"))
def _(hands, title):
    hands.follow(title)
    hands.follow("Add an action item")
    hands.write("Action item", "Send the lease data")
    hands.pick("Partner responsible", "Tenants’ association")
    hands.press("Save")
    hands.sees("Added. We’ll email the people responsible.")


@job("Mark an action item as done", (1, 0), STAFF)
def _(hands, _given):
    with hands.in_row("Record how each department counts"):
        hands.press("Mark as done")
    hands.sees("Saved. Status: Done.")


@job("Record a check-in", (2, 1), STAFF)
def _(hands, _given):
    with hands.in_row("Check-in with Neighborhood coalition"):
        hands.follow("Record check-in")
    hands.write("What came up", "All is well.")
    hands.press("Record check-in")
    hands.sees("Saved. The next check-in is scheduled.")


# Staff: rounds, results, reports, requests


@job("Ask both sides how the work goes", (3, 0), STAFF, published("Contract to talk about"))
def _(hands, title):
    hands.follow(title)
    hands.follow("Ask both sides")
    hands.press("Ask them")  # all partners, which name their own people
    hands.sees("The round has started.")


@job("Respond to a gap between both sides", (3, 1), STAFF)
def _(hands, _given):
    hands.follow("Write responses")
    hands.tick("Decisions and power")
    hands.write("Your response", "We will decide the next rent help together, by vote.")
    hands.press("Respond")
    hands.sees("We saved your response.")


def a_measure(site):
    staff = office(At(site))
    path = staff.send("/results/new/", title="Result for numbers", population="Renters").url.removeprefix(site.base)
    fields = {"title": "Answered in time", "unit": "percent", "counted": "people", "add-sets": ["race"]}
    staff.send(f"{path}indicators/new/", **fields)
    return "Answered in time"


@job("Enter a year’s number of a measure", (2, 2), STAFF, a_measure)
def _(hands, title):
    with hands.in_row(title):
        hands.follow("Enter numbers")
    hands.write("Numerator: 2025, Everyone together", "40")
    hands.write("Denominator: 2025, Everyone together", "80")
    hands.press("Save")
    hands.sees("Saved: 1 number.")


@job("Create a report for the council", (1, 0), STAFF)
def _(hands, _given):
    hands.press("Create council report")
    hands.look_again()
    hands.sees("Download PDF")


def a_claim(site):
    path = office(At(site)).make_organization("Choir of the hill", **LISTED)
    site.signed_in(NEIGHBOR).send(f"{path}claim/", position="Director", evidence="Ring at the front desk.")


@job("Decide a claim to an organization", (2, 0), STAFF, a_claim)
def _(hands, _given):
    hands.follow("Review the claim")
    hands.press("Approve")
    hands.sees("Approved.")


@job("Invite a colleague to the office", (3, 1), MANAGER)
def _(hands, _given):
    hands.follow("Invite someone")
    hands.write("Email address", "colleague@example.org")
    hands.tick("Editor")
    hands.press("Send invitation")
    hands.sees("The invitation is on its way.")


# Partners and respondents


def asked_to_confirm(site):
    office(At(site)).make_partnership("Contract to confirm", publish=True)
    return "Contract to confirm"


@job("Confirm a record as a partner", (2, 0), PARTNER, asked_to_confirm)
def _(hands, title):
    with hands.in_row(title):
        hands.follow("Review record")
    hands.press("Yes, it’s right")
    hands.sees("Saved. It now appears next to the record.")


@job(
    "Change the mission of one’s own organization",
    (2, 1),
    NEIGHBOR,
    lambda site: group(At(site), "Block watch", NEIGHBOR),
)
def _(hands, _given):
    with hands.in_part("Your organization"):
        hands.follow("Our mission")
    hands.write("Mission", "A street where children can play.")
    hands.press("Save")
    hands.sees("A street where children can play.")


@job("Answer one question of a round from its email", (3, 0))
def _(hands, _given):
    with hands.uncounted():
        hands.go_to(emails.link_in_email(hands.site, *emails.ROUND_OF_TEN))
    with hands.in_fold("Common agenda"):  # the first question, which is open
        hands.tick("1. Started")
        hands.press("Save and go on")
    hands.press("I’m done")
    hands.sees_title("Thank you")
