"""The composition of an advisory body compared with the population: its page, and its CSV file."""

from datetime import date

from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.errors import NotFound
from partnerships.core.filters import refuse_unknown
from partnerships.measurement import composition_queries as queries
from partnerships.measurement.choices import SMALLEST, Dimension
from partnerships.measurement.composition_disclosure import SILENT
from partnerships.measurement.groups import CATEGORIES
from partnerships.measurement.number_words import plain_number, to_places
from partnerships.registry.rules import may_lead_with, may_write_partnership
from partnerships.web.charts.composition import KEPT, Pair, pairs_drawn
from partnerships.web.charts.drawing import Picture
from partnerships.web.components.partnerships import crumbs_to_partnership
from partnerships.web.frame import page_language
from partnerships.web.frame.csv import download
from partnerships.web.frame.words import day

COLUMNS = (
    *("counted_by", "counted_on", "group", "state", "members", "share_of_members", "people", "share_of_people"),
    *("points", "times", "year", "source_of_people"),
)
_HEAD = (
    _("Group"),
    _("Members"),
    _("Percent of members"),
    _("Population"),
    _("Percent of people"),
    _("Difference"),
    _("Ratio"),
)
_UNKNOWN = _("Not known")
NO_SHARE = _("No percentage, fewer than 20 members")


@never_cache
@require_safe
def body(request, public_id):
    record = queries.advisory_body(request.user, public_id)
    found = queries.compare_with_population(request.user, record, **_parameters(request))
    may_write = may_write_partnership(request.user, record)
    context = {
        "record": record,
        "sections": [{"one": one, "picture": _picture(one), "sentences": _comparison_words(one)} for one in found],
        "is_whole": not request.GET.get("of"),
        "smallest": SMALLEST,
        "may_write": may_write,
        "may_count_people": may_lead_with(request.user, record.lead),
        "counts": queries.counts_of(request.user, record) if may_write else [],
        "dimensions": [(key, Dimension(key).label) for key in CATEGORIES],
        "crumbs": crumbs_to_partnership(record),
    }
    return render(request, "measures/composition.html", context)


def _parameters(request) -> dict:
    """The parameters of the URL. Raises UnknownParameters, or NotFound for an invalid date or year."""
    refuse_unknown(request.GET, ("of", "on", "year"))
    of, on, year = (request.GET.get(name, "") for name in ("of", "on", "year"))
    if year and not (year.isascii() and year.isdigit() and len(year) < 6):
        raise NotFound
    try:
        return {"dimension": of, "on": date.fromisoformat(on) if on else None, "year": int(year) if year else None}
    except ValueError:
        raise NotFound from None


def _comparison_words(one) -> list[str]:
    """Sentences about the comparison."""
    sentences = []
    if one.absent:
        sentences.append(gettext("No members are in: %(groups)s.") % {"groups": ", ".join(map(str, one.absent))})
    of_all = gettext("%(group)s: %(number)s of %(all)s members.")
    sentences += [
        of_all % {"group": row.name, "number": row.members, "all": one.members}
        for row in one.rows
        if row.key in SILENT and not row.is_kept
    ]
    kept = [row for row in one.rows if row.is_kept]
    if kept:
        hidden = gettext(
            "Not shown: %(groups)s. We hide a number if it could, alone or with others, identify fewer than %(smallest)s "
            "members. It may also be 0."
        )
        sentences.append(hidden % {"groups": ", ".join(str(row.name) for row in kept), "smallest": SMALLEST})
    if one.several:
        sentences.append(
            gettext("Members could choose more than one group, so percentages may add up to more than 100.")
        )
    if one.population and one.population.several:
        sentences.append(
            gettext(
                "The table counts some people in more than one group, so its percentages may add up to more than 100."
            )
        )
    return sentences


def _picture(one) -> Picture | None:
    if one.is_closed:
        return None
    pairs = [
        Pair(row.name, to_places(row.share, 1), to_places(row.people_share, 1), row.is_kept)
        for row in one.rows
        if row.key not in SILENT
    ]
    title = gettext("%(group)s: members and population") % {"group": one.name}
    if one.population:
        sentence = gettext(
            "%(number)s members on %(day)s, compared with the population in %(year)s, in percent of each."
        )
    else:
        sentence = gettext("%(number)s members on %(day)s, compared with the population, in percent of each.")
    year = one.population.year if one.population else ""
    sentence %= {"number": one.members, "day": day(one.counted_on), "year": year}
    rows = tuple(_cells(row) for row in one.rows)
    return Picture(
        ident=f"makeup-{one.dimension}",
        title=title,
        sentence=sentence,
        notes=(),
        head=tuple(map(str, _HEAD)),
        rows=rows,
        **pairs_drawn(pairs),
    )


def _cells(row):
    return (
        row.name,
        KEPT if row.is_kept else str(row.members),
        KEPT if row.is_kept else NO_SHARE if row.share is None else f"{plain_number(row.share)}%",
        _UNKNOWN if row.people is None else f"{row.people:,}",
        _UNKNOWN if row.people_share is None else f"{plain_number(row.people_share)}%",
        "" if row.gap is None else _gap_words(row.gap),
        "" if row.ratio is None else plain_number(row.ratio, 2),
    )


def _gap_words(gap):
    text = plain_number(abs(gap))
    if text == "0":
        return gettext("Same")
    words = gettext("%(number)s points more") if gap > 0 else gettext("%(number)s points less")
    return words % {"number": text}


@page_language.english_only
@never_cache
@require_safe
def file(request, public_id):
    """The rows of the page as a CSV file, with the same parameters."""
    record = queries.advisory_body(request.user, public_id)
    found = queries.compare_with_population(request.user, record, **_parameters(request))
    rows = (_line(one, row) for one in found for row in one.rows)
    return download(f"members-{record.public_id}.csv", COLUMNS, rows)


def _line(one, row):
    place = one.population
    return [
        one.dimension,
        one.counted_on,
        row.name,
        "kept_back" if row.is_kept else "",
        *(_rounded(value) for value in (row.members, row.share, row.people, row.people_share, row.gap)),
        _rounded(row.ratio, 2),
        place.year if place else "",
        place.source if place else "",
    ]


def _rounded(value, places=1):
    return "" if value is None else value if isinstance(value, int) else to_places(value, places)
