"""Entering counts: of the members of a body, and of the people who live in a place; new ones, and corrections."""

from typing import NamedTuple

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Missing, Stale, ValidationError
from partnerships.directory import queries as directory
from partnerships.measurement import makeup_queries as queries
from partnerships.measurement import makeups
from partnerships.measurement.choices import Dimension
from partnerships.measurement.groups import CATEGORIES
from partnerships.measurement.makeup_models import Makeup, Population
from partnerships.measurement.rules import may_write_makeup, may_write_population
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, saved, taken_over, throwaway, typed, version_of
from partnerships.web.forms.makeups import MakeupForm, PopulationForm


class Sort(NamedTuple):
    """A sort of count: `of`, the field of what it is of; `page`, the page of all of these."""

    kind: str
    of: str
    page: str
    form: type
    snapshot: object
    save: object
    lead: str


_MAKEUP = Sort("makeup", "partnership", "partnership_makeup", MakeupForm, makeups.snapshot_makeup, makeups.save_makeup,
    "How many members are in each group, never who. Only those who may edit this body see what you type. Everyone else sees a "
    "number only where it gives no member away. The count is kept as long as this record. A request for public records may reach "
    "it.")  # fmt: skip
_POPULATION = Sort("population", "jurisdiction", "jurisdiction_population", PopulationForm, makeups.snapshot_population,
    makeups.save_population, "As a public table counts them. Leave a group empty that the table does not count. Everyone may "
    "read these numbers.")  # fmt: skip


def _dimension(key):
    if key not in CATEGORIES:
        raise Missing
    return Dimension(key)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def makeup_new(request, public_id, dimension):
    body = queries.body(request.user, public_id)
    blank = Makeup(partnership=body, dimension=_dimension(dimension))
    require(may_write_makeup(request.user, blank))
    return _edit(request, _MAKEUP, blank, body)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def makeup(request, public_id):
    record = queries.makeup(request.user, public_id)
    require(may_write_makeup(request.user, record))
    return _edit(request, _MAKEUP, record, record.partnership)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def population_new(request, public_id, dimension):
    place = directory.jurisdiction(request.user, public_id)
    blank = Population(jurisdiction=place, dimension=_dimension(dimension))
    require(may_write_population(request.user, blank))
    return _edit(request, _POPULATION, blank, place)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def population(request, public_id):
    record = queries.population(request.user, public_id)
    require(may_write_population(request.user, record))
    return _edit(request, _POPULATION, record, record.jurisdiction)


def _edit(request, sort, record, of):
    form, conflict = sort.form(request.POST or None, instance=throwaway(record)), None
    if request.method == "POST" and form.is_valid():
        try:
            after = _save(request, sort, record, of, form)
        except Stale as stale:
            now, labels = sort.snapshot(stale.current), {name: form.fields[name].label for name in form.names}
            conflict = conflicts.compare(stale.current, stale.given, now, typed(form, form.names), labels=labels)
            fresh = {"instance": throwaway(stale.current)}
            form = taken_over(sort.form, request, sort.form(**fresh), conflict, **fresh)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            is_same = record.pk and after.version == record.version
            words = "Nothing was different, so nothing was saved." if is_same else "Saved."
            return saved(request, words, f"{_page(sort, of)}#{record.dimension}")
    return _show(request, sort, record, of, form, conflict)


def _save(request, sort, record, of, form):
    theirs = conflicts.chosen_theirs(request.POST)
    fields = {name: form.cleaned_data[name] for name in form.names if name not in theirs}
    given = {"by": request.user, "why": form.cleaned_data["why"]}
    if record.pk is None:
        return sort.save(fields=fields | {sort.of: of, "dimension": record.dimension}, **given)
    return sort.save(**{sort.kind: record}, fields=fields, version=version_of(request), **given)


def _page(sort, of):
    return reverse(sort.page, args=[of.public_id])


def _show(request, sort, record, of, form, conflict):
    unjudged(request, [form])
    context = {
        "title": f"{'Correct' if record.pk else 'Enter'}: {record.get_dimension_display()}",
        "lead": sort.lead,
        "form": form,
        "conflict": conflict,
        "version": version_shown(request, record, conflict.version if conflict else 0),
        "history_url": reverse(f"{sort.kind}_history", args=[record.public_id]) if record.pk else "",
        "back": _page(sort, of),
        "crumbs": [
            (f"{sort.of.capitalize()}s", reverse(f"{sort.of}s")),
            (str(of), reverse(sort.of, args=[of.public_id])),
        ],
    }
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "measures/count_edit.html", context, status=status)
