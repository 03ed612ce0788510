"""List pages: search, filters with counts, chips, order, pagination, files and saved lists.

A page passes its Listing and its names for things. All else comes from the FilterSet that the API and the download use
too, so all three have the same filters.
"""

from dataclasses import dataclass, field

import django_filters
from django import forms
from django.http import QueryDict
from django.urls import reverse

from partnerships.accounts.queries import saved_lists
from partnerships.core.access import may_write_somewhere
from partnerships.core.exports import COLUMNS, Export
from partnerships.core.filters import TRACKING, TreeFilter
from partnerships.core.listing import BEST_MATCH, CAP
from partnerships.directory.queries import issue_tree
from partnerships.records.list_files import AT_ONCE
from partnerships.registry.queries import leading_jurisdictions
from partnerships.web.history import name_of

PAGE_SIZE = 25
MANY = {"partnerships": "partnership_many", "organizations": "organization_many", "departments": "department_many"}
SHOWN = 8  # options of a filter that are shown before the rest collapses


def leads() -> dict:
    """The `choices` for a list with a filter by lead agency."""
    return {"jurisdiction": [(one.public_id, one.name) for one in leading_jurisdictions()]}


@dataclass
class ListPage:
    """A list page.

    `noun` is (singular, plural). `counts` is facet → value → number. `choices` is name → (value, label) pairs, for
    filters whose options the page must supply. `sheet` is the list's export. Without one, `key` is the name under which
    the list is saved.
    """

    request: object
    listing: object
    title: str
    noun: tuple[str, str]
    api: str  # its path in the API, or "" if it isn't there
    sheet: Export | None = None
    key: str = ""
    counts: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)
    folded: tuple = ()
    size: int = PAGE_SIZE
    keeps: tuple = ()  # parameters that aren't filters and that all links keep

    def __post_init__(self):
        if self.sheet:
            self.key, self.keeps = self.sheet.key, (*self.keeps, COLUMNS)

    def context(self) -> dict:
        self.params = _clean(self.request.GET)
        self.path = self.request.path
        page = self.page = self.listing.page(self.size)
        return self._context_of(page)

    def light(self, *columns) -> tuple[list, dict]:
        """Like `context`, but with the rows as tuples of these columns. Returns (rows, context)."""
        self.params, self.path = _clean(self.request.GET), self.request.path
        page = self.page = self.listing.page(self.size, *columns)
        return page.rows, self._context_of(page)

    def _context_of(self, page):
        total, over = self.listing.total()
        words = f"{CAP:,}+" if over else f"{total:,}"
        chips = self._chips()
        return {
            "title": self.title,
            "total_words": f"{words} {self.noun[0] if total == 1 and not over else self.noun[1]}",
            "total": total,
            "rows": page.rows,
            "search": self._search(),
            "facets": {
                "action": self.path,
                "hidden": self._hidden("q", "ordering", "exact", *self.keeps),
                "groups": self._groups(),
            },
            "chips": chips,
            "clear_url": self.url(drop=[name for name in self.params if name not in ("ordering", *self.keeps)]),
            "sort": self._sort(),
            "pager": self._pager(page, words),
            "download": self._download(words, total, over),
            "saved": self._saved(),
            "many_url": self._bulk_url(),
            "empty": self._empty(chips),
            "is_filtered": bool(chips) or self.listing.query is not None,
        }

    def url(self, *, drop=(), path=None, **put):
        """The URL of this list's first page with other parameters: without those in `drop`, with those in `put`."""
        params = self.params.copy()
        for name in ("cursor", *drop):
            params.pop(name, None)
        for name, value in put.items():
            params.setlist(name, value if isinstance(value, list) else [value])
        text = params.urlencode()
        return f"{path or self.path}{'?' + text if text else ''}"

    def _hidden(self, *names):
        """Hidden inputs for parameters that a form doesn't show but has to send."""
        return [(name, value) for name in names for value in self.params.getlist(name) if value]

    def _search(self):
        query = self.listing.query
        if "q" not in self.listing.filters.CONTROL:
            return None
        search = {
            "action": self.path,
            "label": f"Search {self.noun[1]}",
            "q": self.params.get("q", ""),
            "hidden": self._hidden(*[n for n in self.params if n not in ("q", "exact", "cursor", "ordering")]),
        }
        if query is not None and query.mended:
            search["mended"] = " ".join(query.words)
            search["exact_url"] = self.url(exact="yes")
        return search

    def _groups(self):
        groups, dates = [], []
        for name in self.listing.filters.offered:
            chosen = self.listing.filters.base_filters[name]
            if isinstance(chosen, (django_filters.DateFilter, django_filters.CharFilter)):
                dates.append((name, chosen))
            elif options := self._options(name, chosen):
                groups.append(self._group(name, chosen, options))
            elif name in self.listing.filters.in_use:
                groups.append({"legend": chosen.label, "name": name, "options": self._chosen_only(name)})
        if dates:
            fields = {name: chosen.field for name, chosen in dates}
            form = type("More", (forms.Form,), fields)(initial=self.params.dict(), auto_id="f-%s")
            groups.append({"legend": "More", "fields": list(form)})
        return groups

    def _options(self, name, chosen):
        if name in self.choices:
            return [(str(value), label, 0) for value, label in self.choices[name]]
        if name == "issue":
            return [(area.key, area.name, level) for level, area in self._issues()]
        if isinstance(chosen, TreeFilter):
            return []
        return [(str(value), label, 0) for value, label in chosen.field.choices if value]

    def _issues(self):
        if not hasattr(self, "_issue_tree"):
            self._issue_tree = issue_tree()
        return self._issue_tree

    def _group(self, name, chosen, options):
        on = set(self.listing.filters.in_use.get(name, ()))
        counts = self.counts.get(name)
        shown = [
            {
                "value": value,
                "label": label,
                "level": level,
                "checked": value in on,
                "count": None if counts is None else counts.get(value, 0),
            }
            for value, label, level in options
        ]
        group = {"legend": chosen.label, "name": name, "options": shown}
        if len(shown) > SHOWN + 2 or name in self.folded:
            first = 0 if name in self.folded else SHOWN
            group |= {"options": shown[:first], "more": shown[first:]}
            group["more_label"] = f"Show all {len(shown)}" if first else "Show"
            group["more_open"] = any(option["checked"] for option in shown[first:])
        return group

    def _chosen_only(self, name):
        labels = self._names(name)
        keys = self.listing.filters.in_use[name]
        return [{"value": k, "label": labels.get(k, k), "level": 0, "checked": True, "count": None} for k in keys]

    def _names(self, name):
        """Value → label, for the chosen values of a filter."""
        if name == "issue":
            return {area.key: area.name for _, area in self._issues()}
        return self.listing.filters.labels(name)

    def _chips(self):
        chips = []
        for name, keys in self.listing.filters.in_use.items():
            chosen = self.listing.filters.filters[name]
            labels = self._names(name)
            for key in keys:
                rest = [other for other in keys if other != key]
                url = self.url(**{name: rest}) if rest else self.url(drop=[name])
                words = labels.get(key) or f"{chosen.label}: {key}"
                chips.append({"label": words, "url": url})
        return chips

    def _sort(self):
        found, options = self.listing, []
        if found.query is not None:
            options.append((BEST_MATCH, "Best match"))
        for name, ordering in found.orderings.items():
            newest_first = name in ("updated", "starts")
            options.append((f"-{name}" if newest_first else name, ordering.label))
        if found.ordering not in dict(options):
            plain = found.orderings[found.ordering.lstrip("-")]
            options.append((found.ordering, f"{plain.label}, reversed"))
        return {
            "action": self.path,
            "name": "ordering",
            "hidden": self._hidden(*[n for n in self.params if n not in ("ordering", "cursor")]),
            "options": [{"value": v, "label": label, "chosen": v == found.ordering} for v, label in options],
        }

    def _pager(self, page, words):
        last = page.first + len(page.rows) - 1
        return {
            "earlier_url": self.url(cursor=page.previous) if page.previous else None,
            "more_url": self.url(cursor=page.next) if page.next else None,
            "label": f"Rows {page.first:,} to {last:,} of {words}" if page.rows else "",
        }

    def _download(self, words, total, over):
        drop = [COLUMNS, *(["ordering"] if self._no_api_order() else [])]
        return {
            "csv_url": self.url(path=self.path.rstrip("/") + ".csv"),
            "xlsx_url": self.sheet and self.url(path=self.path.rstrip("/") + ".xlsx"),
            "is_long": self.sheet and (over or total > AT_ONCE),
            "api_url": self.api and self.url(path=f"/api/v1/{self.api}/", drop=drop),
            "rows": f"these {words} rows" if words != "1" else "this row",
            "columns": self._columns() if self.sheet else None,
        }

    def _columns(self):
        """The form that chooses the columns of the file."""
        chosen = self.sheet.chosen(self.params)
        is_some = COLUMNS in self.params
        return {
            "action": f"{self.path}#take",
            "name": COLUMNS,
            "hidden": self._hidden(*[name for name in self.params if name not in (COLUMNS, "cursor")]),
            "options": [
                {
                    "value": name,
                    "label": name_of(name),
                    "checked": is_some and name in chosen,
                    "level": 0,
                    "count": None,
                }
                for name in self.sheet.columns
            ],
            "words": f"{len(chosen)} of {len(self.sheet.columns)}" if is_some else "all of them",
            "is_some": is_some,
            "all_url": f"{self.url(drop=[COLUMNS])}#take",
        }

    def _saved(self):
        """The reader's saved lists of this page, and the URL for saving the current one."""
        person = self.request.user
        if not self.key or not person.is_authenticated:
            return None
        here = saved_parameters(self.params)
        rows = [
            {"name": row.name, "of": row.jurisdiction, "url": page_of_saved(row), "is_here": row.query == here}
            for row in saved_lists(person, self.key)
        ]
        query = f"?{here}" if here else ""
        return {"rows": rows, "new_url": reverse("saved_list_new", args=[self.key]) + query}

    def _bulk_url(self) -> str:
        """The URL for bulk edits of this list, or "" if the reader may not write."""
        if self.key not in MANY or not may_write_somewhere(self.request.user):
            return ""
        return self.url(drop=self.keeps, path=reverse(MANY[self.key]))

    def _empty(self, chips):
        """What an empty list suggests to do next."""
        links = []
        if self.listing.query is not None and chips:
            links.append(("Search without filters", f"{self.path}?{self._only('q').urlencode()}"))
        if chips or self.listing.query is not None:
            links.append((f"See all {self.noun[1]}", self.path))
        typed = f"You searched for “{self.params.get('q')}”. " if self.listing.query is not None else ""
        text = f"{typed}Nothing matches." if links else f"No {self.noun[0]} has been added yet."
        return {"title": "", "text": text, "links": links}

    def _only(self, *names):
        params = QueryDict(mutable=True)
        for name in names:
            params.setlist(name, self.params.getlist(name))
        return params

    def _no_api_order(self):
        return self.listing.ordering == BEST_MATCH


def saved_parameters(params: QueryDict) -> str:
    """The parameters in the form of saved lists: sorted by name, without the pagination cursor."""
    clean = _clean(params)
    clean.pop("cursor", None)
    ordered = QueryDict(mutable=True)
    for name in sorted(clean):
        ordered.setlist(name, clean.getlist(name))
    return ordered.urlencode()


def page_of_saved(saved) -> str:
    """The URL of a saved list: its page with its parameters."""
    return reverse(saved.list) + (f"?{saved.query}" if saved.query else "")


def _clean(params: QueryDict) -> QueryDict:
    """The parameters without empty ones, which forms send, and without those that email programs add for tracking."""
    clean = QueryDict(mutable=True)
    for name in params:
        values = [value for value in params.getlist(name) if value.strip()]
        if values and not TRACKING.match(name):
            clean.setlist(name, values)
    return clean
