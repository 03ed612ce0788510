"""Charts of a measure as SVG and PNG, and its numbers as CSV. They contain only what the page shows."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.errors import NotFound
from partnerships.core.filters import refuse_unknown
from partnerships.measurement import number_words as words
from partnerships.measurement import queries
from partnerships.measurement.number_queries import cell_name, numbers_of, redefined_on
from partnerships.web.charts.measures import png, standalone_svg
from partnerships.web.frame import limits, page_language
from partnerships.web.frame.csv import download
from partnerships.web.measures.shown import pictures_of, source_of

COLUMNS = (
    *("period", "starts_on", "group", "state", "value", "numerator", "denominator", "low", "high"),
    *("story", "source", "published_by", "link", "supplied_by", "definition_changed_on"),
)
ALL = 600  # periods, which are fifty years of months
TOO_OFTEN = gettext_lazy("Too many charts were downloaded from your network just now. Wait a little, then try again.")


@page_language.english_only
@never_cache
@require_safe
def svg(request, public_id, which):
    picture, source = _picture(request, public_id, which)
    return _file(standalone_svg(picture, source=source), "image/svg+xml", f"{which}.svg")


@page_language.english_only
@never_cache
@require_safe
def as_png(request, public_id, which):
    picture, source = _picture(request, public_id, which)
    limits.count_attempt(request, "picture", TOO_OFTEN)
    return _file(png(picture, source=source), "image/png", f"{which}.png")


def _picture(request, public_id, which):
    """(chart, source). `?group=` is the group that a ratio chart compares. Raises NotFound if there is no such chart."""
    measure = queries.measure(request.user, public_id)
    refuse_unknown(request.GET, ("group",))
    numbers = numbers_of(request.user, measure)
    shown = pictures_of(measure, numbers, request.GET.get("group", ""))
    found = next((one.picture for one in shown if one.key == which), None)
    if found is None or not found.is_drawn:
        raise NotFound
    return found, source_of(measure, numbers)


def _file(content, kind, name):
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@page_language.english_only
@never_cache
@require_safe
def csv(request, public_id):
    """All numbers that the reader may see, with one row per period and group.

    `definition_changed_on`: for numbers entered before the definition of the measure last changed.
    """
    measure = queries.measure(request.user, public_id)
    refuse_unknown(request.GET, ())
    return download("numbers.csv", COLUMNS, _rows(request.user, measure))


def _rows(person, measure):
    found = numbers_of(person, measure, last=ALL)
    for period in found.periods:
        changed_on = redefined_on(found, period)
        for cell in found.cells:
            number = found.number(period, cell)
            yield [
                words.period_words(measure, period),
                period,
                cell_name(measure, cell),
                number.state or "shown",
                *(
                    words.to_places(getattr(number, name), 6)
                    for name in ("value", "numerator", "denominator", "low", "high")
                ),
                number.story,
                number.source,
                number.published_by,
                number.link,
                number.supplied_by,
                changed_on or "",
            ]
