"""Entering numbers of a measure: one period at a time, or several in a grid of periods and groups."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.children import errors_by_field
from partnerships.core.errors import ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.core.ids import primary_key
from partnerships.measurement import number_queries, queries
from partnerships.measurement import number_words as words
from partnerships.measurement.number_actions import NO_REASON, TELLS, save_points
from partnerships.measurement.number_kinds import counts_people, is_rate
from partnerships.measurement.quoting import may_quote
from partnerships.measurement.rules import may_supply, may_write_measure, owners_spoken_for
from partnerships.web.frame.drafts import with_drafts, without_validation
from partnerships.web.frame.editing import page_status, redirect_after_save
from partnerships.web.frame.steps import posted_data
from partnerships.web.measures.forms.numbers import DescriptionForm, SpanForm
from partnerships.web.measures.number_grid import COUNTS, VALUE, Grid

MOST_PERIODS = 24
MOST_INPUTS = 1500  # per page
WAYS = [("counts", _("Counts (numerator and denominator)")), ("value", _("The number itself"))]
MEANWHILE = "changed_meanwhile"


@never_cache
@require_http_methods(["GET", "POST"])
@with_drafts("first", "last", "shows")
def data(request, public_id):
    measure = queries.measure(request.user, public_id)
    require(may_supply(request.user, measure))
    refuse_unknown(request.GET, ("first", "last", "shows"))
    span = SpanForm(request.GET or None, measure=measure, ways=WAYS if is_rate(measure) else ())
    fields = _fields(measure, span)
    cells = number_queries.in_order(measure.groups.all(), _cells(request.user, measure))
    periods = _periods(measure, span, len(cells) * (len(fields) + 1))
    sent = posted_data(request)
    grid, form = _grid(request, measure, periods, cells, fields, sent), context_form(request, measure, sent)
    if request.method == "POST" and _is_right(grid, form):
        try:
            boxes = grid.changed()
            done = save_points(
                measure=measure,
                by=request.user,
                rows=[grid.row_of(box) | form.description for box in boxes],
                party=form.chosen_party,
                why=form.cleaned_data["why"],
                may_tell=form.cleaned_data.get("may_tell", False),
            )
        except ValidationError as problem:
            grid = _after_refusal(request, grid, form, problem, (measure, periods, cells, fields, sent))
        else:
            return redirect_after_save(request, words_of_saved(done), measure.get_absolute_url())
    return _show(request, measure, span, grid, form)


def context_form(request, measure, sent, form_class=DescriptionForm):
    """The form about the numbers, with the parties that this person may supply them for."""
    is_office = may_write_measure(request.user, measure)
    if is_office:
        suppliers = [row.party for row in measure.shown_owners if row.supplies]
    else:
        suppliers = [row.party for row in owners_spoken_for(request.user, measure) if row.supplies]
    return form_class(sent, suppliers=suppliers, is_office=is_office, quotes=may_quote(measure))


def words_of_saved(done) -> str:
    if not done:
        return gettext("You didn’t change anything, so there was nothing to save.")
    return ngettext("Saved: %(number)s number.", "Saved: %(number)s numbers.", done) % {"number": f"{done:,}"}


def _fields(measure, span):
    if not is_rate(measure):
        return VALUE
    shows = span.data.get("shows", "") if span.is_bound else ""
    return VALUE if shows == "value" else COUNTS


def _cells(person, measure):
    """The keys of all single groups, and of all other cells with numbers."""
    single = {f"{one.dimension}={one.key}" for one in measure.groups.all()}
    return single | set(number_queries.numbers_of(person, measure).cells)


def _periods(measure, span, inputs):
    """The first days of the periods to show: those in the URL, or the last complete one."""
    data = span.cleaned_data if span.is_bound and span.is_valid() else {}
    most = max(1, min(MOST_PERIODS, MOST_INPUTS // inputs))
    last = data.get("last") or words.last_ended(measure, clock.today(clock.zone(measure.lead.zone)))
    first = data.get("first") or last
    if not data.get("last"):
        last = max(last, first)
    return words.periods_between(measure, first, last, most=most)


def _grid(request, measure, periods, cells, fields, sent):
    current_numbers = number_queries.entered_numbers(request.user, measure, periods)
    return Grid(measure, periods, cells, current_numbers, fields, sent, _numbers_seen(request, measure, sent))


def _numbers_seen(request, measure, sent):
    """Primary key → number, for those that the person saw. They may have been replaced since."""
    keys = {primary_key(value) for name, value in (sent or {}).items() if name.endswith("|seen")}
    return {str(one.pk): one for one in measure.points.filter(pk__in=keys)}


def _is_right(grid, form) -> bool:
    reads, fits = grid.read(), form.is_valid()
    if fits and grid.corrects(grid.changed()) and not form.cleaned_data["why"]:
        form.add_error("why", NO_REASON)
    if reads and not form.errors:
        return True
    grid.check(form.cleaned_data.get("link", ""))
    return False


def _after_refusal(request, grid, form, problem, made_of):
    """The grid with current numbers, all that was typed, and each error at its box."""
    boxes, fresh = grid.changed(), _grid(request, *made_of)
    fresh.read()
    fresh.renew()
    by_name = {box.name: box for box in fresh.boxes}
    for key, errors in errors_by_field(problem).items():
        place, _, part = key.removeprefix("points-").partition("-")
        box = by_name[boxes[int(place)].name] if place.isdecimal() and int(place) < len(boxes) else None
        for error in errors:
            text = " ".join(error.messages)
            if error.code == TELLS:
                form.ask()
            if box is None or part in form.fields:
                form.say(part or key, text)
                continue
            fresh.refuse(box, part, text)
            if error.code == MEANWHILE:
                fresh.is_stale = True
                box.seen = str(box.now.pk) if box.now else ""
    return fresh


def _neighbors(measure, grid, span) -> dict:
    """The periods before and after the only one of the grid, as links. Nothing can be entered for one that hasn't begun."""
    if len(grid.starts) > 1:
        return {}
    (at,) = grid.starts
    before, after = words.earlier(measure, at, 1), words.earlier(measure, at, -1)
    has_begun = after <= clock.today(clock.zone(measure.lead.zone))
    return {"before": _link(measure, before, span), "after": _link(measure, after, span) if has_begun else None}


def _link(measure, at, span) -> tuple[str, str]:
    """(query, words) of one period."""
    name = words.period_words(measure, at)
    kept = {key: value for key, value in span.data.items() if key == "shows" and value}
    return f"?{urlencode({'first': name, 'last': name} | kept)}", name


def _show(request, measure, span, grid, form):
    without_validation(request, [form])
    wrong = request.method == "POST" and bool(grid.errors or form.errors)
    context = {
        "title": gettext("Enter numbers: %(measure)s") % {"measure": measure.title},
        "record": measure,
        "is_rounded": counts_people(measure),
        "span": span,
        "grid": grid,
        "form": form,
        "is_rate": is_rate(measure),
        **_neighbors(measure, grid, span),
        "unit": words.unit_words(measure),
        "single": [box for box in grid.boxes if box.now],
        "back": measure.get_absolute_url(),
        "crumbs": [(gettext("Measures"), reverse("measures")), (measure.title, measure.get_absolute_url())],
    }
    status = page_status(is_stale=grid.is_stale, has_errors=wrong or (span.is_bound and span.errors))
    return render(request, "measures/data.html", context, status=status)
