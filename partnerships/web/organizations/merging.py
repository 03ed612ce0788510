"""Merging two organizations or two departments, undoing that, and splitting one into two."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core import merges, record_types
from partnerships.core.access import require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.models import type_key
from partnerships.directory.duplicates import known_facts, similar_departments, similar_organizations_to_each
from partnerships.directory.matching import Known
from partnerships.directory.rules import may_merge
from partnerships.records import merging, splitting
from partnerships.web.components import similar
from partnerships.web.components.forms.merging import MergeForm, OtherForm, SplitForm
from partnerships.web.frame.editing import add_errors, mark_conflict, redirect_after_save, status_of, version_of
from partnerships.web.frame.forms.entities import suggestions
from partnerships.web.frame.forms.record import WhyForm

_NOT_YOURS = _("You don’t have permission to change “%(other)s”, so you can’t merge it. Ask the office that keeps it.")
_SPLIT = _("This is now a separate record. If that was a mistake, merge the two again with “Report a duplicate”.")
_DONE = _("Merged. You can undo the merge for 90 days.")


@never_cache
@require_http_methods(["GET", "POST"])
def merge(request, kind, public_id):
    """Choose the other record, whose ID is then in the URL. Compare the two, and merge them."""
    merged = record_types.get(kind)
    kept = merged.find(request.user, public_id)
    require(may_merge(request.user, kept))
    pick = OtherForm(
        request.GET if "other" in request.GET else None,
        person=request.user,
        id_prefix=merged.model.ID_PREFIX,
        kind=kind,
    )
    other = _chosen_record(pick, kept, request.user)
    if other is None:
        return _show(request, kind, kept, pick)
    form = MergeForm(request.POST or None, kept=kept, other=other)
    if request.method == "POST" and form.is_valid():
        versions = version_of(request), version_of(request, "other_version")
        try:
            merging.merge(
                kept=kept,
                lost=other,
                by=request.user,
                versions=versions,
                take=form.take,
                why=form.cleaned_data["why"],
            )
        except EditConflict as stale:
            kept, other = (merged.find(request.user, one) for one in (public_id, other.public_id))
            form = MergeForm(request.POST, kept=kept, other=other)
            mark_conflict(form, stale)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(request, _DONE, reverse(kind, args=[kept.public_id]))
    return _show(request, kind, kept, pick, other, form)


def _chosen_record(pick, kept, person):
    """The chosen other record, or None, with an error on the form if the two can't be merged."""
    if not (pick.is_bound and pick.is_valid()):
        return None
    other = pick.cleaned_data["other"]
    if not may_merge(person, other):
        pick.add_error("other", ValidationError(_NOT_YOURS, params={"other": other}))
    elif words := merging.refusal(kept, other):
        pick.add_error("other", words)
    return None if pick.errors else other


def _show(request, kind, kept, pick, other=None, form=None):
    page = reverse(f"{kind}_merge", args=[kept.public_id])
    context = {
        "title": _title(kept, other),
        "record": kept,
        "kind": kind,
        "pick": pick,
        "duplicates": [] if other else _possible_duplicates(request.user, kept),
        "suggested": [] if other else suggestions(request.user, record_types.get(kind).model.ID_PREFIX),
        "other": other,
        "form": form,
        "along": merging.inherited_rows(request.user, kept, other) if other else None,
        "page": page,
        "other_way": f"{reverse(f'{kind}_merge', args=[other.public_id])}?other={kept.public_id}" if other else "",
        "back": reverse(kind, args=[kept.public_id]),
        "crumbs": _crumbs(kind, kept),
    }
    return render(request, "organizations/merge.html", context, status=status_of(form or pick))


def _title(kept, other) -> str:
    if other is None:
        return gettext("Merge %(record)s") % {"record": kept.name}
    return gettext("Merge %(kept)s and %(lost)s") % {"kept": kept.name, "lost": other.name}


def _possible_duplicates(person, kept):
    """Likely duplicates that the person may merge with this record, with the URLs that compare them."""
    if type_key(kept) == "organization":
        found = similar_organizations_to_each(person, known_facts(person, [kept]))[kept.pk]
    else:
        found = similar_departments(person, Known(kept.name), kept.jurisdiction, exclude=kept)
    page = reverse(f"{type_key(kept)}_merge", args=[kept.public_id])
    rows = similar.rows_of([one for one in found if may_merge(person, one.record)])
    return [row | {"page": f"{page}?other={row['record'].public_id}"} for row in rows]


@never_cache
@require_http_methods(["GET", "POST"])
def undo_merge(request, kind, public_id, pk):
    kept = record_types.get(kind).find(request.user, public_id)
    found = merges.active_merges(kept).filter(pk=pk).first()
    require(may_merge(request.user, kept))
    if found is None:
        raise NotFound
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            back = merging.undo_merge(
                merge=found,
                kept=kept,
                by=request.user,
                version=version_of(request),
                why=form.cleaned_data["why"],
            )
        except EditConflict as stale:
            kept = mark_conflict(form, stale)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            words = gettext("The merge is undone. %(record)s is a separate record again.") % {"record": back}
            return redirect_after_save(request, words, reverse(kind, args=[back.public_id]))
    context = {
        "record": kept,
        "merge": found,
        "can_be": (can_be := merges.can_be_undone(found)),
        "hides_form": not can_be,
        "form": form,
        "back": reverse(f"{kind}_history", args=[kept.public_id]),
        "crumbs": _crumbs(kind, kept),
    }
    return render(request, "organizations/merge_apart.html", context, status=status_of(form))


@never_cache
@require_http_methods(["GET", "POST"])
def split(request, kind, public_id):
    record = record_types.get(kind).find(request.user, public_id)
    require(may_merge(request.user, record))
    form = SplitForm(request.POST or None, rows=splitting.movable_rows(request.user, record))
    if request.method == "POST" and form.is_valid():
        try:
            new = splitting.split(
                record=record,
                by=request.user,
                version=version_of(request),
                name=form.cleaned_data["name"],
                going=form.going,
                why=form.cleaned_data["why"],
            )
        except EditConflict as stale:
            record = mark_conflict(form, stale)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(request, _SPLIT, reverse(kind, args=[new.public_id]))
    context = {
        "record": record,
        "kind": kind,
        "form": form,
        "back": reverse(kind, args=[record.public_id]),
        "crumbs": _crumbs(kind, record),
    }
    return render(request, "organizations/split.html", context, status=status_of(form))


def _crumbs(kind, record):
    return [
        (gettext(f"{kind.capitalize()}s"), reverse(record_types.get(kind).listed_in)),
        (str(record), reverse(kind, args=[record.public_id])),
    ]
