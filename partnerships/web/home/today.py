"""The home page of people with a role: what needs them, by urgency, each line with its next step.

Staff see what is due in their office. Partners see what is asked of them, what they said, and what came of it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateformat import format as date_words
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import READS_UNANSWERED
from partnerships.accounts.queries import memberships_of
from partnerships.accounts.rules import may_connect_programs
from partnerships.accounts.service_accounts import waiting_for
from partnerships.accounts.service_rules import has_stopped
from partnerships.assessment import portfolio_queries, queries, score_queries
from partnerships.core import clock
from partnerships.core.access import departments_of, is_staff, manages_somewhere, organizations_of
from partnerships.core.models import type_key
from partnerships.directory.models import body_of
from partnerships.directory.rules import may_write_organization
from partnerships.insight.queries import empty_seats_of
from partnerships.interactions.queries import follow_ups_due
from partnerships.measurement import number_words
from partnerships.measurement.overdue_data import data_due_from
from partnerships.meetings import action_queries
from partnerships.meetings import queries as meetings
from partnerships.meetings.choices import ActionStatus
from partnerships.notifications import link_queries
from partnerships.registry import attention, party_queries, sides
from partnerships.registry import queries as registry
from partnerships.registry.choices import Verdict
from partnerships.registry.models import Reply
from partnerships.registry.rules import may_add_partnership, may_write_partnership
from partnerships.registry.seat_questions import questions_for
from partnerships.web.account.first_steps import first_steps_shown
from partnerships.web.components.meetings import owner_words
from partnerships.web.components.partnerships import partnership_url
from partnerships.web.components.pending_requests import requests_to
from partnerships.web.frame.drafts import rows_of
from partnerships.web.frame.history import name_of_person
from partnerships.web.frame.words import day, label, local_time, zone_of

SOON = 30  # days
MOST = 50  # lines of one sort, so that what the page counts is all that most offices have
SHOWN = 8  # lines of a group before the rest folds
MOST_LINES = 5
NEXT = 4  # meetings
OWN = 3  # cards of own organizations before a link to all of them
GROUPS = {"late": _("Overdue"), "soon": _("Due in the next 30 days"), "plan": _("To plan")}


@dataclass
class Line:
    """One thing to do. `due_on` or `since` says when; `step` is the next step, in the words of its button.

    `today`: where the reader is.
    """

    title: str
    step: str
    step_url: str
    url: str = ""  # of what it's about, if that isn't where the next step is done
    partnership: object = None
    text: str = ""
    whose: str = ""
    due_on: date | None = None
    since: date | None = None
    ends: str = "due"  # or “closes” or “ends”
    is_illustration: bool = False
    sent: dict | None = None  # what the step sends, if it's done in one press
    today: date = field(default_factory=clock.today)

    @property
    def group(self) -> str:
        if self.due_on is None or self.days > SOON:
            return "plan"
        return "late" if self.days < 0 else "soon"

    @property
    def days(self) -> int:
        assert self.due_on is not None
        return (self.due_on - self.today).days

    @property
    def when(self) -> str:
        if self.due_on is None:
            return gettext("Since %(day)s") % {"day": _short_date(self.since)} if self.since else gettext("No due date")
        if self.days < 0:
            return ngettext("%(days)s day overdue", "%(days)s days overdue", -self.days) % {"days": -self.days}
        return _time_left(self.ends, self.days)

    @property
    def on(self) -> str:
        if self.due_on is not None:
            if self.days < 0:
                words = gettext("Due %(day)s")
            elif self.ends == "due":
                words = gettext("By %(day)s")
            else:
                words = gettext("On %(day)s")
            return words % {"day": _short_date(self.due_on)}
        if not self.since or self.since >= self.today:
            return ""
        ago = (self.today - self.since).days
        return ngettext("%(days)s day ago", "%(days)s days ago", ago) % {"days": ago}


def _short_date(on) -> str:
    """A date, with its year only if that isn't this year."""
    return date_words(on, gettext("F j")) if on.year == clock.today().year else day(on)


def _time_left(ends, days) -> str:
    """What is due, closes or ends today, or in some days."""
    if ends == "closes":
        words = (
            gettext("Closes today")
            if days == 0
            else ngettext("Closes in %(days)s day", "Closes in %(days)s days", days)
        )
    elif ends == "ends":
        words = gettext("Ends today") if days == 0 else ngettext("Ends in %(days)s day", "Ends in %(days)s days", days)
    else:
        words = gettext("Due today") if days == 0 else ngettext("Due in %(days)s day", "Due in %(days)s days", days)
    return words % {"days": days}


def _state_words(count, late) -> str:
    """How much there is to do, in a sentence or two."""
    if not count:
        return gettext("You’re up to date.")
    words = ngettext("%(number)s item.", "%(number)s items.", count) % {"number": count}
    return f"{words} {gettext('%(number)s overdue.') % {'number': late}}" if late else words


def shown(person) -> dict:
    """The context: `groups` of lines, the person's drafts, the next meetings, and for partners what they `said` and what
    `came_of_it`.
    """
    staff, partner = is_staff(person), bool(organizations_of(person) or departments_of(person))
    zone = clock.zone(zone_of(person))
    today = clock.today(zone)
    lines = [*_office_lines(person, today, zone)] if staff else [*_partner_lines(person)]
    without_notes, coming = meetings.calendar_today(person, most=MOST)
    lines += [_missing_notes_line(meeting) for meeting in without_notes]
    numbers = data_due_from(person, today=today, until=today + timedelta(days=SOON), most=MOST)
    lines += [_due_numbers_line(one, zone) for one in numbers]
    lines += [_request_line(row) for row in requests_to(person)]
    lines += [_service_line(person, token, zone) for token in waiting_for(person)]
    for line in lines:
        line.today = today
    lines.sort(key=lambda line: (line.due_on is None, line.due_on or line.since or today))
    recent = registry.recently_changed_by(person)
    groups = [(key, [line for line in lines if line.group == key]) for key in GROUPS]
    return {
        "groups": [_group_context(key, rows) for key, rows in groups if rows],
        "first_steps": first_steps_shown(person),
        "questions": questions_for(person),
        "count": len(lines),
        "state": _state_words(len(lines), sum(line.group == "late" for line in lines)),
        "today": date_words(today, gettext("l, F j, Y")),
        "is_staff": staff,
        "is_partner": partner,
        "may_add": may_add_partnership(person),
        "unsaved": rows_of(person),
        "coming": [_meeting_context(person, one) for one in coming[:NEXT]],
        "recent": recent,
        "to_publish": [one for one in recent if not one.is_published and may_write_partnership(person, one)],
        **_own_organizations(person),
        "is_manager": manages_somewhere(person),
        "own_answers": _own_answers(person, zone) if partner else [],
        "came_of_it": _came_of_it(person, zone) if partner else [],
    }


def _group_context(key, lines):
    title = GROUPS[key] if key != "plan" or any(line.due_on for line in lines) else gettext("No due date")
    return {"key": key, "title": title, "count": len(lines), "lines": lines[:SHOWN], "more": lines[SHOWN:]}


def _own_organizations(person) -> dict:
    """The first few organizations of the person, and how many more they have."""
    own = [one.organization for one in memberships_of(person) if one.organization] if organizations_of(person) else []
    cards = [{"record": one, "may_write": may_write_organization(person, one)} for one in own[:OWN]]
    return {"organizations": cards, "more_organizations": len(own) - len(cards)}


def _assigned_to(who) -> str:
    return gettext("Assigned to %(who)s") % {"who": who} if who else gettext("Not assigned")


def _line_about(partnership, title, step, step_url, **more) -> Line:
    return Line(title, step, step_url, partnership=partnership, is_illustration=partnership.is_illustration, **more)


def _line_of_lead(partnership, title, step, step_url, **more) -> Line:
    """A line of what the lead agency has to do."""
    return _line_about(partnership, title, step, step_url, whose=_assigned_to(partnership.lead), **more)


def _office_lines(person, today, zone):
    until = today + timedelta(days=SOON)
    yield from (_check_in_line(person, plan, today) for plan in meetings.check_ins_due(person, until=until, most=MOST))
    yield from (_action_line(action) for action in action_queries.actions_due(person, until=until, most=MOST))
    yield from (_follow_up_line(one) for one in follow_ups_due(person, until=until, most=MOST))
    yield from (_round_line(one) for one in portfolio_queries.rounds_to_handle(person, days=SOON, most=MOST))
    for partnership, keys in attention.needing(person, tuple(_NEEDS), most=MOST):
        yield from (_NEEDS[key](partnership) for key in keys)
    yield from (_unconfirmed_seat_line(party, zone) for party in party_queries.seats_to_confirm(person, most=MOST))
    yield from (_empty_seat_line(seat) for seat in empty_seats_of(person, most=MOST))


def _partner_lines(person):
    yield from (_action_line(action) for action in action_queries.open_actions_of(person, most=MOST))
    for plan in meetings.check_ins_asked_of(person, organizations_of(person), days=SOON, most=MOST):
        yield _asked_check_in_line(person, plan)


def _check_in_line(person, plan, today):
    holder = plan.holder.name if plan.holder else ""
    is_late = plan.next_due_on < today
    return _line_about(
        plan.partnership,
        gettext("Check-in with %(who)s") % {"who": plan.party or plan.contact or plan.person},
        gettext("Record check-in"),
        reverse("check_in_done", args=[plan.public_id]),
        text=gettext("No one has answered yet. A call is enough.") if is_late else f"{label(plan.rhythm, 'rhythm')}.",
        whose=gettext("Assigned to you") if plan.holder_id == person.pk else _assigned_to(holder),
        due_on=plan.next_due_on,
    )


def _asked_check_in_line(person, plan):
    """A check-in that the person answers, or a contact of their organization."""
    about = {"whose": gettext("For %(party)s") % {"party": plan.person or plan.contact}, "due_on": plan.next_due_on}
    if plan.person == person and (token := link_queries.link_to_check_in(plan)):
        step, url = gettext("Answer questions"), reverse("answer_check_in", args=[token])
    else:
        step, url = gettext("See partnership"), partnership_url(plan.partnership)
        about["text"] = gettext("Answer by the link in our email, or expect a call.")
    return _line_about(plan.partnership, gettext("Check-in"), step, url, **about)


def _action_line(action):
    return _line_about(
        action.partnership,
        action.title,
        gettext("Mark as done"),
        reverse("action_note", args=[action.public_id]),
        sent={"status": ActionStatus.DONE, "version": action.version},
        url=action.get_absolute_url(),
        text=gettext("Action item."),
        whose=_assigned_to(owner_words(action)),
        due_on=action.due_on,
    )


def _follow_up_line(interaction):
    return Line(
        gettext("Follow up: %(summary)s") % {"summary": interaction.summary},
        gettext("Mark as done"),
        reverse("interaction_follow_up", args=[interaction.public_id]),
        sent={},
        url=interaction.get_absolute_url(),
        text=f"{body_of(interaction)}.",
        whose=_assigned_to(name_of_person(interaction.follow_up_by)) if interaction.follow_up_by else "",
        due_on=interaction.follow_up_on,
        is_illustration=interaction.is_illustration,
    )


def _missing_notes_line(meeting):
    return _line_about(
        meeting.partnership,
        meeting.title,
        gettext("Add notes"),
        reverse("meeting_close", args=[meeting.public_id]),
        url=meeting.get_absolute_url(),
        text=gettext("Meeting without notes and decisions."),
        whose=_assigned_to(meeting.partnership.lead),
        since=meeting.date,
    )


def _service_line(person, token, zone):
    """A service account for which no one answers. Who may take it over does so in one press."""
    body = token.body
    services = reverse(f"{type_key(body)}_services", args=[body.public_id])
    if may_connect_programs(person, body):
        press = {"step": gettext("Take over"), "step_url": reverse("service_take_over", args=[token.pk]), "sent": {}}
    else:
        press = {"step": gettext("Review service accounts"), "step_url": services}
    if has_stopped(token, clock.now()):
        text = gettext("No one answers for it. It can’t read or change anything.")
        when = {"since": _local_date(token.unanswered_since, zone)}
    else:
        text = gettext("No one answers for it. It can’t change anything.")
        when = {"due_on": _local_date(token.unanswered_since + READS_UNANSWERED, zone), "ends": "ends"}
    return Line(
        gettext("Service account “%(name)s”") % {"name": token.name},
        **press,
        url=services,
        text=text,
        whose=gettext("For %(party)s") % {"party": body},
        **when,
    )


def _due_numbers_line(one, zone):
    measure, period = one.measure, number_words.period_words(one.measure, one.period)
    if one.is_owners_task:
        whose = gettext("Waiting for %(party)s") % {"party": one.owner.party}
    elif one.owner:
        whose = gettext("For %(party)s") % {"party": one.owner.party}
    else:
        whose = _assigned_to(measure.lead)
    text = gettext("Numbers for %(period)s.") % {"period": period} if one.due_on else gettext("No numbers are in yet.")
    return Line(
        measure.title,
        gettext("Enter numbers"),
        reverse("measure_data", args=[measure.public_id]),
        url=measure.get_absolute_url(),
        partnership=measure.partnership,
        text=text,
        whose=whose,
        due_on=one.due_on,
        since=None if one.due_on else _local_date(measure.created_at, zone),
        is_illustration=measure.is_illustration,
    )


def _due_responses_line(survey_round):
    number = survey_round.due_responses
    return _line_about(
        survey_round.partnership,
        ngettext("Respond to %(number)s gap", "Respond to %(number)s gaps", number) % {"number": number},
        gettext("Write responses"),
        reverse("round_respond", args=[survey_round.public_id]),
        url=survey_round.get_absolute_url(),
        text=f"{survey_round.title}.",
        whose=_assigned_to(survey_round.partnership.lead),
        due_on=score_queries.note_due_on(survey_round),
    )


def _round_line(survey_round):
    return _due_responses_line(survey_round) if survey_round.due_responses else _closing_round_line(survey_round)


def _closing_round_line(survey_round):
    asked, by = survey_round.asked or 0, survey_round.started_by or survey_round.partnership.lead
    words = ngettext(
        "%(number)s person asked, started by %(by)s", "%(number)s people asked, started by %(by)s", asked
    ) % {"number": asked, "by": by}
    return _line_about(
        survey_round.partnership,
        survey_round.title,
        gettext("Check round"),
        survey_round.get_absolute_url(),
        text=gettext("Sealed. No one sees who has answered while it’s open."),
        whose=words,
        due_on=survey_round.closes_on,
        ends="closes",
    )


def _ending_agreement_line(partnership):
    return _line_of_lead(
        partnership,
        gettext("Agreement"),
        gettext("Plan renewal"),
        partnership_url(partnership, "agreement"),
        due_on=partnership.agreement.ends_on,
        ends="ends",
    )


def _ended_agreement_line(partnership):
    return _line_of_lead(
        partnership,
        gettext("Agreement has ended"),
        gettext("Edit agreement"),
        reverse("partnership_agreement_edit", args=[partnership.public_id]),
        text=gettext("Enter its new end date, or close the partnership."),
        due_on=partnership.agreement.ends_on,
    )


def _ended_seat_line(partnership):
    return _line_of_lead(
        partnership,
        gettext("Term of a seat has ended"),
        gettext("Edit seats"),
        reverse("partnership_agreement_edit", args=[partnership.public_id]),
        url=partnership_url(partnership, "agreement"),
        text=gettext("Enter who holds it now, or its new end date."),
    )


def _overdue_ask_line(partnership):
    return _line_of_lead(
        partnership,
        gettext("Answer to the community overdue"),
        gettext("Enter the answer"),
        reverse("partnership_agreement_edit", args=[partnership.public_id]),
        url=partnership_url(partnership, "agreement"),
        text=gettext("The day for the government’s answer to an ask has passed."),
    )


def _past_end_line(partnership):
    return _line_of_lead(
        partnership,
        gettext("Past the end date"),
        gettext("Close partnership"),
        reverse("partnership_end", args=[partnership.public_id]),
        text=gettext("It’s over, or its end date has changed."),
        due_on=partnership.ends_on,
    )


def _quiet_line(partnership):
    return _line_of_lead(
        partnership,
        gettext("Gone quiet"),
        gettext("Schedule a meeting"),
        reverse("meeting_new", args=[partnership.public_id]),
        text=gettext("No meeting, check-in or answer. A call may be enough."),
        since=partnership.heard_since,
    )


def _closed_partner_line(partnership):
    return _line_of_lead(
        partnership,
        gettext("A partner here has closed"),
        gettext("End the seat"),
        partnership_url(partnership, "partners"),
    )


def _hand_over_line(partnership):
    return _line_about(
        partnership,
        gettext("Someone with a task here has left"),
        gettext("Name who takes over"),
        partnership_url(partnership, "office"),
        whose=_assigned_to(""),
    )


_NEEDS = {
    "past_its_end": _past_end_line,
    "agreement_ending": _ending_agreement_line,
    "agreement_over": _ended_agreement_line,
    "seat_over": _ended_seat_line,
    "partner_closed": _closed_partner_line,
    "ask_overdue": _overdue_ask_line,
    "quiet": _quiet_line,
    "hand_over": _hand_over_line,
}


def _unconfirmed_seat_line(party, zone):
    return _line_about(
        party.partnership,
        gettext("%(party)s hasn’t confirmed its seat") % {"party": party},
        gettext("Invite again"),
        reverse("seat_invite", args=[party.pk]),
        url=partnership_url(party.partnership, "partners"),
        whose=gettext("Waiting for %(party)s") % {"party": party},
        since=party.invited_at and _local_date(party.invited_at, zone),
    )


def _empty_seat_line(seat):
    who = seat.department or seat.jurisdiction or seat.term
    text = gettext("%(circle)s. No one holds it now.") % {"circle": label(seat.circle, "circle")}
    more, title = {"text": text, "since": seat.declared_on}, gettext("Empty seat: %(who)s") % {"who": who}
    if seat.partnership:
        url = f"{reverse('partner_new', args=[seat.partnership.public_id])}?{urlencode({'circle': seat.circle})}"
        more |= {"url": partnership_url(seat.partnership, "partners"), "whose": _assigned_to(seat.partnership.lead)}
        return _line_about(seat.partnership, title, gettext("Add a partner"), url, **more)
    url = f"{reverse('issue_area_circles', args=[seat.issue_area.key])}?at={seat.office.public_id}"
    more |= {"whose": f"{seat.issue_area}, {seat.office}", "is_illustration": seat.is_illustration}
    return Line(title, gettext("Look at circles"), url, **more)


def _request_line(row) -> Line:
    return Line(
        row["what"],
        row["step"],
        row["url"],
        partnership=row["partnership"],
        whose=row["whose"],
        due_on=row["due_on"],
        since=row["since"],
        is_illustration=row.get("is_illustration", False),
    )


def _meeting_context(person, meeting) -> dict:
    """For components/_dated.html."""
    return {
        "on": meeting.date,
        "title": meeting.title,
        "url": meeting.get_absolute_url(),
        "line": f"{local_time(meeting)}. {meeting.partnership.title}.",
        "note": "" if meeting.is_public else gettext("Internal"),
        "edit_url": (
            reverse("meeting_edit", args=[meeting.public_id])
            if may_write_partnership(person, meeting.partnership)
            else ""
        ),
        "is_illustration": meeting.is_illustration,
    }


def _local_date(at, zone) -> date:
    """The date of a moment in this time zone."""
    return at.astimezone(zone).date()


def _feed_entry(on, words, url, partnership) -> dict:
    return {"on": on, "when": _short_date(on), "words": words, "url": url, "partnership": partnership}


def _own_answers(person, zone) -> list[dict]:
    """What the person's organizations said about records, and which seats they confirmed and where they answered themselves,
    latest first.
    """
    entries = []
    for row in sides.latest_words_of(person, most=MOST_LINES):
        party, partnership = row.party, row.party.partnership
        if isinstance(row, Reply):
            words = gettext("%(party)s replied to a statement")
        elif row.verdict == Verdict.DISPUTED:
            words = gettext("%(party)s disagreed with the record")
        else:
            words = gettext("%(party)s confirmed the record")
        entries.append(
            _feed_entry(
                _local_date(row.at, zone),
                words % {"party": party},
                partnership_url(partnership, "partners"),
                partnership,
            )
        )
    for answer in sides.seats_confirmed_by(person, most=MOST_LINES):
        words = gettext("You confirmed the seat of %(party)s") % {"party": body_of(answer)}
        url = partnership_url(answer.partnership, "partners")
        entries.append(_feed_entry(_local_date(answer.at, zone), words, url, answer.partnership))
    for respondent in queries.finished_by(person, most=MOST_LINES):
        one = respondent.round
        entries.append(
            _feed_entry(
                _local_date(respondent.finished_at, zone),
                gettext("You answered %(title)s") % {"title": one.title},
                one.get_absolute_url(),
                one.partnership,
            )
        )
    return sorted(entries, key=lambda entry: entry["on"], reverse=True)[:MOST_LINES]


def _came_of_it(person, zone) -> list[dict]:
    """Answers that opened, what leads responded, and what was done since, latest first."""
    found = [
        _feed_entry(
            _local_date(one.opened_at, zone),
            gettext("Answers opened: %(title)s") % {"title": one.title},
            one.get_absolute_url(),
            one.partnership,
        )
        for one in queries.recently_opened(person, most=MOST_LINES)
    ]
    for note in queries.responses_to(person, most=MOST_LINES):
        item = note.round.items[note.item]
        words = gettext("%(lead)s responded to “%(item)s”") % {"lead": note.round.partnership.lead, "item": item.name}
        found.append(
            _feed_entry(_local_date(note.at, zone), words, note.round.get_absolute_url(), note.round.partnership)
        )
    since = clock.today(zone) - timedelta(days=queries.RECENT_DAYS)
    for action in action_queries.actions_done(person, since=since, most=MOST_LINES):
        words = gettext("Done: %(title)s") % {"title": action.title}
        found.append(_feed_entry(action.done_on, words, action.get_absolute_url(), action.partnership))
    return sorted(found, key=lambda entry: entry["on"], reverse=True)[:MOST_LINES]
