"""Pages of organizations: the list, its download, and one organization as its reader may see it."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.directory import queries, rules
from partnerships.directory.choices import Listing
from partnerships.registry.queries import change_log
from partnerships.web.csv import download
from partnerships.web.details import checked_words, identifiers_of, rows_of_partnerships
from partnerships.web.history import changes_in_words
from partnerships.web.lists import ListPage
from partnerships.web.members import people_url_for
from partnerships.web.partnerships import why_lines
from partnerships.web.words import label

PRIVATE_LABELS = {"led_by": "Led by", "communities": "Communities served", "address": "Address"}


@require_safe
def organization_list(request):
    found = queries.organization_list(request.user, request.GET)
    page = ListPage(request, found, "Organizations", ("organization", "organizations"), api="organizations")
    context = page.context()
    context["rows"] = [_row(request.user, record, found.query) for record in context["rows"]]
    context["may_add"] = rules.may_add_organization(request.user)
    return render(request, "organizations.html", context)


def _row(person, record, query):
    shown = queries.shows_profile(person, record)
    aims = record.aims if shown else ""
    texts = [("Name", record.name)] + ([("Other names", record.other_names), ("Aims", aims)] if shown else [])
    url = reverse("organization", args=[record.public_id])
    return {
        "url": url,
        "title": record.name,
        "side": record.side,
        "as_party": {"name": record.name, "side": record.side, "url": url},
        "line": aims,
        "facts": [label(record.side, "side"), *([str(record.kind)] if shown and record.kind else [])],
        "note": "Unlisted" if record.listing == Listing.UNLISTED else "",
        "tags": ["Named only"] if record.listing == Listing.NAMED else [],
        "is_illustration": record.is_illustration,
        "why": why_lines(query, texts) if query else [],
    }


COLUMNS = ("id", "name", "side", "listing", "kind", "aims", "website", "area_served", "address_here")


@require_safe
def organization_csv(request):
    found = queries.organization_list(request.user, request.GET)
    return download("organizations.csv", COLUMNS, _csv_rows(request, found))


def _csv_rows(request, found):
    for record in found.ordered().iterator(chunk_size=500):
        profile = ("", "", "", "")
        if queries.shows_profile(request.user, record):
            kind = record.kind.key if record.kind else ""
            profile = (kind, record.aims, record.website, record.area_note)
        url = request.build_absolute_uri(reverse("organization", args=[record.public_id]))
        yield [record.public_id, record.name, record.side, record.listing, *profile, url]


@require_safe
def organization(request, public_id):
    person = request.user
    record = queries.organization(person, public_id)
    facts = queries.organization_facts(person, record)
    shown = bool(facts.profile)
    context = {
        "record": record,
        "profile": facts.profile,
        "is_whole": facts.is_whole,
        "is_named_only": not shown,
        "private": _private(record, facts),
        "contacts": queries.contacts_of(person, record),
        "identifiers": identifiers_of(record) if shown else [],
        "checked": checked_words(record) if shown else "",
        "may_write": rules.may_write_organization(person, record),
        "changes": changes_in_words(change_log(person, record)) if facts.is_whole else [],
        "crumbs": [("Organizations", reverse("organizations"))],
        "people_url": people_url_for(person, record),
        **rows_of_partnerships(person, "organization", record),
    }
    return render(request, "organization.html", context)


def _private(record, facts):
    """The private fields that this reader may read, each with who else reads it."""
    rows = []
    for name, value in facts.private.items():
        words = ", ".join(str(term) for term in value) if isinstance(value, list) else value
        if words:
            readers = label(record.open_fields.get(name, "staff"), "reader")
            rows.append({"label": PRIVATE_LABELS[name], "value": words, "readers": readers})
    return rows
