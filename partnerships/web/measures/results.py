"""Pages of results: the list with its files, and one result with its indicators and the partnerships that work on it."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.access import may_write_somewhere
from partnerships.directory.reference.vocabularies import term_name
from partnerships.measurement import queries
from partnerships.measurement.exports import RESULTS
from partnerships.measurement.rules import activities_visible_to, may_write_result
from partnerships.web.components.measures import rows_of as measure_rows
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.page import offices_first
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import checked_words, label


def list_page(request):
    return offices_first(request, RESULTS, gettext("Results"), nouns.RESULT, by="jurisdiction", api="results")


@never_cache
@require_safe
@tidy_address
def result_list(request):
    context = list_page(request).context()
    context["rows"] = [row_of(one) for one in context["rows"]]
    context["may_add"] = may_write_somewhere(request.user)
    return render(request, "measures/results.html", context)


def row_of(result) -> dict:
    """A result for components/_row.html."""
    return {
        "url": result.get_absolute_url(),
        "title": result.title,
        "line": gettext("For %(population)s") % {"population": result.population},
        "facts": [str(result.lead)],
        "tags": [term_name(area.name) for area in result.issue_areas.all()],
        "note": "" if result.is_published else gettext("Not public"),
        "is_illustration": result.is_illustration,
    }


def _table_row(partnership):
    return {
        "url": partnership.get_absolute_url(),
        "title": partnership.title,
        "tags": [label(partnership.kind, "kind")],
        "is_illustration": partnership.is_illustration,
    }


@never_cache
@require_safe
def result(request, public_id):
    person = request.user
    record = queries.result(person, public_id)
    lead = {
        "name": record.lead.name,
        "side": "government",
        "url": record.lead.get_absolute_url(),
    }
    partnerships = queries.partnerships_on(person, record)
    context = {
        "record": record,
        "facts": [
            {"label": gettext("Population"), "value": record.population},
            {"label": gettext("Kept by"), "party": lead},
        ],
        "areas": list(record.issue_areas.all()),
        "indicators": measure_rows(person, queries.indicators_of(person, record)),
        "partnerships": [_table_row(one) for one in partnerships],
        "activities": list(activities_visible_to(person).filter(results=record).select_related("partnership")),
        "may_write": may_write_result(person, record),
        "checked": checked_words(record, request.user),
        **latest(person, record),
        "crumbs": [(gettext("Results"), reverse("results"))],
    }
    return render(request, "measures/result.html", context)
