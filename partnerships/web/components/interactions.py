"""Interactions on other pages: the line that logs one, and the last ones as rows."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from partnerships.core.access import belongs_somewhere
from partnerships.core.models import type_key
from partnerships.directory.models import Contact, body_of
from partnerships.interactions import queries
from partnerships.interactions.choices import InteractionKind
from partnerships.interactions.rules import may_log, reads_for_office
from partnerships.interactions.timeline import events_with, last_contact, next_date
from partnerships.registry.models import Partnership
from partnerships.web.components.owners import owner_fact
from partnerships.web.components.timelines import entry_row
from partnerships.web.frame.words import clock_words, day, label

SHOWN = 6  # events on the page of a record


def interactions_about(person, partnership, sides) -> dict:
    """Context for components/_interactions.html: the last interactions, and the line to log one if the person may.

    `sides` are the (id, name) pairs of the other sides that the partnership has.
    """
    rows = queries.latest_about(person, partnership)
    return {
        "interactions": [row_of(person, one) for one in rows],
        "owner": owner_fact(person, partnership),
        "all_interactions_url": f"{reverse('interactions')}?{urlencode({'partnership': partnership.public_id})}",
        **log_line(partnership, may=bool(sides) and may_log(person)),
        "log_sides": sides,
    }


def timeline_with(person, side, facts=()) -> dict:
    """Context for components/_relationship.html: the latest events with this organization, department or jurisdiction.

    Only `facts`, as they are given, for people without memberships.
    """
    if not belongs_somewhere(person):
        return {"facts": facts}
    events, more = events_with(person, side, most=SHOWN)
    return {
        **event_rows(events),
        "facts": [*facts, *_facts(person, side, events)],
        "has_more_events": bool(more),
        "timeline_url": reverse(f"{type_key(side)}_timeline", args=[side.public_id]),
        **log_line(side, may=may_log(person)),
    }


def _facts(person, side, events) -> list[dict]:
    """When both sides last spoke, and what comes next."""
    last, coming = last_contact(person, side, events), next_date(person, side)
    facts = [{"label": gettext("Last contact"), "value": day(last)}] if last else []
    if coming:
        words = gettext("%(day)s: %(what)s") % {"day": day(coming.on), "what": coming.title}
        facts.append(
            {"label": gettext("Next date"), "value": words, "url": reverse(coming.link[0], args=coming.link[1:])}
        )
    return facts


def event_rows(events) -> dict:
    """Context for components/_events.html. An entry names the partnerships in which it happened."""
    rows = [entry_row(event, "event_kind", event.partnerships) for event in events]
    return {"events": rows, "timeline": {"is_several": True}}


def log_line(record, *, may) -> dict:
    """Context for components/_log_line.html."""
    kinds = InteractionKind.choices if may else ()
    return {"may_log": may, "log_url": new_url(record) if may else "", "log_kinds": kinds}


def new_url(record, *, kind="") -> str:
    """Where an interaction with this organization, department, jurisdiction or contact, or about this partnership, is logged."""
    if isinstance(record, Contact):
        params = {"side": body_of(record).public_id, "contact": record.pk}
    else:
        params = {"partnership" if isinstance(record, Partnership) else "side": record.public_id}
    return f"{reverse('interaction_new')}?{urlencode(params | ({'kind': kind} if kind else {}))}"


def row_of(person, interaction) -> dict:
    """An interaction for components/_row.html."""
    contacts = [contact.name for contact in interaction.contacts_seen]
    reads = reads_for_office(person, interaction)
    return {
        "url": interaction.get_absolute_url(),
        "title": interaction.summary,
        "line": f"{label(interaction.kind, 'interaction_kind')}, {when_words(interaction)}",
        "facts": [str(body_of(interaction)), *contacts, *([] if reads else [interaction.office.name])],
        "tags": [gettext("Shared")] if interaction.is_shared else [],
        "note": follow_up_words(interaction) if reads else "",
        "is_illustration": interaction.is_illustration,
    }


def when_words(interaction) -> str:
    """“October 13, 2026, 10 a.m.”"""
    return ", ".join([day(interaction.date), *([clock_words(interaction.time)] if interaction.time else [])])


def follow_up_words(interaction) -> str:
    """When the open follow-up is due, or ""."""
    if not interaction.follow_up_on or interaction.followed_up_on:
        return ""
    return gettext("Follow up by %(day)s") % {"day": day(interaction.follow_up_on)}
