"""Pages of meetings: upcoming and past ones, their download, and one meeting."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.core import clock
from partnerships.core.errors import NotFound
from partnerships.meetings import queries, recurrence, rules
from partnerships.meetings.choices import MeetingStatus
from partnerships.meetings.exports import MEETINGS
from partnerships.notifications import link_queries
from partnerships.notifications.recipients import key_of
from partnerships.registry.rules import may_plan, may_read_all
from partnerships.web.components import linked_data
from partnerships.web.components.meetings import owner_words
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.matches import why_lines
from partnerships.web.frame.lists.page import offices_first
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.lists.switches import Switch
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import checked_words, day, local_time

# A meeting of this evening is still upcoming when the next day has begun in UTC.
WESTERNMOST = ZoneInfo("Pacific/Honolulu")


def list_page(request):
    today = clock.today(WESTERNMOST)
    ahead = {"after": [f"{today}"], "before": [], "ordering": ["starts"]}
    past = {"after": [], "before": [f"{today - timedelta(days=1)}"], "ordering": ["-starts"]}
    return offices_first(
        request,
        MEETINGS,
        gettext("Meetings"),
        nouns.MEETING,
        by="jurisdiction",
        opens_on={"after": ahead["after"], "ordering": ahead["ordering"]},
        switches=[Switch(gettext("When"), [(gettext("Upcoming"), ahead), (gettext("Past"), past)])],
        api="meetings",
    )


@require_safe
@tidy_address
def meeting_list(request):
    page = list_page(request)
    context = page.context()
    context["rows"] = [_row(record, page.listing.query) for record in context["rows"]]
    return render(request, "meetings/list.html", context)


def _row(record, query):
    partnership = record.partnership
    texts = [
        (gettext("Title"), record.title),
        (gettext("Partnership"), partnership.title),
        (gettext("Place"), record.place),
    ]
    where = record.place or (gettext("Online") if record.link else "")
    return {
        "url": record.get_absolute_url(),
        "title": record.title,
        "line": f"{day(record.date)}, {local_time(record)}",
        "facts": [partnership.title, *([where] if where else [])],
        "tags": [] if record.is_public else [gettext("Internal")],
        "note": _note(record),
        "is_illustration": record.is_illustration,
        "why": why_lines(query, texts) if query else [],
    }


def _note(record) -> str:
    if record.status == MeetingStatus.CANCELLED:
        return gettext("Canceled")
    is_ahead = record.starts_at >= clock.now()
    return gettext("The partnership has ended.") if is_ahead and not rules.takes_place(record) else ""


@require_safe
def meeting(request, public_id):
    person = request.user
    record = queries.meeting(person, public_id)
    partnership = record.partnership
    is_whole, agenda = may_read_all(person, partnership), list(record.agenda.all())
    series = record.series
    names_parties = record.closed_at or any(item.owner_id for item in agenda)
    parties = queries.parties_seen(person, partnership) if names_parties else {}
    came_of = queries.outcome_of(person, record, parties)
    context = {
        "record": record,
        "partnership": partnership,
        "agenda": [(item, parties.get(item.owner_id)) for item in agenda],
        "came_of": came_of,
        "to_do": [(action, owner_words(action)) for action in came_of["actions"]] if came_of else [],
        "again": recurrence.rule_words(series.rule, series.first_on) if series else "",
        "was_held": rules.was_held(record),
        "notes_are_out": rules.notes_are_public(record),
        "is_cancelled": record.status == MeetingStatus.CANCELLED,
        "is_past": record.starts_at < clock.now(),
        "takes_place": rules.takes_place(record),
        "is_whole": is_whole,
        "may_write": rules.may_write_meeting(person, record),
        "may_plan": may_plan(person, partnership),
        "participants": queries.participants_of(record) if is_whole else [],
        "own": _own_answer(person, record),
        "comes": queries.invited_people(person, record),
        "checked": checked_words(record, request.user),
        "linked_data": linked_data.script(request, record, linked_data.of_meeting, record, partnership),
        **latest(person, record),
        "crumbs": [
            (gettext("Meetings"), reverse("meetings")),
            (partnership.title, partnership.get_absolute_url()),
        ],
    }
    return render(request, "meetings/detail.html", context)


def _own_answer(person, meeting) -> dict | None:
    """What the reader answered and the URL where they answer, while they are invited and it hasn't begun."""
    if not person.is_authenticated or not link_queries.can_be_answered(meeting):
        return None
    try:
        seat = link_queries.open_seat(key_of(person), meeting.pk)
    except NotFound:
        return None
    url = reverse("answer_meeting", args=[link_queries.link_to_seat(seat)])
    return {"answer": seat.get_answer_display() if seat.answer else "", "url": url}
