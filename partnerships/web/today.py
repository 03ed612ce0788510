"""The home page's list of what needs a person's attention.

Staff see what is due in their office, by urgency, each with the next step. Everyone sees the requests to them and the
rounds that have opened.
"""

from django.urls import reverse

from partnerships.assessment import portfolio_queries, queries
from partnerships.core.access import is_staff
from partnerships.insight.queries import empty_seats_of
from partnerships.registry import attention
from partnerships.web.assessment.rounds_words import age_words
from partnerships.web.drafts import rows_of
from partnerships.web.partnerships.tabs import partnership_url
from partnerships.web.pending_requests import requests_to
from partnerships.web.words import day, label

MOST = 5
# Key of the filter “needs” → (heading, next step).
NEXT_STEPS = {
    "check_in_late": ("Check-ins overdue", "No one has answered yet. Call, or record what they said."),
    "quiet": ("Gone quiet", "No meeting, check-in or answer on schedule. A call may be enough."),
    "agreement_ending": ("Agreements ending", "They end within 90 days. Record what comes next."),
    "hand_over": ("Reassign", "Someone who held these has left. Name who takes over."),
}


def shown(person) -> dict:
    """The context.

    `needs` has the groups of due work for staff, without empty ones, `unsaved` the person's drafts, `asked` the
    requests to them, and `opened` the rounds whose answers have opened.
    """
    opened = queries.recently_opened(person, most=MOST)
    return {
        "needs": [group for group in _needs(person) if group["rows"]] if is_staff(person) else [],
        "is_staff": is_staff(person),
        "unsaved": rows_of(person),
        "asked": requests_to(person),
        "opened": [(one, age_words(one.opened_at)) for one in opened],
    }


def _needs(person):
    yield _group("owed", "Responses due", "Say what you heard, what will change, and by when.", _due_responses(person))
    late, *others = NEXT_STEPS
    yield _in_need(person, late)
    step = "Answers open after that date, or once everyone has answered. See who to call."
    yield _group(
        "closing", "Rounds closing soon", step, [_round(one) for one in queries.closing_soon(person, most=MOST)]
    )
    for key in others:
        yield _in_need(person, key)
    seats = [_seat(seat) for seat in empty_seats_of(person, most=MOST)]
    yield _group("seats", "Empty seats in the inner circles", "No one has been asked yet. Plan an invitation.", seats)


def _group(key, title, step, rows, more=""):
    return {"key": key, "title": title, "step": step, "rows": rows, "more": more}


def _in_need(person, key):
    title, step = NEXT_STEPS[key]
    rows = attention.in_need(person, (key,)).only("public_id", "title", "is_illustration").order_by("updated_at", "pk")
    rows = [_about(one) for one in rows[:MOST]]
    return _group(key, title, step, rows, f"{reverse('partnerships')}?needs={key}")


def _about(partnership, line="", url="", **more):
    url = url or partnership.get_absolute_url()
    return {"title": partnership.title, "url": url, "line": line, "is_illustration": partnership.is_illustration} | more


def _due_responses(person):
    rows = portfolio_queries.overdue_responses_of(person, most=MOST)
    return [
        _about(
            row.round.partnership,
            row.seen.item.name,
            reverse("round_note", args=[row.round.public_id, row.seen.item.key]),
            due=f"By {day(row.due_on)}",
            is_late=row.is_past,
        )
        for row in rows
    ]


def _round(survey_round):
    return _about(
        survey_round.partnership,
        survey_round.title,
        survey_round.get_absolute_url(),
        due=f"Until {day(survey_round.closes_on)}",
    )


def _seat(seat):
    line = f"{seat.department or seat.jurisdiction or seat.term}: {label(seat.circle, 'circle').lower()}"
    if seat.partnership:
        return _about(seat.partnership, line, partnership_url(seat.partnership, "partners"))
    url = f"{reverse('issue_area_circles', args=[seat.issue_area.key])}?at={seat.office.public_id}"
    return {
        "title": f"{seat.issue_area}, {seat.office}",
        "url": url,
        "line": line,
        "is_illustration": seat.is_illustration,
    }
