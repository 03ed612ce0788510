"""Pages of organizations: the list, its download, and one organization as the reader may see it."""

from django.shortcuts import render
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.core import record_types
from partnerships.core.access import belongs_somewhere, organizations_of
from partnerships.directory import queries, rules
from partnerships.directory.choices import Listing
from partnerships.directory.exports import ORGANIZATIONS
from partnerships.directory.reference.vocabularies import term_name
from partnerships.interactions.timeline import last_interactions
from partnerships.meetings.burden import load_of_organization
from partnerships.web.components import linked_data
from partnerships.web.components.details import after_closing, identifiers_of, rows_of_partnerships
from partnerships.web.components.following import follow_button
from partnerships.web.components.interactions import timeline_with
from partnerships.web.components.members import people_url_for
from partnerships.web.components.owners import owner_fact
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.matches import why_lines
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import checked_words, closed_words, day, label


def list_page(request):
    """The list of organizations with its filters, which the map has too."""
    return ListPage(
        request,
        ORGANIZATIONS.listing(request.user, request.GET),
        gettext("Organizations"),
        nouns.ORGANIZATION,
        sheet=ORGANIZATIONS,
        api="organizations",
        views=((gettext("List"), "organizations"), (gettext("Map"), "organizations_map")),
    )


@require_safe
@tidy_address
def organization_list(request):
    page = list_page(request)
    found, context = page.listing, page.context()
    shown = rules.fields_shown(request.user, context["rows"])
    pks = [record.pk for record in context["rows"]]
    last = last_interactions(request.user, pks) if belongs_somewhere(request.user) else {}
    context["rows"] = [_row(record, shown[record.pk], found.query, last.get(record.pk)) for record in context["rows"]]
    context["may_add"] = rules.may_add_organization(request.user)
    if context["may_add"]:
        imports, duplicates = reverse("imports"), reverse("organization_duplicates")
        context["menu"] = [(gettext("Import a spreadsheet"), imports), (gettext("Check for duplicates"), duplicates)]
    return render(request, "organizations/list.html", context)


def _row(record, shown, query, last=None):
    aims = record.aims if "aims" in shown else ""
    texts = [
        (gettext("Name"), record.name),
        (gettext("Other names"), record.other_names if "other_names" in shown else ""),
        (gettext("Mission"), aims),
    ]
    url = record.get_absolute_url()
    unlisted = gettext("Unlisted") if record.listing == Listing.UNLISTED else ""
    return {
        "url": url,
        "title": record.name,
        "side": record.side,
        "as_party": {"name": record.name, "side": record.side, "url": url},
        "line": aims,
        "facts": [
            label(record.side, "side"),
            *([term_name(record.kind)] if "kind" in shown and record.kind else []),
            *([gettext("Last interaction: %(day)s") % {"day": day(last)}] if last else []),
        ],
        "note": ". ".join(filter(None, (unlisted, closed_words(record)))),
        "tags": [gettext("Named only")] if record.listing == Listing.NAMED else [],
        "is_illustration": record.is_illustration,
        "why": why_lines(query, [pair for pair in texts if pair[1]]) if query else [],
    }


@require_safe
def organization(request, public_id):
    person = request.user
    record = queries.organization(person, public_id)
    facts = queries.organization_facts(person, record)
    shown = facts.is_profile
    identifiers = identifiers_of(person, record) if shown else []
    context = {
        "record": record,
        "profile": facts.profile,
        "is_whole": facts.is_whole,
        "is_named_only": not shown,
        "private": _private(record, facts),
        "contacts": queries.contacts_of(person, record),
        "identifiers": identifiers,
        "checked": checked_words(record, request.user) if shown else "",
        "is_own": record.pk in organizations_of(person),
        "may_write": rules.may_write_organization(person, record),
        **latest(person, record),
        "follow": follow_button(request.user, record),
        "crumbs": [(gettext("Organizations"), reverse("organizations"))],
        "people_url": people_url_for(person, record),
        "linked_data": linked_data.script(request, record, linked_data.of_organization, facts, identifiers),
        "after_closing": after_closing(person, record),
        **rows_of_partnerships(person, "organization", record),
        **timeline_with(person, record, _facts(person, record)),
    }
    return render(request, "organizations/detail.html", context)


def _facts(person, record) -> list[dict]:
    """The owner and what is asked of the organization, for people with memberships."""
    if not belongs_somewhere(person):
        return []
    owner = owner_fact(person, record)
    return [*([owner] if owner else []), *_requests(person, record)]


def _requests(person, record) -> list[dict]:
    """What is asked of the organization, as a fact, if anything is."""
    load = load_of_organization(person, record)
    if not (load.hours or load.asks):
        return []
    words = gettext("About %(hours)s hours. Open asks: %(asks)s")
    value = words % {"hours": floatformat(load.hours, "u"), "asks": load.asks}
    return [{"label": gettext("Requests in the next 90 days"), "value": value}]


def _private(record, facts):
    """The private fields that the reader may see, each with who else can see it."""
    rows, kind = [], record_types.get("organization")
    labels = {field.name: kind.label_of(field) for field in kind.fields}
    for name, value in facts.private.items():
        words = ", ".join(term_name(term) for term in value) if isinstance(value, list) else value
        if words:
            readers = label(record.reader_of(name), "reader")
            rows.append({"label": labels[name], "value": words, "readers": readers})
    return rows
