"""Pages of partnerships: the list, its download, and one partnership."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from partnerships.assessment.rules import may_start_somewhere
from partnerships.core import clock, record_types, search
from partnerships.core.access import is_staff, jurisdictions_written_by
from partnerships.core.exports import COLUMNS
from partnerships.core.label_overrides import for_jurisdiction
from partnerships.insight import circles
from partnerships.insight.queries import has_withdrawn_round, withheld_seats
from partnerships.measurement.activity_queries import activities_of
from partnerships.meetings import queries as meetings
from partnerships.meetings.action_queries import actions_of
from partnerships.meetings.attention import last_contact_on, orphaned
from partnerships.registry import attention, queries, rules, sides
from partnerships.registry.choices import Circle
from partnerships.registry.exports import PARTNERSHIPS
from partnerships.web.account.following import follow_button
from partnerships.web.assessment.rounds import section as rounds_of
from partnerships.web.csv import file_of
from partnerships.web.lists import ListPage, leads
from partnerships.web.measures.rows import section as measured
from partnerships.web.meetings.action_items import row_of as action_row
from partnerships.web.partnerships.activities import row_of as activity_row
from partnerships.web.partnerships.circles_words import share_words
from partnerships.web.partnerships.gains import section as gains_of
from partnerships.web.partnerships.our_seat import answer_row
from partnerships.web.partnerships.sides import both_sides
from partnerships.web.record_history import latest
from partnerships.web.words import checked_on, label

PARTIES_SHOWN = 6
_KIND = record_types.get("partnership")


@require_safe
def partnership_list(request):
    found = PARTNERSHIPS.listing(request.user, request.GET)
    page = ListPage(
        request,
        found,
        "Partnerships",
        ("partnership", "partnerships"),
        sheet=PARTNERSHIPS,
        api="partnerships",
        counts=queries.facet_counts(found),
        choices=leads(),
        folded=("role", "stage", "engagement", "origin"),
    )
    rows, context = page.light(*queries.DOCUMENT_COLUMNS)
    shown = zip(rows, queries.documents(request.user, rows), strict=True)
    context["rows"] = [row_of(document, is_draft=not row[3], query=found.query) for row, document in shown]
    context["may_add"] = rules.may_add_partnership(request.user)
    context["is_staff"] = is_staff(request.user)
    if may_start_somewhere(request.user) and context["total"]:
        context["ask_url"] = page.url(drop=["ordering", COLUMNS], path=reverse("portfolio_new"))
    if jurisdictions_written_by(request.user) and context["total"]:
        filters = page.url(drop=["ordering", COLUMNS]).partition("?")[2]
        context["report_url"] = f"{reverse('report_new')}?{urlencode({'filters': filters})}"
    return render(request, "partnerships/list.html", context)


def row_of(document, *, is_draft=False, query=None) -> dict:
    """A published document for components/_row_partnership.html."""
    return {
        "url": reverse("partnership", args=[document["id"]]),
        "title": document["title"],
        "kind": document["kind"],
        "parties": document["parties"][:PARTIES_SHOWN],
        "more_parties": max(0, len(document["parties"]) - PARTIES_SHOWN),
        "status": document["status"],
        "areas": [label(key, "issue") for key in document["issue_areas"]],
        "note": "Draft" if is_draft else "",
        "is_illustration": document["is_illustration"],
        "summary": document["summary"],
        "why": why_lines(query, _texts(document)) if query else [],
    }


def _texts(document):
    names = [party["name"] for party in document["parties"]] + [document["lead"]["name"]]
    return [
        ("Title", document["title"]),
        *[("Party", name) for name in names],
        *[(_KIND.label_of(field), document[field.name]) for field in _KIND.fields if field.is_searched],
        *[(f"What {party['name']} adds", party["contribution"]) for party in document["parties"]],
    ]


def why_lines(query, texts) -> list:
    """The snippet of a row's visible texts that matched the search, with the match marked."""
    found = search.snippet(query, texts)
    return [format_html("{}: “{}<mark>{}</mark>{}”", *found)] if found else []


@require_safe
def partnership_csv(request):
    return file_of(request, PARTNERSHIPS)


@require_safe
def partnership(request, public_id):
    detail = queries.partnership_detail(request.user, public_id)
    with for_jurisdiction(detail.document["lead"]["id"]):
        return _page(request, detail)


def _page(request, detail):
    record, document = detail.record, detail.document
    parties = [party | {"url": reverse(party["type"], args=[party["id"]])} for party in document["parties"]]
    ahead, past = meetings.meetings_around(request.user, record)
    may_write = rules.may_write_partnership(request.user, record)
    context = {
        "record": record,
        "p": document,
        "facts": _facts(document, parties),
        "circles": _by_circle(parties),
        "inner": _inner_seats(request.user, record, document),
        "backbones": [party for party in parties if "backbone" in party["roles"]],
        "kind_facts": document["facts"],
        "party_names": {party["id"]: party["name"] for party in parties},
        "ahead": ahead,
        "past": past,
        "related": [row_of(other) for other in detail.related],
        "grew_out_of": [row_of(o) for o in detail.related if o["id"] in document["grew_out_of"]],
        "led_to": _led_to(document, detail.related),
        "checked": checked_on(document["last_verified_on"]) if document["last_verified_on"] else "",
        "is_whole": detail.is_whole,
        "notes": detail.notes,
        "seats": [answer_row(party, latest) for party, latest in detail.seats],
        "may_write": may_write,
        "is_shared": bool(not record.is_published and sides.shares(request.user, record)),
        "to_do": [action_row(action) for action in actions_of(request.user, record)],
        "activities": [activity_row(one) for one in activities_of(request.user, record)],
        **gains_of(request.user, record),
        **latest(request.user, record),
        "check_ins": meetings.check_in_plans(request.user, record) if detail.is_whole else [],
        "check_ins_held": meetings.check_ins_held(request.user, record) if detail.is_whole else [],
        "follow": follow_button(request.user, record),
        "crumbs": [("Partnerships", reverse("partnerships"))]
        + [(label(key, "issue"), reverse("issue_area", args=[key])) for key in document["issue_areas"][:1]],
    }
    if detail.is_whole:
        context |= needing_someone(request.user, record)
    context |= both_sides(request.user, detail, parties) | rounds_of(request.user, record)
    is_lost = not document["all_partners_listed"] and not context.get("rounds") and not context.get("public_round")
    context["lost_round"] = is_lost and has_withdrawn_round(record)
    context |= measured(request.user, record, context["own_parts"])
    return render(request, "partnerships/detail.html", context)


def needing_someone(person, record) -> dict:
    """For the office of a record: whether it has gone quiet, and what is assigned only to people who have left."""
    is_quiet = attention.is_in_need(person, record, "quiet")
    is_held_by_nobody = attention.is_in_need(person, record, "hand_over")
    plans, to_do = orphaned(record) if is_held_by_nobody else ((), ())
    return {
        "is_quiet": is_quiet,
        "last_heard_on": last_contact_on(record) if is_quiet else None,
        "orphaned_plans": list(plans),
        "orphaned_actions": list(to_do),
    }


def _facts(document, parties):
    facts = [{"label": "Why it formed", "value": label(document["origin"], "origin")}] if document["origin"] else []
    lead = document["lead"]
    facts.append(
        {
            "label": "Lead",
            "party": {"name": lead["name"], "side": "government", "url": reverse("jurisdiction", args=[lead["id"]])},
        }
    )
    facts += [{"label": "Backbone", "party": party} for party in parties if "backbone" in party["roles"]]
    if document["engagement"] is not None:
        facts.append({"label": "Promised to community", "value": label(document["engagement"], "engagement")})
    facts.append({"label": "Purpose", "value": label(document["purpose"], "purpose")})
    return facts


def _by_circle(parties):
    """Circles with their parties, from the center outward. Parties without a circle come last."""
    groups = []
    for key, name in [*Circle.choices, ("", "Circle not said yet")]:
        members = [party for party in parties if (party["circle"] or "") == key]
        if members:
            groups.append({"name": name, "parties": members})
    return groups


def _inner_seats(person, record, document) -> str:
    """Who holds the seats of the two inner circles, in words. "" if no one does."""
    today = str(clock.today())
    sitting = [
        (party["side"], party["circle"], party["confirmed"])
        for party in document["parties"]
        if not (party["ends_on"] and str(party["ends_on"]) < today)
    ]
    unnamed = [] if document["all_partners_listed"] else withheld_seats(person, [record.pk])
    return share_words(circles.share(sitting, [], unnamed))


def _led_to(document, related):
    rows = {other["id"]: row_of(other) for other in related}
    return [link | {"row": rows.get(link["id"])} for link in document["led_to"]]
