"""A list page: search, filters, chips, order, pagination, files and saved lists.

A page passes its Listing and its names for things. All else comes from the FilterSet that the API and the download use
too, so all three have the same filters.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from partnerships.accounts.queries import saved_lists
from partnerships.core import record_types
from partnerships.core.access import jurisdictions_read_by, may_write_somewhere
from partnerships.core.exports import COLUMNS, Export
from partnerships.core.filters import LANGUAGE, MOST_VALUES
from partnerships.core.listing import BEST_MATCH, CAP, Listing
from partnerships.core.types import Text
from partnerships.registry.queries import MOST_LEADS, leading_jurisdictions
from partnerships.web.frame import page_language
from partnerships.web.frame.lists.downloads import download
from partnerships.web.frame.lists.empty import empty
from partnerships.web.frame.lists.filters import PageFilters, options_of
from partnerships.web.frame.lists.parameters import page_of_saved, saved_parameters, starting_parameters, without_empty
from partnerships.web.frame.lists.switches import Switch
from partnerships.web.frame.nouns import Noun

PAGE_SIZE = 25
SEARCH_CAP = 1_000  # up to which the total of a searched list is exact
# List → the name of the URL for bulk edits of it.
MANY = {kind.listed_in: f"{kind.key}_many" for kind in record_types.bulk_editable()}


@dataclass
class ListPage:
    """A list page.

    `counts` gives facet → value → number for a listing. `choices` is name → a function that returns (value, label)
    pairs, for filters whose options the page must supply. Both are called only where the options of a filter show.
    `first` names the filters with a menu of their own, the most used first.
    `opens_on` are the parameters of an address without any, and `params` those of this request with them
    (`starting_parameters`). `sheet` is the list's export. Without one, `key` is the name under which the list is saved.
    """

    request: HttpRequest
    listing: Listing
    title: Text
    noun: Noun
    api: str  # its path in the API, or "" if it isn't there
    sheet: Export | None = None
    key: str = ""
    counts: Callable[[Listing], dict] | None = None
    choices: dict[str, Callable[[], list]] = field(default_factory=dict)
    first: tuple = ()
    size: int = PAGE_SIZE
    keeps: tuple = ()  # parameters that aren't filters and that all links keep
    params: QueryDict = field(default_factory=QueryDict)
    opens_on: dict = field(default_factory=dict)
    switches: list[Switch] = field(default_factory=list)
    views: tuple = ()  # other ways to see the same rows: (label, name of the URL)

    def __post_init__(self):
        if self.sheet:
            self.key, self.keeps = self.sheet.key, (*self.keeps, COLUMNS)
        self.path, self.params = self.request.path, self.params or without_empty(self.request.GET)
        self.switched = {name: set(v) for one in self.switches for name, v in one.current(self.params).items()}

    @property
    def filters_path(self) -> str:
        """The path of the Filters page of this list."""
        return f"{self.path}filters/"

    @cached_property
    def filters(self) -> PageFilters:
        return PageFilters(self)

    def context(self, *, cap: int | None = None) -> dict:
        """What templates/lists/base.html takes. `cap`: up to which the total is exact, if it isn't as on other pages."""
        self._count(cap)
        return self._context_of(self.listing.page(self.size))

    def light(self, *columns) -> tuple[list, dict]:
        """Like `context`, but with the rows as tuples of these columns. Returns (rows, context)."""
        self._count()
        page = self.listing.page(self.size, *columns)
        return page.rows, self._context_of(page)

    def _count(self, cap=None):
        """Count the rows before they are read: few of them are sorted in another way (`Listing.sorts_few`)."""
        self.listing.cap = cap or (CAP if self.listing.query is None else SEARCH_CAP)
        self.listing.total()

    def _context_of(self, page):
        total, over = self.listing.total()
        words = self.total_words(total, over)
        counted = self.noun.with_number(words)
        chips, pager, switches = self.filters.chips(), self._pager(page, words), self._switches()
        menus = self.filters.menus()
        return {
            "title": self.title,
            "page_title": self._page_title(counted, total, switches, pager),
            "total_words": capfirst(counted),
            "total": total,
            "rows": page.rows,
            "search": self._search(),
            "switches": switches,
            "views": [self._view(words, name) for words, name in self.views],
            "facets": {"action": self.path, "hidden": self.kept_by_filters(), "menus": menus},
            "filters_url": self.url(path=self.filters_path),
            "filters_on": sum(menu["on"] for menu in menus),
            "chips": chips,
            "clear_url": self.url(drop=self.params.keys() - {"ordering", *self.keeps, *self.switched}),
            "sort": self._sort(),
            "pager": pager,
            "download": download(self, words, total, over),
            "saved": self._saved_lists(),
            "many_url": self._bulk_url(),
            "empty": None if page.rows else empty(self, chips, switches),
            "is_filtered": bool(chips) or self.listing.query is not None,
        }

    def kept_by_filters(self) -> list[tuple[str, str]]:
        """The parameters that a form with the filters keeps as they are: (name, value)."""
        replaced = [name for switch in self.switches for name in switch.replaces]
        return self.hidden("q", "ordering", "exact", *self.keeps, *replaced)

    def total_words(self, total: int, over: bool) -> str:
        return gettext("more than %(number)s") % {"number": f"{total:,}"} if over else f"{total:,}"

    def _view(self, words, name):
        path = reverse(name)
        return {"label": words, "url": self.url(path=path), "is_on": path == self.path}

    def _page_title(self, counted, total, switches, pager) -> str:
        """What the list shows, for the title of the window: “3 partnerships match “rent”, my office”."""
        words = [counted]
        if self.listing.query is not None:
            matches_words = ngettext("%(counted)s matches “%(text)s”", "%(counted)s match “%(text)s”", total)
            words = [matches_words % {"counted": counted, "text": self.params.get("q")}]
        words += [str(way["label"]).lower() for switch in switches for way in switch["ways"] if way["is_on"]]
        words += [str(label).lower() for label, name in self.views[1:] if reverse(name) == self.path]
        return capfirst(", ".join([*words, *([pager["label"].lower()] if pager["earlier_url"] else [])]))

    def _switches(self) -> list[dict]:
        """The switches above the list; with how many rows the other view of each would show, with the same filters."""
        shown = []
        for switch in self.switches:
            ways = []
            for words, wanted in switch.options:
                is_on = switch.is_on(self.params, wanted)
                put = {name: values for name, values in wanted.items() if values}
                url = self.url(drop=[name for name, values in wanted.items() if not values], **put)
                count = None
                if switch.has_counts:
                    total, over = self.listing.total() if is_on else self.total_of(**wanted)
                    count = f"{total:,}+" if over else f"{total:,}"
                ways.append({"label": words, "url": url, "is_on": is_on, "count": count, "narrows": bool(put)})
            shown.append({"label": switch.label, "ways": ways})
        return shown

    def total_of(self, **changed) -> tuple[int, bool]:
        """How many rows this list would have with other values of these filters."""
        found = self.listing.filters
        if all(values and not self.params.getlist(name) for name, values in changed.items()):  # fewer of the same
            more = QueryDict(mutable=True)
            for name, values in changed.items():
                more.setlist(name, values)
            rows = type(found)(more, self.listing.rows, person=found.person, is_staff=True).qs
            cap = self.listing.cap
            n = rows.order_by()[: cap + 1].count()
            return min(n, cap), n > cap
        params = self.params.copy()
        for name in ("cursor", "ordering"):
            params.pop(name, None)
        for name, values in changed.items():
            params.setlist(name, values)
            if not values:
                params.pop(name)
        assert self.sheet is not None  # only lists with an export have such counts
        changed_list = self.sheet.listing(self.request.user, params)
        changed_list.cap = self.listing.cap
        return changed_list.total()

    def url(self, *, drop=(), path=None, **put):
        """The URL of this list's first page with other parameters: without those in `drop`, with those in `put`.

        On a list that starts with parameters (`opens_on`), a URL without any would mean these: one that means all rows
        names their order.
        """
        params = self.params.copy()
        for name in ("cursor", *drop):
            params.pop(name, None)
        for name, value in put.items():
            params.setlist(name, value if isinstance(value, list) else [value])
        if "q" not in params and params.get("ordering") == BEST_MATCH:
            del params["ordering"]
        if not params and self.opens_on and path is None:
            params["ordering"] = self.listing.default
        is_own = path is None or path.startswith(self.filters_path)
        if is_own and (language := page_language.chosen(self.request)):
            params[LANGUAGE] = language
        text = params.urlencode()
        return f"{path or self.path}{'?' + text if text else ''}"

    def hidden(self, *names):
        """Hidden inputs for parameters that a form doesn't show but has to send."""
        return [(name, value) for name in names for value in self.params.getlist(name) if value]

    def _search(self):
        query = self.listing.query
        if "q" not in self.listing.filters.CONTROL:
            return None
        search = {
            "action": self.path,
            "label": gettext("Search %(things)s") % {"things": self.noun.all},
            "q": self.params.get("q", ""),
            "hidden": self.hidden(*[n for n in self.params if n not in ("q", "exact", "cursor", "ordering")]),
        }
        if query is not None and query.corrected:
            search["corrected"] = " ".join(query.words)
            search["exact_url"] = self.url(exact="yes")
        return search

    def _sort(self):
        found = self.listing
        options: list[tuple[str, Text]] = []
        if found.query is not None:
            options.append((BEST_MATCH, gettext("Best match")))
        for name, ordering in found.orderings.items():
            newest_first = name in ("updated", "starts")
            options.append((f"-{name}" if newest_first else name, ordering.label))
        if found.ordering not in dict(options):
            plain = found.orderings[found.ordering.lstrip("-")]
            if found.ordering in ("updated", "starts"):
                turned = gettext("%(order)s, earliest first")
            else:
                turned = gettext("%(order)s, reversed")
            options.append((found.ordering, turned % {"order": plain.label}))
        return {
            "action": self.path,
            "name": "ordering",
            "hidden": self.hidden(*[n for n in self.params if n not in ("ordering", "cursor")]),
            "options": [{"value": v, "label": label, "chosen": v == found.ordering} for v, label in options],
        }

    def _pager(self, page, words):
        last = page.first + len(page.rows) - 1
        return {
            "earlier_url": self.url(cursor=page.previous) if page.previous else None,
            "more_url": self.url(cursor=page.next) if page.next else None,
            "label": gettext("Rows %(first)s to %(last)s of %(all)s")
            % {"first": f"{page.first:,}", "last": f"{last:,}", "all": words}
            if page.rows
            else "",
        }

    def _saved_lists(self):
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


def offices_first(request, sheet, title, noun, *, by, opens_on=None, switches=(), **more) -> ListPage:
    """The page of a list that opens on the records of the reader's own offices, if they are staff.

    `by` is its filter by lead agency. `opens_on` and `switches` are others of this list.
    """
    offices, switches, opens_on = jurisdictions_read_by(request.user), list(switches), dict(opens_on or {})
    if offices:
        own = [one.public_id for one in leading_jurisdictions(request.user, min(len(offices), MOST_VALUES))]
        mine = gettext("My office") if len(own) == 1 else gettext("My offices")
        both: list[tuple[Text, dict]] = [(mine, {by: own}), (gettext("All places"), {by: []})]
        switches = [Switch(gettext("Whose records"), both, has_counts=True), *switches]
        opens_on[by] = own
    params = starting_parameters(request, opens_on)
    return ListPage(
        request, sheet.listing(request.user, params), title, noun, sheet=sheet,
        choices={by: lambda: options_of(leading_jurisdictions(request.user, MOST_LEADS))},
        params=params, opens_on=opens_on, switches=switches, **more,
    )  # fmt: skip
