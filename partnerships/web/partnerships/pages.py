"""The tabs of a partnership: one view for each, which asks only for what its tab shows."""

from django.urls import reverse
from django.utils.translation import gettext

from partnerships.core.filters import refuse_unknown
from partnerships.insight import circles
from partnerships.insight.queries import circles_of, has_withdrawn_round, withheld_seats
from partnerships.measurement.activity_queries import activities_of
from partnerships.meetings import queries as meetings
from partnerships.meetings.attention import last_contact_on, orphaned
from partnerships.registry import attention, inviting
from partnerships.registry.choices import Circle
from partnerships.registry.party_queries import notes_and_answers, without_a_voice
from partnerships.registry.queries import related_to
from partnerships.registry.sides import own_parts_with_statements
from partnerships.web.charts.ring import small
from partnerships.web.components import linked_data
from partnerships.web.components.circle_words import marks_of, share_words
from partnerships.web.components.interactions import interactions_about
from partnerships.web.components.measures import own_measures
from partnerships.web.components.measures import section as measured
from partnerships.web.components.meetings import row_of as action_row
from partnerships.web.components.partnerships import current_parties, partnership_url, row_of
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import label
from partnerships.web.partnerships.activities import row_of as activity_row
from partnerships.web.partnerships.circles import context_of
from partnerships.web.partnerships.gains import section as gains_of
from partnerships.web.partnerships.masthead import tab
from partnerships.web.partnerships.our_seat import answer_row
from partnerships.web.partnerships.partner_rows import circles_with_rows
from partnerships.web.partnerships.power import section as rounds_of
from partnerships.web.partnerships.sides import both_sides, own_parts_shown
from partnerships.web.partnerships.tabs import has_agreement
from partnerships.web.partnerships.timeline import context_of_partnership

MOST_PARTNERS, MOST_DUE = 6, 3  # on the overview; the tabs have the rest


@tab("overview")
def overview(page):
    parties, due = sitting(page), page.to_do
    own = own_parts_shown(page, own_parts_with_statements(page.person, page.record, page.document, page.detail.parties))
    context = {
        "glance": _key_facts(page),
        "inner": _inner_seats(page),
        "picture": small(marks_of(parties), title=gettext("Who is at the table")) if parties else "",
        "partners": parties[:MOST_PARTNERS],
        "more_partners": max(0, len(parties) - MOST_PARTNERS),
        "coming": page.coming,
        "due": _rows(due[:MOST_DUE]),
        "more_due": max(0, len(due) - MOST_DUE),
        "own_parts": own,
        "asked_parts": [part for part in own if part.is_asked],
        "ours_url": partnership_url(page.record, "partners", "ours"),
        "meetings_url": partnership_url(page.record, "meetings"),
        "to_do_url": partnership_url(page.record, "meetings", "to-do"),
        "linked_data": linked_data.script(
            page.request, page.record, linked_data.of_partnership, page.document, parties
        ),
    }
    sides = [
        (party["id"], party["name"]) for party in parties if party["id"] and party["id"] != page.document["lead"]["id"]
    ]
    context |= interactions_about(page.person, page.record, sides)
    return context | needing_someone(page.person, page.record) if page.is_whole else context


@tab("partners")
def partners(page):
    refuse_unknown(page.request.GET, ("since",))
    circles_seen = circles_of(page.person, page.record, page.rows, all_listed=page.document["all_partners_listed"])
    context = context_of(page.request, circles_seen, page.record.title)
    context |= both_sides(page)
    return context | {
        "circles": circles_with_rows(page, context["groups"], circles_seen.may_expect),
        "may_invite_all": page.may_write and len(inviting.not_invited_yet(page.rows)) > 1,
        "own_measures": own_measures(page.person, page.record, context["own_parts"]),
        "backbones": [party for party in page.parties if "backbone" in party["roles"]],
        "expect_url": reverse("partnership_seat_new", args=[page.record.public_id]),
    }


@tab("power")
def power(page):
    context = rounds_of(page.person, page.record)
    is_lost = not page.document["all_partners_listed"] and not context["rounds"] and not context["public_round"]
    return context | {"lost_round": is_lost and has_withdrawn_round(page.record)}


@tab("results")
def results(page):
    return {
        "activities": [activity_row(one) for one in activities_of(page.person, page.record)],
        **measured(page.person, page.record),
        **gains_of(page.person, page.record),
    }


@tab("meetings")
def partnership_meetings(page):
    ahead, past = meetings.meetings_around(page.person, page.record)
    return {"ahead": ahead, "past": past, "to_do": _rows(page.to_do)}


@tab("timeline")
def timeline(page):
    document, related = page.document, related_to(page.person, page.document)
    rows = {other["id"]: row_of(other) for other in related}
    return context_of_partnership(page.request, page.record) | {
        "grew_out_of": [rows[other["id"]] for other in related if other["id"] in document["grew_out_of"]],
        "led_to": [link | {"row": rows.get(link["id"])} for link in document["led_to"]],
    }


@tab("agreement")
def agreement(page):
    facts = page.document["facts"]
    seats = [seat | {"note": _seat_note(page, seat)} for seat in facts.get("seats", ())]
    return {
        "kind_facts": facts | {"seats": seats},
        "party_names": {party["id"]: party["name"] for party in page.parties},
        "is_empty": not has_agreement(page.document),
    }


def _seat_note(page, seat) -> str:
    """Why a seat of an advisory body isn't held anymore, in words; "" if it is."""
    if seat["ends_on"] and str(seat["ends_on"]) < str(page.today):
        return gettext("The term has ended")
    here = {party["id"] for party in current_parties(page.document)}
    gone = seat["held_by"] and seat["held_by"] not in here
    return gettext("No longer a partner") if gone else ""


@tab("office")
def office(page):
    page.require_whole()
    notes, answers = notes_and_answers(page.person, page.record)
    unheard = without_a_voice([party for party, _ in answers])
    return {
        "notes": notes,
        "seats": [answer_row(party, answer) | {"is_unheard": party.pk in unheard} for party, answer in answers],
        "check_ins": meetings.check_in_plans(page.person, page.record),
        "check_ins_held": meetings.check_ins_held(page.person, page.record),
        **latest(page.person, page.record),
    }


def needing_someone(person, record) -> dict:
    """For the office of a record: whether it has gone quiet, and what is assigned only to people who have left."""
    needs = attention.needs_among(person, record, ("quiet", "hand_over"))
    is_quiet = "quiet" in needs
    plans, to_do = orphaned(record) if "hand_over" in needs else ((), ())
    return {
        "is_quiet": is_quiet,
        "last_heard_on": last_contact_on(record) if is_quiet else None,
        "orphaned_plans": list(plans),
        "orphaned_actions": list(to_do),
    }


def _rows(actions) -> list[dict]:
    """Action items on pages of their partnership, which needn't name it."""
    rows = [(action, action_row(action)) for action in actions]
    return [
        row | {"facts": [fact for fact in row["facts"] if fact != action.partnership.title]} for action, row in rows
    ]


def _key_facts(page) -> list[dict]:
    document, backbones = page.document, [party for party in page.parties if "backbone" in party["roles"]]
    facts: list[dict] = [{"label": gettext("Purpose"), "value": label(document["purpose"], "purpose")}]
    if document["origin"]:
        facts.append({"label": gettext("Why it formed"), "value": label(document["origin"], "origin")})
    if document["starts_on"] or document["ends_on"]:
        facts.append({"label": gettext("Dates"), "is_dates": True})
    if document["engagement"] is not None:
        facts.append(
            {"label": gettext("Promise to the community"), "value": label(document["engagement"], "engagement")}
        )
    if document["issue_areas"]:
        areas = ", ".join(label(key, "issue") for key in document["issue_areas"])
        facts.append({"label": gettext("Issue areas"), "value": areas})
    if document["communities"]:
        communities = ", ".join(label(key, "community") for key in document["communities"])
        facts.append({"label": gettext("Communities most affected"), "value": communities})
    return facts + [{"label": gettext("Backbone"), "party": party} for party in backbones]


def sitting(page) -> list[dict]:
    """Those whose term has not ended, from the center out."""
    order = [*Circle.values, ""]
    return sorted(
        current_parties(page.document | {"parties": page.parties}), key=lambda party: order.index(party["circle"] or "")
    )


def _inner_seats(page) -> str:
    """Who holds the seats of the two inner circles, in words. "" if no one does."""
    seats = [(party["side"], party["circle"], party["confirmed"]) for party in sitting(page)]
    unnamed = [] if page.document["all_partners_listed"] else withheld_seats(page.person, [page.record.pk])
    return share_words(circles.share(seats, [], unnamed))
