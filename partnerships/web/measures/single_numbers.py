"""The page of one number of a measure, with its revisions: who changed it, when and why."""

from datetime import date

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.errors import NotFound
from partnerships.core.filters import refuse_unknown
from partnerships.measurement import number_words as words
from partnerships.measurement import queries
from partnerships.measurement.number_queries import cell_name, revisions
from partnerships.measurement.rules import may_supply
from partnerships.registry.rules import parties_visible_to
from partnerships.web.frame.history import name_of_person


@never_cache
@require_safe
def number(request, public_id, starts_on):
    """`?group=` is the key of the cell. Without it, the number is for all people together."""
    measure = queries.measure(request.user, public_id)
    if not may_supply(request.user, measure):
        raise NotFound
    refuse_unknown(request.GET, ("group",))
    cell = request.GET.get("group", "")
    rows = revisions(request.user, measure, _day(starts_on), cell)
    if not rows:
        raise NotFound
    page, period = measure.get_absolute_url(), words.period_words(measure, rows[0].starts_on)
    context = {
        "title": f"{period}, {cell_name(measure, cell)}",
        "record": measure,
        "rows": _revision_rows(request.user, measure, rows),
        "is_current": rows[0].replaced_at is None,
        "edit_url": f"{reverse('measure_data', args=[measure.public_id])}?first={rows[0].starts_on}&last={rows[0].starts_on}",
        "crumbs": [(gettext("Measures"), reverse("measures")), (measure.title, page)],
    }
    return render(request, "measures/number.html", context)


def _day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None


def _revision_rows(person, measure, rows):
    """Revisions, latest first. Parties that the person may not see aren't named."""
    seen = parties_visible_to(person).filter(pk__in=[row.supplied_by_id for row in rows if row.supplied_by_id])
    seen = set(seen.values_list("pk", flat=True))
    return [
        {
            "row": row,
            "number": words.number_words(measure, row.value) if row.value is not None else gettext("Counts only"),
            "counts": words.counts_words(row.numerator, row.denominator),
            "by": name_of_person(row.by) or gettext("The registry"),
            "party": str(row.supplied_by) if row.supplied_by_id in seen else "",
        }
        for row in rows
    ]
