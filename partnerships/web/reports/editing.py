"""Editing reports: a new one of a filtered list, of one partnership or of an organization's own, and its settings."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.directory import queries as directory
from partnerships.registry import queries as registry
from partnerships.reports import actions as reports
from partnerships.reports import queries as report_queries
from partnerships.reports.choices import ReportEyes, ReportKind
from partnerships.reports.models import ReportDefinition
from partnerships.reports.rules import may_report_for
from partnerships.web import conflicts
from partnerships.web.drafts import keeps_drafts, unjudged, version_shown
from partnerships.web.editing import place_errors, raw, saved, throwaway, typed, version_of
from partnerships.web.forms.reports import ReportForm


def _offices(person):
    owners = [one for one in report_queries.owners_written_by(person) if one._meta.model_name == "jurisdiction"]
    require(bool(owners))
    return owners


@require_http_methods(["GET", "POST"])
@keeps_drafts("filters")
def new(request):
    """A council report: the list of partnerships hands over its filters in one parameter."""
    owners = _offices(request.user)
    blank = ReportDefinition(kind=ReportKind.COUNCIL, query=request.GET.get("filters", ""))
    return _new(request, blank, owners, {}, reverse("reports"), "New report for a council")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new_profile(request, public_id):
    record = registry.partnership(request.user, public_id)
    owners = _offices(request.user)
    eyes = ReportEyes.EVERYONE if record.is_published else ReportEyes.OWN
    blank = ReportDefinition(kind=ReportKind.PROFILE, title=record.title[:120], eyes=eyes)
    back = reverse("partnership", args=[record.public_id])
    return _new(request, blank, owners, {"partnership": record}, back, f"One-page profile: {record.title}")


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def new_own(request, public_id):
    record = directory.organization(request.user, public_id)
    require(may_report_for(request.user, record))
    blank = ReportDefinition(kind=ReportKind.PARTNER, title="What came of our partnerships", eyes=ReportEyes.OWN)
    back = reverse("organization_mine", args=[record.public_id])
    return _new(request, blank, [record], {"eyes": ReportEyes.OWN}, back, "New report of our own")


def _new(request, blank, owners, about, back, title):
    form = ReportForm(request.POST or None, instance=throwaway(blank), owners=owners)
    if request.method == "POST" and form.is_valid():
        owner = form.chosen_owner
        fields = _fields(form) | about | {"kind": blank.kind, owner._meta.model_name: owner}
        try:
            made = reports.save_report(by=request.user, fields=fields, why=form.cleaned_data["why"])
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Saved. Have it made now, or wait for its day.", _page(made))
    return _show(request, form, blank, title, back)


@require_http_methods(["GET", "POST"])
@keeps_drafts()
def edit(request, public_id):
    one = report_queries.definition(request.user, public_id)
    require(may_report_for(request.user, one.owner))
    form, conflict = ReportForm(request.POST or None, instance=throwaway(one), owners=[one.owner]), None
    if request.method == "POST" and form.is_valid():
        left = conflicts.chosen_theirs(request.POST)
        fields = {name: value for name, value in _fields(form).items() if name not in left}
        try:
            why, version = form.cleaned_data["why"], version_of(request)
            after = reports.save_report(definition=one, by=request.user, fields=fields, version=version, why=why)
        except Stale as stale:
            form, conflict = _meet(request, form, stale)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            words = "Saved." if after.version != one.version else "Nothing was different, so nothing was saved."
            return saved(request, words, _page(after))
    return _show(request, form, one, f"Settings: {one.title}", _page(one), conflict)


def _fields(form):
    """What the action takes of the form: without what was left out of it."""
    return {name: form.cleaned_data[name] for name in ReportForm.Meta.fields if name in form.fields}


def _page(one):
    return reverse("report_definition", args=[one.public_id])


def _meet(request, form, stale):
    owners, names = [stale.current.owner], [name for name in ReportForm.Meta.fields if name in form.fields]
    labels = {name: field.label for name, field in form.fields.items()}
    called = form.fields["mailed_to"].label_from_instance
    people = {str(one.pk): called(one) for one in form.fields["mailed_to"].queryset}

    def with_names(shot):
        return shot | {"mailed_to": sorted(people.get(pk, "Someone else") for pk in shot.get("mailed_to", ()))}

    mine = typed(form, names) | {"mailed_to": sorted(called(one) for one in form.cleaned_data["mailed_to"])}
    now = reports.snapshot(stale.current)
    conflict = conflicts.compare(stale.current, stale.given, now, mine, labels=labels, normalize=with_names)
    data = request.POST.copy()
    fresh = ReportForm(instance=throwaway(stale.current), owners=owners)
    for name in conflict.theirs & set(names):
        data.setlist(name, raw(fresh[name]))
    return ReportForm(data, instance=throwaway(stale.current), owners=owners), conflict


def _show(request, form, one, title, back, conflict=None):
    unjudged(request, [form])
    context = {
        "title": title,
        "form": form,
        "conflict": conflict,
        "version": version_shown(request, one, conflict.version if conflict else 0),
        "back": back,
        "crumbs": [("Reports", reverse("reports"))],
    }
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    return render(request, "reports/edit.html", context, status=status)
