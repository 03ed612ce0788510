"""The home page of visitors: what the registry is, types of partnership, issue areas, upcoming meetings, recently published."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.accounts.claim_rules import own_claims_waiting
from partnerships.accounts.queries import invitations_for
from partnerships.core.access import belongs_somewhere
from partnerships.meetings import queries as meetings
from partnerships.registry import queries as registry
from partnerships.registry.seat_questions import questions_for
from partnerships.web.components import linked_data
from partnerships.web.components.meetings import dated_meeting
from partnerships.web.components.partnerships import row_of
from partnerships.web.frame.words import label
from partnerships.web.home import today
from partnerships.web.jurisdictions.issue_areas import issue_area_nodes

LOOKED_AT = 24  # the cards show the newest of each type among these
CARDS = 6
NEWS = 5
MEETINGS = 4


@require_safe
def home(request):
    if belongs_somewhere(request.user):
        return render(request, "public/work.html", today.shown(request.user))
    recent = registry.recently_published(request.user, most=LOOKED_AT)
    areas = issue_area_nodes(request.user)
    busy = [area for area in areas if area.count]
    context = {
        "own_claims": own_claims_waiting(request.user),
        "questions": questions_for(request.user),
        "cards": [row_of(document) for document in _one_of_each_kind([document for _, document in recent])],
        "areas": busy or areas,
        "other_areas": [area for area in areas if not area.count] if busy else [],
        "coming": [dated_meeting(meeting) for meeting in meetings.upcoming_meetings(most=MEETINGS)],
        "invitations": invitations_for(request.user) if request.user.is_authenticated else (),
        "linked_data": linked_data.preview_of_site(request),
        "news": [_news(at, document) for at, document in recent[:NEWS]],
    }
    return render(request, "public/home.html", context)


def _one_of_each_kind(documents):
    """Up to CARDS documents: first the newest of each type, then others."""
    seen = set()
    first: list[dict] = []
    rest: list[dict] = []
    for document in documents:
        (rest if document["kind"] in seen else first).append(document)
        seen.add(document["kind"])
    return (first + rest)[:CARDS]


def _news(at, document) -> dict:
    return {
        "on": at,
        "title": document["title"],
        "url": reverse("partnership", args=[document["id"]]),
        "line": gettext("%(kind)s, led by %(lead)s.")
        % {"kind": label(document["kind"], "kind"), "lead": document["lead"]["name"]},
        "is_illustration": document["is_illustration"],
    }
