"""Pasting numbers from a spreadsheet: a preview of each cell, then save all of them or none."""

from dataclasses import dataclass
from hashlib import sha256

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.children import errors_by_field
from partnerships.core.errors import ValidationError
from partnerships.core.importing import CHANGED, NEW, REFUSED, SAME, counts_of
from partnerships.core.tables import normalize_heading
from partnerships.measurement import number_words as words
from partnerships.measurement import periods, queries
from partnerships.measurement.choices import Dimension
from partnerships.measurement.comparing import compare
from partnerships.measurement.group_sums import Mismatch, find_mismatches
from partnerships.measurement.number_actions import TELLS, save_points
from partnerships.measurement.number_kinds import counts_people, needs_counts
from partnerships.measurement.number_queries import cell_name, entered_numbers
from partnerships.measurement.pasted_tables import SubmittedNumber, read_table
from partnerships.measurement.rules import may_supply
from partnerships.web.frame.drafts import with_drafts, without_validation
from partnerships.web.frame.editing import page_status, redirect_after_save
from partnerships.web.measures.entering import context_form, words_of_saved
from partnerships.web.measures.forms.numbers import PasteForm

_STATES = {
    REFUSED: _("Errors"),
    CHANGED: _("Changed"),
    NEW: _("New"),
    SAME: _("No change"),
}
# The headings of a table with counts, which has one number per row, and what a row may say after its period.
_COUNTED = ("Period", "Group", "Numerator", "Denominator")
EXAMPLE = ("Latino", "66", "100")
_MOVED = _("Someone saved numbers here in the meantime. Preview yours again, then save.")


@dataclass
class Preview:
    """`mark` is a digest of the preview, so that only what the person saw is saved. `mismatches`: groups that don't add up."""

    found: list[SubmittedNumber]
    mark: str
    counts: dict
    mismatches: list[Mismatch]

    @property
    def may_save(self) -> bool:
        return not self.counts[REFUSED] and bool(self.counts[NEW] + self.counts[CHANGED])


@never_cache
@require_http_methods(["GET", "POST"])
@with_drafts()
def paste(request, public_id):
    measure = queries.measure(request.user, public_id)
    require(may_supply(request.user, measure))
    form, preview = context_form(request, measure, request.POST or None, PasteForm), None
    if request.method == "POST" and form.is_valid():
        preview = _preview(request, measure, form)
        if preview and _is_agreed(request, form, preview):
            try:
                done = save_points(
                    measure=measure,
                    by=request.user,
                    rows=[one.saves for one in preview.found if one.state in (NEW, CHANGED)],
                    party=form.chosen_party,
                    why=form.cleaned_data["why"],
                    may_tell=form.cleaned_data.get("may_tell", False),
                )
            except ValidationError as problem:
                _add_errors(problem, form, preview)
            else:
                return redirect_after_save(request, words_of_saved(done), measure.get_absolute_url())
    return _show(request, measure, form, preview)


def _preview(request, measure, form):
    """What would become of the numbers. None, with an error on the form, if they can't be read as a table."""
    groups = list(measure.groups.all())
    try:
        given = read_table(measure, groups, form.cleaned_data["cells"])
    except ValueError as problem:
        form.add_error("cells", str(problem))
        return None
    if not given:
        form.add_error("cells", gettext("There are no numbers in this table."))
        return None
    current_numbers = entered_numbers(request.user, measure, {one.starts_on for one in given if one.starts_on})
    compare(measure, given, current_numbers, form.description)
    judged = [(one.row, one.column, one.saves, one.wrong, one.state, one.record and one.record.pk) for one in given]
    mark = sha256(repr(judged).encode()).hexdigest()[:24]
    return Preview(given, mark, counts_of(given), find_mismatches(measure, groups, given))


def _is_agreed(request, form, preview) -> bool:
    if "save" not in request.POST or not preview.may_save:
        return False
    if request.POST.get("mark") != preview.mark:
        form.add_error(None, ValidationError(_MOVED, code="stale"))
        return False
    if preview.counts[CHANGED] and not form.cleaned_data["why"]:
        form.add_error("why", gettext("Give a reason, because you’re changing an earlier number."))
        return False
    return True


def _add_errors(problem, form, preview):
    """Add errors to their numbers, and all others above the form."""
    sent = [one for one in preview.found if one.state in (NEW, CHANGED)]
    for key, errors in errors_by_field(problem).items():
        place, _, part = key.removeprefix("points-").partition("-")
        text = " ".join(message for error in errors for message in error.messages)
        if any(error.code == TELLS for error in errors):
            form.ask()
        if part in form.fields:
            form.say(part, text)
        elif place.isdecimal() and int(place) < len(sent):
            sent[int(place)].refuse(text)
        else:
            form.say(key, text)
    preview.counts = counts_of(preview.found)


def _show(request, measure, form, preview):
    without_validation(request, [form])
    page = measure.get_absolute_url()
    context = {
        "title": gettext("Paste from a spreadsheet: %(measure)s") % {"measure": measure.title},
        "record": measure,
        "is_rounded": counts_people(measure),
        "needs_counts": needs_counts(measure, EXAMPLE[0]),
        "example": "\n".join(map("\t".join, (_COUNTED, (periods.EXAMPLES[measure.period], *EXAMPLE)))),
        "form": form,
        "preview": preview,
        "views": [(_STATES[state], state, _rows(measure, preview, state)) for state in _STATES] if preview else [],
        "mismatches": [_mismatch_words(measure, one) for one in preview.mismatches] if preview else [],
        "counts": [(name, preview.counts[state]) for state, name in _STATES.items()] if preview else [],
        "back": page,
        "crumbs": [(gettext("Measures"), reverse("measures")), (measure.title, page)],
    }
    is_stale = any(error.code == "stale" for error in form.non_field_errors().as_data())
    wrong = request.method == "POST" and (form.errors or (preview and preview.counts[REFUSED]))
    return render(request, "measures/paste.html", context, status=page_status(is_stale=is_stale, has_errors=wrong))


_MISMATCH = {
    "value": _("%(period)s, %(groups)s: the groups add up to %(together)s, and the total is %(total)s."),
    "numerator": _("%(period)s, %(groups)s: the numerators add up to %(together)s, and the total’s is %(total)s."),
    "denominator": _("%(period)s, %(groups)s: the denominators add up to %(together)s, and the total’s is %(total)s."),
}


def _mismatch_words(measure, one):
    return _MISMATCH[one.part] % {
        "period": words.period_words(measure, one.starts_on),
        "groups": Dimension(one.dimension).label,
        "together": words.plain_number(one.together),
        "total": words.plain_number(one.total),
    }


def _rows(measure, preview, state):
    return [
        {
            "at": gettext("Row %(number)s") % {"number": one.row} + (f", {one.column}" if one.column else ""),
            "period": words.period_words(measure, one.starts_on) if one.starts_on else "",
            "group": _group_words(measure, one) if one.starts_on and not one.wrong else "",
            "was": words.number_words(measure, one.record.value) if one.record else "",
            "becomes": words.number_words(measure, one.becomes),
            "wrong": one.wrong,
        }
        for one in preview.found
        if one.state == state
    ]


def _group_words(measure, one):
    """The group of a number, with what the table calls it if that differs."""
    name = cell_name(measure, one.cell)
    is_same = normalize_heading(one.group) in {normalize_heading(name), normalize_heading(one.cell), ""}
    return name if is_same else gettext("%(name)s (“%(text)s” in your table)") % {"name": name, "text": one.group[:60]}
