"""List pages: search, filters with counts, chips, order, pagination, files and saved lists.

A page passes its Listing and its names for things. All else comes from the FilterSet that the API and the download use
too, so all three have the same filters.
"""

from dataclasses import dataclass, field
from functools import wraps

import django_filters
from django import forms
from django.http import HttpRequest, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from partnerships.accounts.queries import saved_lists
from partnerships.core import record_types
from partnerships.core.access import jurisdictions_read_by, may_write_somewhere
from partnerships.core.exports import COLUMNS, Export
from partnerships.core.filters import LANGUAGE, TRACKING, TreeFilter
from partnerships.core.listing import BEST_MATCH, CAP, Listing
from partnerships.core.types import Text
from partnerships.directory.reference.vocabularies import term_name
from partnerships.records.list_files import AT_ONCE
from partnerships.registry.queries import leading_jurisdictions
from partnerships.web import page_language
from partnerships.web.history import name_of
from partnerships.web.nouns import Noun
from partnerships.web.words import OPEN, issue_areas, open_terms

PAGE_SIZE = 25
# List → the name of the URL for bulk edits of it.
MANY = {kind.listed_in: f"{kind.key}_many" for kind in record_types.bulk_editable()}
FEEDS = {"partnerships": "partnerships_atom", "results": "results_atom"}
MENUS = 5  # of filters; those beyond share the last one
WIDE = 14  # options of a menu that has two columns if there are more
TRIED = 4  # filters of an empty list for which the page says what removing them would show


def options_of(records) -> list[tuple[str, str]]:
    """The options of a filter by record."""
    return [(one.public_id, str(one)) for one in records]


def filter_menus(own, rest=(), on_in=None) -> list[dict]:
    """The menus of components/_filters.html: one for each group of `own`, and one for all of `rest`.

    `on_in` gives how many options of a group are on. By default it counts those that are checked.
    """
    on_in = on_in or (lambda group: sum(one["checked"] for one in group["options"]))
    menus = [(group["legend"], [group]) for group in own] + ([(gettext("More filters"), rest)] if rest else [])
    return [
        {
            "id": f"menu-{number}",
            "label": words,
            "groups": groups,
            "on": sum(map(on_in, groups)),
            "is_wide": sum(len(group.get("options", ())) for group in groups) > WIDE,
        }
        for number, (words, groups) in enumerate(menus, 1)
    ]


def tidy_address(view):
    """Decorate the view of a list: an address without the empty parameters that forms without script send."""

    @wraps(view)
    def tidy(request, *args, **kwargs):
        if all(value.strip() for _, values in request.GET.lists() for value in values):
            return view(request, *args, **kwargs)
        params = _clean(request.GET)
        if language := page_language.chosen(request):
            params[LANGUAGE] = language
        query = params.urlencode()
        return redirect(request.path + (f"?{query}" if query else ""))

    return tidy


def starting_parameters(request, opens_on: dict) -> QueryDict:
    """The parameters of the request. An address without any opens on those in `opens_on`: name → list of values."""
    params = _clean(request.GET)
    if not params:
        for name, values in opens_on.items():
            params.setlist(name, values)
    return params


@dataclass
class Switch:
    """A choice between views of a list, such as “My office” and “All places”. At most one is on.

    `options`: (label, parameters that it sets: name → values; none removes the parameter). Those on show no chip.
    """

    label: Text
    options: list[tuple[Text, dict]]
    has_counts: bool = False
    replaces: tuple = ()  # filters that have no menu, since this says all that they do

    def is_on(self, params, wanted) -> bool:
        return all(sorted(params.getlist(name)) == sorted(v) for name, v in wanted.items() if name != "ordering")

    def current(self, params) -> dict:
        """The parameters of the option that is on, or none."""
        return next((wanted for _, wanted in self.options if self.is_on(params, wanted)), {})


@dataclass
class ListPage:
    """A list page.

    `counts` is facet → value → number. `choices` is name → (value, label) pairs, for
    filters whose options the page must supply. `first` names the filters with a menu of their own, the most used first.
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
    counts: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)
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
        self.path, self.params = self.request.path, self.params or _clean(self.request.GET)
        self.switched = {name: set(v) for one in self.switches for name, v in one.current(self.params).items()}

    def context(self) -> dict:
        return self._context_of(self.listing.page(self.size))

    def light(self, *columns) -> tuple[list, dict]:
        """Like `context`, but with the rows as tuples of these columns. Returns (rows, context)."""
        page = self.listing.page(self.size, *columns)
        return page.rows, self._context_of(page)

    def _context_of(self, page):
        total, over = self.listing.total()
        words = _number(total, over)
        counted = self.noun.with_number(words)
        chips, groups, pager = self._chips(), self._groups(), self._pager(page, words)
        switches, replaced = self._switches(counted), [name for switch in self.switches for name in switch.replaces]
        return {
            "title": self.title,
            "page_title": self._page_title(counted, total, switches, pager),
            "total_words": counted,
            "total": total,
            "rows": page.rows,
            "search": self._search(),
            "switches": switches,
            "views": [self._view(words, name) for words, name in self.views],
            "facets": {
                "action": self.path,
                "hidden": self._hidden("q", "ordering", "exact", *self.keeps, *replaced),
                "groups": groups,
                "menus": self._menus(groups),
            },
            "chips": chips,
            "clear_url": self.url(drop=self.params.keys() - {"ordering", *self.keeps, *self.switched}),
            "sort": self._sort(),
            "pager": pager,
            "download": self._download(words, total, over),
            "saved": self._saved_lists(),
            "many_url": self._bulk_url(),
            "empty": None if page.rows else self._empty(chips, switches),
            "is_filtered": bool(chips) or self.listing.query is not None,
        }

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
        return ", ".join([*words, *([pager["label"].lower()] if pager["earlier_url"] else [])])

    def _switches(self, counted) -> list[dict]:
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
                    count = counted.partition(" ")[0] if is_on else _number(*self._total_of(**wanted))
                ways.append({"label": words, "url": url, "is_on": is_on, "count": count, "narrows": bool(put)})
            shown.append({"label": switch.label, "ways": ways})
        return shown

    def _total_of(self, **changed) -> tuple[int, bool]:
        """How many rows this list would have with other values of these filters."""
        found = self.listing.filters
        if all(values and not self.params.getlist(name) for name, values in changed.items()):  # fewer of the same
            more = QueryDict(mutable=True)
            for name, values in changed.items():
                more.setlist(name, values)
            rows = type(found)(more, self.listing.rows, person=found.person, is_staff=True).qs
            n = rows.order_by()[: CAP + 1].count()
            return min(n, CAP), n > CAP
        params = self.params.copy()
        for name in ("cursor", "ordering"):
            params.pop(name, None)
        for name, values in changed.items():
            params.setlist(name, values)
            if not values:
                params.pop(name)
        assert self.sheet is not None  # only lists with an export have such counts
        return self.sheet.listing(self.request.user, params).total()

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
        if path is None and (language := page_language.chosen(self.request)):
            params[LANGUAGE] = language
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
            "label": gettext("Search %(things)s") % {"things": self.noun.all},
            "q": self.params.get("q", ""),
            "hidden": self._hidden(*[n for n in self.params if n not in ("q", "exact", "cursor", "ordering")]),
        }
        if query is not None and query.corrected:
            search["corrected"] = " ".join(query.words)
            search["exact_url"] = self.url(exact="yes")
        return search

    def _groups(self):
        groups, dates = [], []
        replaced = {name for switch in self.switches for name in switch.replaces}
        for name in self.listing.filters.offered:
            if name in replaced:
                continue
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
            is_dates = all(isinstance(chosen, django_filters.DateFilter) for _, chosen in dates)
            groups.append({"legend": gettext("Dates") if is_dates else gettext("More"), "fields": list(form)})
        return groups

    def _menus(self, groups) -> list[dict]:
        """The filters as menus: those in `first`, or all if there are few, and one for the rest."""
        by_name = {group.get("name"): group for group in groups}
        own = [by_name[name] for name in self.first if name in by_name]
        own = own if self.first and len(groups) > MENUS else groups[:MENUS]
        rest = [group for group in groups if group not in own]
        return filter_menus(own, rest, self._on_in)

    def _on_in(self, group) -> int:
        """How many of its options are on, but for those that a switch shows."""
        replaced = self.switched.get(group.get("name"), ())
        options = [one for one in group.get("options", ()) if one["checked"] and one["value"] not in replaced]
        fields = [one for one in group.get("fields", ()) if one.value() and one.name not in self.switched]
        return len(options) + len(fields)

    def _options(self, name, chosen):
        if name in self.choices:
            return [(str(value), label, 0) for value, label in self.choices[name]]
        if name == "issue":
            return [(area.key, term_name(area.name), level) for level, area in issue_areas()]
        if isinstance(chosen, TreeFilter) or name == "state":  # other pages link to the list with one of these
            return []
        counts, is_limited = self.counts.get(name), getattr(chosen, "is_limited", False)
        if name in OPEN and self.sheet and (counts is not None or not is_limited):
            found = open_terms(name).items()  # its rows show labels, so these are read anyway
            return [(key, words, 0) for key, words in found if not is_limited or (counts and counts.get(key))]
        return [(str(value), term_name(label), 0) for value, label in chosen.field.choices if value]

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
        return {"legend": chosen.label, "name": name, "options": shown}

    def _chosen_only(self, name):
        labels = self._names(name)
        keys = self.listing.filters.in_use[name]
        return [{"value": k, "label": labels.get(k, k), "level": 0, "checked": True, "count": None} for k in keys]

    def _names(self, name):
        """Value → label, for the chosen values of a filter."""
        if name == "issue":
            return {area.key: term_name(area.name) for _, area in issue_areas()}
        return self.listing.filters.labels(name)

    def _chips(self):
        chips, query = [], self.listing.query
        if query is not None:
            chips.append(
                {"label": f"“{self.params.get('q')}”", "url": self.url(drop=["q", "exact"]), "without": {"q": []}}
            )
        for name, keys in self.listing.filters.in_use.items():
            if not set(keys) - self.switched.get(name, set()):
                continue
            chosen, labels = self.listing.filters.filters[name], self._names(name)
            for key in keys:
                if key in self.switched.get(name, ()):
                    continue
                rest = [other for other in keys if other != key]
                url = self.url(**{name: rest}) if rest else self.url(drop=[name])
                words = labels.get(key) or f"{chosen.label}: {key}"
                chips.append({"label": words, "url": url, "without": {name: rest}})
        return chips

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
            "hidden": self._hidden(*[n for n in self.params if n not in ("ordering", "cursor")]),
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

    def _download(self, words, total, over):
        drop = [COLUMNS, *(["ordering"] if self.listing.ordering == BEST_MATCH else [])]
        return {
            "csv_url": self.url(path=self.path.rstrip("/") + ".csv"),
            "xlsx_url": self.sheet and self.url(path=self.path.rstrip("/") + ".xlsx"),
            "is_long": self.sheet and (over or total > AT_ONCE),
            "feed_url": self._feed_url(),
            "api_url": self.api and self.url(path=f"/api/v1/{self.api}/", drop=drop),
            "rows": _rows_words(words),
            "columns": self._columns(self.sheet) if self.sheet else None,
        }

    def _feed_url(self) -> str:
        """The Atom feed of this list with those of its filters that everyone can use, or "" if it has none."""
        if self.key not in FEEDS:
            return ""
        drop = ["ordering", *self.keeps, *self.listing.filters.STAFF_ONLY]
        return self.url(drop=drop, path=reverse(FEEDS[self.key]))

    def _columns(self, sheet: Export):
        """The form that chooses the columns of the file."""
        chosen = sheet.chosen(self.params)
        is_some = COLUMNS in self.params
        return {
            "action": f"{self.path}#take",
            "name": COLUMNS,
            "hidden": self._hidden(*[name for name in self.params if name not in (COLUMNS, "cursor")]),
            "options": [
                {
                    "value": name,
                    "label": _in_english(name),
                    "checked": is_some and name in chosen,
                    "level": 0,
                    "count": None,
                }
                for name in sheet.columns
            ],
            "words": gettext("%(number)s of %(all)s") % {"number": len(chosen), "all": len(sheet.columns)}
            if is_some
            else gettext("all of them"),
            "is_some": is_some,
            "all_url": f"{self.url(drop=[COLUMNS])}#take",
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

    def _empty(self, chips, switches) -> dict:
        """What an empty list suggests to do next: which filter to remove, and what that would show."""
        things = self.noun.all
        counted = [way for switch in switches for way in switch["ways"] if way["count"]]
        here = [str(way["label"]).lower() for way in counted if way["is_on"] and way["narrows"]]
        wider = [way for way in counted if not way["is_on"] and way["count"] != "0"]
        links = [(f"{way['label']}: {self.noun.with_number(way['count'])}", way["url"]) for way in wider]
        if not chips:
            title = gettext("No %(things)s yet") % {"things": things}
            return {"title": _at(title, here), "text": "", "links": links}
        for chip in chips[:TRIED] if self.sheet and len(chips) > 1 else []:
            total, over = self._total_of(**chip["without"])
            if total:
                words = gettext("Remove “%(filter)s”: %(counted)s")
                named = {
                    "filter": str(chip["label"]).strip("“”"),
                    "counted": self.noun.with_number(_number(total, over)),
                }
                links.append((words % named, chip["url"]))
        links.append(
            (gettext("See all %(things)s") % {"things": things}, self.url(drop=self.params.keys() - {*self.switched}))
        )
        named, text = {"things": things, "text": self.params.get("q", "")}, gettext("Remove a filter to see more.")
        if self.listing.query is None:
            title = gettext("No %(things)s match these filters")
        elif len(chips) > 1:
            title = gettext("No %(things)s match “%(text)s” and these filters")
        else:
            title = gettext("No %(things)s match “%(text)s”")
            text = gettext("Check the spelling, or use fewer words.")
        return {"title": _at(title % named, here), "text": text, "links": links}


def offices_first(request, sheet, title, noun, *, by, opens_on=None, switches=(), **more) -> ListPage:
    """The page of a list that opens on the records of the reader's own offices, if they are staff.

    `by` is its filter by lead agency. `opens_on` and `switches` are others of this list.
    """
    offices = jurisdictions_read_by(request.user)
    leads = leading_jurisdictions(own=offices)
    own, switches, opens_on = (
        [one.public_id for one in leads if one.pk in offices],
        list(switches),
        dict(opens_on or {}),
    )
    if own:
        mine = gettext("My office") if len(own) == 1 else gettext("My offices")
        both: list[tuple[Text, dict]] = [(mine, {by: own}), (gettext("All places"), {by: []})]
        switches = [Switch(gettext("Whose records"), both, has_counts=True), *switches]
        opens_on[by] = own
    params = starting_parameters(request, opens_on)
    return ListPage(
        request, sheet.listing(request.user, params), title, noun, sheet=sheet, choices={by: options_of(leads)},
        params=params, opens_on=opens_on, switches=switches, **more,
    )  # fmt: skip


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


def _at(title: str, places: list[str]) -> str:
    return gettext("%(title)s in %(place)s") % {"title": title, "place": places[0]} if places else title


def _in_english(name: str) -> str:
    """A column of a file. Files are in English."""
    with translation.override("en"):
        return name_of(name)


def _rows_words(words: str) -> str:
    """“You’ll get these 128 rows, …”: what a download has."""
    if words == "1":
        return gettext("You’ll get this row, with the current filters.")
    return gettext("You’ll get these %(number)s rows, with the current filters.") % {"number": words}


def _number(total, over=False) -> str:
    return f"{CAP:,}+" if over else f"{total:,}"
