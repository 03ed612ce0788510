"""Interactions on other pages: the line that logs one, and the last ones as rows."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from partnerships.core.models import type_key
from partnerships.directory.models import Contact, body_of
from partnerships.interactions import queries
from partnerships.interactions.choices import InteractionKind
from partnerships.interactions.rules import may_log, reads_for_office
from partnerships.registry.models import Partnership
from partnerships.web.frame.words import clock_words, day, label


def interactions_with(person, record, sides=()) -> dict:
    """Context for components/_interactions.html: the last interactions, and the line to log one if the person may.

    `sides` are the (id, name) pairs of the other sides that a partnership has.
    """
    rows = queries.latest_with(person, record)
    may = may_log(person) and (bool(sides) or not isinstance(record, Partnership))
    return {
        "interactions": [row_of(person, one, names_side=isinstance(record, Partnership)) for one in rows],
        "all_interactions_url": f"{reverse('interactions')}?{urlencode({type_key(record): record.public_id})}",
        "log_url": new_url(record) if may else "",
        "may_log": may,
        "log_kinds": InteractionKind.choices if may else (),
        "log_sides": sides,
    }


def new_url(record, *, kind="") -> str:
    """Where an interaction with this organization, department, jurisdiction or contact, or about this partnership, is logged."""
    if isinstance(record, Contact):
        params = {"side": body_of(record).public_id, "contact": record.pk}
    else:
        params = {"partnership" if isinstance(record, Partnership) else "side": record.public_id}
    return f"{reverse('interaction_new')}?{urlencode(params | ({'kind': kind} if kind else {}))}"


def row_of(person, interaction, *, names_side=True) -> dict:
    """An interaction for components/_row.html."""
    side = [str(body_of(interaction))] if names_side else []
    contacts = [contact.name for contact in interaction.contacts_seen]
    reads = reads_for_office(person, interaction)
    return {
        "url": interaction.get_absolute_url(),
        "title": interaction.summary,
        "line": f"{label(interaction.kind, 'interaction_kind')}, {when_words(interaction)}",
        "facts": [*side, *contacts, *([] if reads else [interaction.office.name])],
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
