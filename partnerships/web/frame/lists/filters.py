"""The filters of a list: the menus of its page, their options, and the chips of what was chosen.

A page shows menus without options. The options of a menu, with how many rows each would leave, are read when the menu
opens, or for the Filters page (`filter_pages`).
"""

from dataclasses import dataclass
from functools import cached_property

import django_filters
from django import forms
from django.utils.translation import gettext

from partnerships.core.filters import TreeFilter
from partnerships.core.types import Text
from partnerships.directory.reference.vocabularies import term_name
from partnerships.web.frame.words import OPEN, issue_areas, open_terms

MENUS = 5  # of filters; those beyond share the last one
WIDE = 14  # options of a menu that has two columns if there are more
REST = "more"  # the key of the last menu


def options_of(records) -> list[tuple[str, str]]:
    """The options of a filter by record."""
    return [(one.public_id, str(one)) for one in records]


def filter_menus(own, rest=(), on_in=None) -> list[dict]:
    """The menus of components/_filters.html with their options: one for each group of `own`, and one for all of `rest`.

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
            "is_wide": is_wide(groups),
        }
        for number, (words, groups) in enumerate(menus, 1)
    ]


def is_wide(groups) -> bool:
    """Whether the options of these groups have several columns where there's room."""
    return sum(len(group.get("options", ())) for group in groups) > WIDE


@dataclass
class Part:
    """Filters that people see as one: a filter with options, or all those with fields to type in."""

    label: Text
    names: list[str]
    has_fields: bool = False

    @property
    def key(self) -> str:
        return self.names[0]


class PageFilters:
    """The filters of a ListPage, as far as its readers choose them there."""

    def __init__(self, page):
        self.page, self.filters, self.params = page, page.listing.filters, page.params

    @cached_property
    def parts(self) -> list[Part]:
        """The filters in the order of the page, without reading any options."""
        replaced = {name for switch in self.page.switches for name in switch.replaces}
        parts, typed = [], []
        for name in self.filters.offered:
            chosen = self.filters.base_filters[name]
            if name in replaced:
                continue
            if isinstance(chosen, (django_filters.DateFilter, django_filters.CharFilter)):
                typed.append(name)
            elif not self._is_set_elsewhere(name) or name in self.filters.in_use:
                parts.append(Part(chosen.label, [name]))
        if typed:
            is_dates = all(isinstance(self.filters.base_filters[name], django_filters.DateFilter) for name in typed)
            parts.append(Part(gettext("Dates") if is_dates else gettext("More"), typed, has_fields=True))
        return parts

    def menus(self) -> list[dict]:
        """The menus of components/_filters.html, whose options load from `url`.

        Those in `first` have a menu of their own, or all filters if there are few. One menu has the rest.
        """
        return [
            {
                "id": f"menu-{key}",
                "label": label,
                "on": sum(map(self._on_in, parts)),
                "url": self.page.url(path=f"{self.page.filters_path}{key}/"),
                "filters_url": self.page.url(path=self.page.filters_path) + f"#filter-{parts[0].key}",
                "hidden": [(name, v) for part in parts for name in part.names for v in self.params.getlist(name)],
            }
            for key, label, parts in self._menus()
        ]

    def groups_in(self, key: str) -> list[dict] | None:
        """The filters of a menu with their options; None if this list has no such menu."""
        return next((self._groups(parts) for each, _, parts in self._menus() if each == key), None)

    def groups(self) -> list[dict]:
        """All filters with their options."""
        return self._groups(self.parts)

    def chips(self) -> list[dict]:
        """What was searched for and chosen: each with its label, the URL without it, and `without` as parameters."""
        chips, page = [], self.page
        if page.listing.query is not None:
            chips.append(
                {"label": f"“{self.params.get('q')}”", "url": page.url(drop=["q", "exact"]), "without": {"q": []}}
            )
        for name, keys in self.filters.in_use.items():
            if not set(keys) - page.switched.get(name, set()):
                continue
            chosen, labels = self.filters.filters[name], self._labels(name)
            for key in keys:
                if key in page.switched.get(name, ()):
                    continue
                rest = [other for other in keys if other != key]
                url = page.url(**{name: rest}) if rest else page.url(drop=[name])
                words = labels.get(key) or f"{chosen.label}: {key}"
                chips.append({"label": words, "url": url, "without": {name: rest}})
        return chips

    def _menus(self) -> list[tuple[str, Text, list[Part]]]:
        by_key = {part.key: part for part in self.parts}
        own = [by_key[name] for name in self.page.first if name in by_key]
        own = own if self.page.first and len(self.parts) > MENUS else self.parts[:MENUS]
        rest = [part for part in self.parts if part not in own]
        menus = [(part.key, part.label, [part]) for part in own]
        return [*menus, (REST, gettext("More filters"), rest)] if rest else menus

    def _on_in(self, part: Part) -> int:
        """How many of its options are on, but for those that a switch shows."""
        switched = self.page.switched
        if part.has_fields:
            return sum(bool(self.params.get(name)) and name not in switched for name in part.names)
        return len(set(self.filters.in_use.get(part.key, ())) - switched.get(part.key, set()))

    def _is_set_elsewhere(self, name) -> bool:
        """Whether other pages link to the list with this filter, which shows only while it is on."""
        if name in self.page.choices or name == "issue":
            return False
        return isinstance(self.filters.base_filters[name], TreeFilter) or name == "state"

    def _groups(self, parts) -> list[dict]:
        groups = [self._fields(part) if part.has_fields else self._options(part) for part in parts]
        return [group for group in groups if group.get("fields") or group.get("options")]

    def _fields(self, part: Part) -> dict:
        fields = {name: self.filters.base_filters[name].field for name in part.names}
        form = type("More", (forms.Form,), fields)(initial=self.params.dict(), auto_id="f-%s")
        return {"key": part.key, "legend": part.label, "fields": list(form)}

    def _options(self, part: Part) -> dict:
        name, counts = part.key, self._counts.get(part.key)
        on, options = self.filters.in_use.get(name, []), self._choices(name)
        if missing := [key for key in on if key not in {value for value, _, _ in options}]:
            labels = self._labels(name)
            options = [*options, *((key, labels.get(key, key), 0) for key in missing)]
        shown = [
            {
                "value": value,
                "label": label,
                "level": level,
                "checked": value in on,
                "count": None if counts is None or value in missing else counts.get(value, 0),
            }
            for value, label, level in options
        ]
        return {"key": name, "legend": part.label, "name": name, "options": shown}

    @cached_property
    def _counts(self) -> dict:
        return self.page.counts(self.page.listing) if self.page.counts else {}

    def _choices(self, name) -> list[tuple[str, Text, int]]:
        """The options of a filter: (value, label, level)."""
        if name in self.page.choices:
            return [(str(value), label, 0) for value, label in self.page.choices[name]()]
        if name == "issue":
            return [(area.key, term_name(area.name), level) for level, area in issue_areas()]
        if self._is_set_elsewhere(name):
            return []
        chosen = self.filters.base_filters[name]
        counts, is_limited = self._counts.get(name), getattr(chosen, "is_limited", False)
        if name in OPEN and self.page.sheet and (counts is not None or not is_limited):
            terms = open_terms(name).items()
            return [(key, words, 0) for key, words in terms if not is_limited or (counts and counts.get(key))]
        return [(str(value), term_name(label), 0) for value, label in chosen.field.choices if value]

    def _labels(self, name) -> dict:
        """Value → label, for the chosen values of a filter."""
        if name == "issue":
            return {area.key: term_name(area.name) for _, area in issue_areas()}
        return self.filters.labels(name)
