"""The composition of an advisory body compared with the population: its page, and its CSV file."""

from datetime import date

from django.shortcuts import render
from django.urls import reverse
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
from partnerships.web.csv import download
from partnerships.web.words import day

COLUMNS = (
    *("counted_by", "counted_on", "group", "state", "members", "share_of_members", "people", "share_of_people"),
    *("points", "times", "year", "source_of_people"),
)
_HEAD = ("Group", "Members", "Percent of members", "Population", "Percent of people", "Difference", "Ratio")
_UNKNOWN = "Not known"
NO_SHARE = "No percentage, fewer than 20 members"


@never_cache
@require_safe
def body(request, public_id):
    record = queries.advisory_body(request.user, public_id)
    found = queries.compare_with_population(request.user, record, **_parameters(request))
    may_write = may_write_partnership(request.user, record)
    context = {
        "record": record,
        "sections": [_section(one) for one in found],
        "is_whole": not request.GET.get("of"),
        "smallest": SMALLEST,
        "may_write": may_write,
        "may_count_people": may_lead_with(request.user, record.lead),
        "counts": queries.counts_of(request.user, record) if may_write else [],
        "dimensions": [(key, Dimension(key).label) for key in CATEGORIES],
        "crumbs": _crumbs(record),
    }
    return render(request, "measures/composition.html", context)


def _crumbs(record):
    return [("Partnerships", reverse("partnerships")), (record.title, record.get_absolute_url())]


def _parameters(request) -> dict:
    """The parameters of the URL. Raises UnknownParameters, or NotFound for an invalid date or year."""
    refuse_unknown(request.GET, ("of", "on", "year"))
    of, on, year = (request.GET.get(name, "") for name in ("of", "on", "year"))
    if year and not (year.isascii() and year.isdigit() and len(year) < 6):
        raise NotFound
    try:
        return {"of": of, "on": date.fromisoformat(on) if on else None, "year": int(year) if year else None}
    except ValueError:
        raise NotFound from None


def _section(one):
    return {"one": one, "picture": _picture(one), "sentences": _comparison_words(one)}


def _comparison_words(one) -> list[str]:
    """Sentences about the comparison."""
    sentences = []
    if one.absent:
        sentences.append(f"No members are in: {', '.join(one.absent)}.")
    sentences += [
        f"{row.name}: {row.members} of {one.members} members."
        for row in one.rows
        if row.key in SILENT and not row.is_kept
    ]
    kept = [row for row in one.rows if row.is_kept]
    if kept:
        sentences.append(
            f"Not shown: {', '.join(row.name for row in kept)}. We hide a number if it could, alone or with others, "
            f"identify fewer than {SMALLEST} members. It may also be 0."
        )
    if one.several:
        sentences.append("Members could choose more than one group, so percentages may add up to more than 100.")
    if one.population and one.population.several:
        sentences.append(
            "The table counts some people in more than one group, so its percentages may add up to more than 100."
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
    title = f"{one.name}: members and population"
    about = f" in {one.population.year}" if one.population else ""
    sentence = (
        f"{one.members} members on {day(one.counted_on)}, compared with the population{about}, in percent of each."
    )
    rows = tuple(_cells(row) for row in one.rows)
    return Picture(
        ident=f"makeup-{one.dimension}",
        title=title,
        sentence=sentence,
        notes=(),
        head=_HEAD,
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
        "" if row.gap is None else _points(row.gap),
        "" if row.ratio is None else plain_number(row.ratio, 2),
    )


def _points(gap):
    text = plain_number(abs(gap))
    return "Same" if text == "0" else f"{text} points {'more' if gap > 0 else 'less'}"


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
