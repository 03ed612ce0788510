"""The files of a list: CSV, spreadsheet, API and news feed, with the columns that people choose."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from partnerships.core.exports import COLUMNS
from partnerships.core.listing import BEST_MATCH
from partnerships.records.list_files import AT_ONCE
from partnerships.web.frame.history import name_of

FEEDS = {"partnerships": "partnerships_atom", "results": "results_atom"}


def download(page, words: str, total: int, over: bool) -> dict:
    """What components/_download.html takes. `words`: the total in words."""
    drop = [COLUMNS, *(["ordering"] if page.listing.ordering == BEST_MATCH else [])]
    return {
        "csv_url": page.url(path=page.path.rstrip("/") + ".csv"),
        "xlsx_url": page.sheet and page.url(path=page.path.rstrip("/") + ".xlsx"),
        "is_long": page.sheet and (over or total > AT_ONCE),
        "feed_url": _feed_url(page),
        "api_url": page.api and page.url(path=f"/api/v1/{page.api}/", drop=drop),
        "rows": _rows_words(words, over),
        "columns": _columns(page) if page.sheet else None,
    }


def _feed_url(page) -> str:
    """The Atom feed of this list with those of its filters that everyone can use, or "" if it has none."""
    if page.key not in FEEDS:
        return ""
    drop = ["ordering", *page.keeps, *page.listing.filters.STAFF_ONLY]
    return page.url(drop=drop, path=reverse(FEEDS[page.key]))


def _columns(page):
    """The form that chooses the columns of the file."""
    chosen = page.sheet.chosen(page.params)
    is_some = COLUMNS in page.params
    return {
        "action": f"{page.path}#take",
        "name": COLUMNS,
        "hidden": page.hidden(*[name for name in page.params if name not in (COLUMNS, "cursor")]),
        "options": [
            {
                "value": name,
                "label": _in_english(name),
                "checked": is_some and name in chosen,
                "level": 0,
                "count": None,
            }
            for name in page.sheet.columns
        ],
        "words": gettext("%(number)s of %(all)s") % {"number": len(chosen), "all": len(page.sheet.columns)}
        if is_some
        else gettext("all of them"),
        "is_some": is_some,
        "all_url": f"{page.url(drop=[COLUMNS])}#take",
    }


def _in_english(name: str) -> str:
    """A column of a file. Files are in English."""
    with translation.override("en"):
        return name_of(name)


def _rows_words(words: str, over: bool) -> str:
    """“You’ll get these 128 rows, …”: what a download has."""
    if words == "1":
        return gettext("You’ll get this row, with the current filters.")
    if over:
        return gettext("You’ll get all rows (%(number)s), with the current filters.") % {"number": words}
    return gettext("You’ll get these %(number)s rows, with the current filters.") % {"number": words}
