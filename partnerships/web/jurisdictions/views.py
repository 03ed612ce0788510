"""Pages of jurisdictions: the list, its download, and one jurisdiction with its departments and neighbors."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from partnerships.core.access import jurisdictions_read_by, manages
from partnerships.core.label_overrides import for_jurisdiction
from partnerships.directory import queries, rules
from partnerships.directory.exports import JURISDICTIONS
from partnerships.registry import queries as registry
from partnerships.web.components import linked_data
from partnerships.web.components.details import identifiers_of, rows_of_partnerships, truncate
from partnerships.web.components.following import follow_button
from partnerships.web.components.interactions import timeline_with
from partnerships.web.components.members import people_url_for
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.matches import why_lines
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import checked_words, label, zone_words

PLACES_SHOWN = 60


def list_page(request):
    listing, noun = JURISDICTIONS.listing(request.user, request.GET), nouns.JURISDICTION
    return ListPage(request, listing, gettext("Jurisdictions"), noun, sheet=JURISDICTIONS, api="jurisdictions")


@require_safe
@tidy_address
def jurisdiction_list(request):
    page = list_page(request)
    context = page.context()
    context["rows"] = [_row(record, page.listing.query) for record in context["rows"]]
    context["may_add"] = rules.may_write_jurisdiction(request.user, None)
    return render(request, "jurisdictions/list.html", context)


def _row(record, query):
    texts = [
        (gettext("Name"), record.name),
        (gettext("Other names"), record.other_names),
        (gettext("Kind"), record.get_kind_display()),
        (gettext("About"), record.about),
    ]
    facts = [label(record.stage, "stage") or gettext("Stage not provided")] + ([record.state] if record.state else [])
    return {
        "url": record.get_absolute_url(),
        "title": record.name,
        "tags": [label(record.kind, "jurisdiction_kind")],
        "line": record.about,
        "facts": facts,
        "is_illustration": record.is_illustration,
        "why": why_lines(query, texts) if query else [],
    }


@require_safe
def jurisdiction(request, public_id):
    person = request.user
    record = queries.jurisdiction(person, public_id)
    with for_jurisdiction(record.public_id):
        return _page(request, person, record)


def _page(request, person, record):
    related = queries.relations_of(record)
    identifiers = identifiers_of(request.user, record)
    within, more_within = truncate(queries.places_within(record, most=PLACES_SHOWN), PLACES_SHOWN)
    context = {
        "may_write": rules.may_write_jurisdiction(request.user, record),
        "manages": manages(request.user, record),
        "record": record,
        "stages": list(record.stages.all()),
        "departments": queries.departments_of(record),
        "related": [{"label": _RELATED[kind], "records": related[kind]} for kind in _RELATED if kind in related],
        "areas": registry.areas_led_by(person, record),
        "within": within,
        "more_within": more_within,
        "contacts": queries.contacts_of(person, record),
        "identifiers": identifiers,
        "checked": checked_words(record, request.user),
        "linked_data": linked_data.script(request, record, linked_data.of_jurisdiction, record, identifiers),
        "follow": follow_button(person, record),
        "crumbs": [
            (gettext("Jurisdictions"), reverse("jurisdictions")),
            *[(above.name, above.get_absolute_url()) for above in queries.ancestors_of(record)],
        ],
        "people_url": people_url_for(person, record),
        "reads_reports": record.pk in jurisdictions_read_by(person),
        "coverage_url": f"{reverse('coverage')}?jurisdiction={record.public_id}",
        **latest(person, record),
        **rows_of_partnerships(person, "jurisdiction", record),
        **timeline_with(person, record, _facts(record)),
    }
    return render(request, "jurisdictions/detail.html", context)


_RELATED = {"neighbors": _("Neighboring jurisdictions"), "overlaps": _("Overlapping jurisdictions")}


def _facts(record):
    stage = label(record.stage, "stage") or gettext("Not provided")
    facts = [{"label": gettext("Stage of racial equity work"), "value": stage}]
    if record.parent:
        url = record.parent.get_absolute_url()
        facts.append({"label": gettext("Part of"), "value": record.parent.name, "url": url})
    if record.population:
        facts.append({"label": gettext("Population"), "value": f"{record.population:,}"})
    facts.append({"label": gettext("Time zone"), "value": zone_words(record.zone)})
    return facts
