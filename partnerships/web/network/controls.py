"""The controls of a network's page: filters, display options and order, each with its own URL."""

from functools import cached_property

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import is_staff
from partnerships.core.filters import TRACKING
from partnerships.directory.queries import issue_tree
from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight.network_filters import CLOSE, COLOURS, FOR_MEMBERS, OWN, SIZES, STEPS
from partnerships.web.frame.lists.filters import MENUS, filter_menus
from partnerships.web.frame.words import day

_OWN = _("Only those of my organizations, with scores")
DRAWN = ("size", "colour")  # display options, which aren't filters
TITLES = {
    "name": _("Partner"),
    "ties": _("Connections"),
    "betweenness": _("Betweenness"),
    "closeness": _("Closeness"),
    "part": _("Cluster"),
    "loss": _("If it leaves"),
}


class Controls:
    """`is_member`: whether the reader may see scores, other dates, and how closely partners work together, at least of their
    own partnerships.
    """

    def __init__(self, request, found, *, is_member):
        self.has_scores, self.is_staff = found.has_scores, is_staff(request.user)
        self.is_member = is_member
        self.found, self.filters = found, found.filters
        self.path, self.params = reverse("network"), request.GET.copy()
        for name in list(self.params):
            values = [value for value in self.params.getlist(name) if value.strip()]
            if not values or TRACKING.match(name):
                del self.params[name]
            else:
                self.params.setlist(name, values)

    def url(self, *, drop=(), path=None, after="", **put) -> str:
        params = self.params.copy()
        for name in drop:
            params.pop(name, None)
        for name, value in put.items():
            params.setlist(name, value if isinstance(value, list) else [str(value)])
        text = params.urlencode()
        return f"{path or self.path}{'?' + text if text else ''}{after}"

    def context(self) -> dict:
        keep = [(name, value) for name in ("focus", "ordering") for value in self.params.getlist(name)]
        return {
            "facets": {
                "action": self.path,
                "hidden": keep,
                "menus": filter_menus(self._groups[:MENUS], self._groups[MENUS:], self._on_in),
            },
            "chips": self._chips(),
            "clear_url": self.path,
            "here": self.url(),
            "download": {
                "csv_url": self.url(path=reverse("network_csv"), drop=("ordering", "page", *DRAWN)),
                "rows": gettext("all partners in this network"),
            },
            "by_part": self.filters.value("colour") == "component",
            "empty": self._empty(),
        }

    def columns(self, *, has_paths) -> list[dict]:
        """The columns of the table of partners."""
        if not self.has_scores:
            shown = ["name", "ties"]
        else:
            shown = [name for name in TITLES if has_paths or name not in ("betweenness", "closeness")]
        return [{"name": name, "title": TITLES[name]} for name in shown]

    def order(self, now, columns) -> dict:
        """The order of that table, for components/_sort.html: names and clusters ascending, numbers descending."""
        options = {("" if one["name"] in ("name", "part") else "-") + one["name"]: one["title"] for one in columns}
        if now not in options:
            title = TITLES[now.lstrip("-")]
            options[now] = gettext("%(order)s, reversed") % {"order": title}
        return {
            "action": f"{self.path}#parties",
            "name": "ordering",
            "hidden": [
                (name, value) for name in self.params if name != "ordering" for value in self.params.getlist(name)
            ],
            "options": [{"value": value, "label": title, "chosen": value == now} for value, title in options.items()],
        }

    @cached_property
    def _groups(self):
        groups = []
        for name in ("side", "kind"):
            choices = self.filters.base_filters[name].field.choices
            groups.append(self._group(name, [(value, words, 0) for value, words in choices]))
        groups.append(self._group("issue", [(area.key, term_name(area.name), level) for level, area in issue_tree()]))
        if leads := self.filters.value("jurisdiction"):
            groups.append(self._group("jurisdiction", [(lead.public_id, lead.name, 0) for lead in leads]))
        if self.is_member and not self.is_staff:
            groups.insert(
                0, self._one_of("of", [("", _("All that I may see")), (OWN, _OWN)], OWN if self.has_scores else "")
            )
        if not self.has_scores:
            return [*groups, self._one_of("steps", STEPS, "1")] if self.params.get("focus") else groups
        groups.append(self._one_of("close", [("", gettext("All connections")), *CLOSE], ""))
        when = forms.DateField(
            label=gettext("As of this date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
        )
        fields = type("When", (forms.Form,), {"on": when})(initial={"on": self.found.day.isoformat()}, auto_id="f-%s")
        groups.append({"legend": gettext("When"), "fields": list(fields)})
        if self.params.get("focus"):
            groups.append(self._one_of("steps", STEPS, "1"))
        return [*groups, self._one_of("size", SIZES, "degree"), self._one_of("colour", COLOURS, "side")]

    def _group(self, name, options, type_="checkbox", on=None):
        on = set(self.filters.in_use.get(name, ())) if on is None else on
        shown = [
            {"value": value, "label": words, "level": level, "checked": value in on, "count": None}
            for value, words, level in options
        ]
        return {"legend": self.filters.base_filters[name].label, "name": name, "options": shown, "type": type_}

    def _one_of(self, name, choices, default):
        chosen = self.filters.value(name, default)
        group = self._group(name, [(value, words, 0) for value, words in choices], "radio", {chosen})
        return group | {"is_changed": chosen != default}

    def _on_in(self, group) -> int:
        """How many of its options are on. A choice and the date count if they aren't as they are at first."""
        if "fields" in group:
            return int("on" in self.params)
        return int(group["is_changed"]) if "is_changed" in group else sum(one["checked"] for one in group["options"])

    def _chips(self):
        chips, focus = [], self.found.focus
        if self.params.get("focus"):
            words = gettext("Around one partner")
            if focus is not None:
                words = gettext("Around %(partner)s") % {"partner": self.found.bodies[focus].name}
            chips.append({"label": words, "url": self.url(drop=("focus", "steps", "page"))})
        if self.params.get("on"):
            chips.append(
                {"label": gettext("On %(day)s") % {"day": day(self.found.day)}, "url": self.url(drop=("on", "page"))}
            )
        if self.has_scores and not self.is_staff:
            drop = tuple(name for name in self.params if name in FOR_MEMBERS)
            chips.append({"label": str(_OWN), "url": self.url(drop=(*drop, "page"))})
        if close := self.filters.value("close"):
            chips.append({"label": str(dict(CLOSE)[close]), "url": self.url(drop=("close", "page"))})
        for group in self._groups:
            name = group.get("name")
            on = self.filters.in_use.get(name, ()) if name in ("side", "kind", "issue", "jurisdiction") else ()
            for option in group["options"] if on else ():
                if option["checked"]:
                    rest = [key for key in on if key != option["value"]]
                    chips.append({"label": option["label"], "url": self._url_without(name, rest)})
        return chips

    def _url_without(self, name, rest):
        return self.url(drop=("page",), **{name: rest}) if rest else self.url(drop=(name, "page"))

    def _empty(self):
        if self.found.is_too_large:
            text = gettext(
                "There are too many partners and connections here to draw or score at once. Choose an issue area, a type "
                "or a lead agency."
            )
            return {
                "title": gettext("This network is too large"),
                "text": text,
                "links": [(gettext("Jurisdictions, to choose a lead agency"), reverse("jurisdictions"))],
            }
        if self.params.get("focus"):
            text = gettext("No partner with this ID takes part in a partnership here on this date.")
            links = [(gettext("Show all, on this date"), self.url(drop=("focus", "steps", "page")))]
            return {"title": gettext("This partner isn’t in this network"), "text": text, "links": links}
        links = (
            [(gettext("Show all, as of today"), self.path)]
            if self.params
            else [(gettext("See all partnerships"), reverse("partnerships"))]
        )
        if not self.params:
            text = gettext("A network shows who takes part in the same partnership. There’s no one to show yet.")
        elif self.has_scores:
            text = gettext("A network shows the partners in your partnerships. None matches your filters.")
        else:
            text = gettext("A network shows the partners in public partnerships. None matches your filters.")
        return {"title": gettext("No one is in this network"), "text": text, "links": links}
