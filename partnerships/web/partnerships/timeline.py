"""The timeline of a partnership, and of the partnerships on an issue area, as pages and CSV files."""

from dataclasses import dataclass
from itertools import groupby

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from partnerships.directory.queries import issue_area
from partnerships.directory.reference.vocabularies import term_name
from partnerships.meetings.timeline import kinds_asked
from partnerships.meetings.timeline import timeline as entries_of
from partnerships.registry import queries
from partnerships.registry.choices import TimelineKind
from partnerships.web.components.details import truncate
from partnerships.web.components.timelines import entry_row, kind_filters
from partnerships.web.frame import page_language
from partnerships.web.frame.csv import download

MOST_ENTRIES, MOST_PARTNERSHIPS = 200, 50  # on a page, while files have all; per timeline
MOST_SHOWN = 6  # entries of the latest year; the others, and earlier years, are folded


@dataclass
class _Subject:
    """What a timeline is about: its name, its URL, its breadcrumbs and its partnerships."""

    name: str
    route: str
    id: str
    crumbs: list
    partnerships: list
    is_more: bool = False  # whether it leaves out partnerships
    is_several: bool = False

    def address(self, ending=""):
        return reverse(f"{self.route}_timeline{ending}", args=[self.id])


def _subject_of(record):
    return _Subject(record.title, "partnership", record.public_id, [], [record])


def _of_issue_area(person, key):
    area = issue_area(person, key)
    records, is_more = truncate(queries.records_on(person, area, most=MOST_PARTNERSHIPS + 1), MOST_PARTNERSHIPS)
    crumbs = [(gettext("Issue areas"), reverse("issue_areas")), (term_name(area.name), area.get_absolute_url())]
    return _Subject(term_name(area.name), "issue_area", area.key, crumbs, records, is_more, is_several=True)


def context_of_partnership(request, record) -> dict:
    """What the timeline of one partnership shows."""
    return _context(request, _subject_of(record))


@page_language.english_only
@require_safe
def timeline_csv(request, public_id):
    return _file(request, _subject_of(queries.partnership(request.user, public_id)))


@require_safe
def issue_area_timeline(request, key):
    subject = _of_issue_area(request.user, key)
    return render(
        request, "partnerships/issue_area_timeline.html", _context(request, subject) | {"crumbs": subject.crumbs}
    )


@page_language.english_only
@require_safe
def issue_area_timeline_csv(request, key):
    return _file(request, _of_issue_area(request.user, key))


def _context(request, subject) -> dict:
    kinds = kinds_asked(request.GET)
    entries = entries_of(request.user, subject.partnerships, kinds)
    here, query = subject.address(), request.GET.urlencode()
    return kind_filters(here, TimelineKind.choices, kinds, "story_kind") | {
        "timeline": subject,
        "total_words": ngettext("%(number)s entry", "%(number)s entries", len(entries)) % {"number": len(entries)},
        "count": len(entries),
        "most": MOST_ENTRIES,
        "years": _years(entries[:MOST_ENTRIES]),
        "download": {
            "csv_url": subject.address("_csv") + (f"?{query}" if query else ""),
            "rows": gettext("You’ll get these entries.")
            if len(entries) <= MOST_ENTRIES
            else gettext("You’ll get all %(number)s entries.") % {"number": f"{len(entries):,}"},
        },
    }


def _years(entries) -> list[dict]:
    """The entries by year, latest first: those shown at first, and those folded."""
    years = [(year, [_row(entry) for entry in some]) for year, some in groupby(entries, key=_year_of)]
    return [
        {"name": year, "count": len(rows), "shown": rows[:most], "more": rows[most:]}
        for (year, rows), most in zip(years, [MOST_SHOWN, *[0] * len(years)], strict=False)
    ]


def _year_of(entry) -> str:
    return str(entry.on.year) if entry.on else gettext("No date recorded")


def _row(entry) -> dict:
    return entry_row(entry, "story_kind", [entry.partnership, *entry.also])


COLUMNS = ("date", "partnership", "kind", "title", "side", "who", "words", "page_url")


def _file(request, subject):
    entries = entries_of(request.user, subject.partnerships, kinds_asked(request.GET))
    return download(f"{subject.id}-story.csv", COLUMNS, _csv_rows(request, entries))


def _csv_rows(request, entries):
    for entry in entries:
        row = _row(entry)
        address = request.build_absolute_uri(row["url"]) if row["url"] else ""
        voices = [(voice.side, voice.name, voice.words) for voice in row["quotes"] + row["voices"]]
        titles = "; ".join(one.title for one in row["partnerships"])
        for words in voices or [("", "", "")]:
            yield [entry.on, titles, entry.kind, entry.title, *words, address]
