"""The network of partners and connections: text, a chart, tables, and a CSV file."""

from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import require
from partnerships.core.dates import FIRST_YEAR, LAST_YEAR
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight import network_scores
from partnerships.insight.network_filters import OWN
from partnerships.insight.network_queries import Network, network
from partnerships.insight.network_rules import may_see_scores
from partnerships.insight.networks import Paths, Scores, ties_in
from partnerships.web.charts.network import MOST_LINES, drawn_near, pictures
from partnerships.web.components.round_words import closeness_words
from partnerships.web.frame import page_language
from partnerships.web.frame.csv import download
from partnerships.web.frame.words import label
from partnerships.web.network import words
from partnerships.web.network.controls import Controls

MOST_DRAWN, TIES_A_PAGE = 150, 50
ROUTES = {"J": "jurisdiction", "D": "department", "G": "organization"}


@never_cache
@require_http_methods(["GET", "POST"])
def page(request):
    if request.method == "POST":
        require(may_see_scores(request.user))
    found, refused = network(request.user, request.GET, with_scores=request.method == "POST"), ""
    if request.method == "POST" and not found.is_quick:
        try:
            network_scores.request_scores(network=found, by=request.user)
        except ValidationError as problem:
            refused = " ".join(problem.messages)
    if request.method == "POST" and not refused:
        return redirect(request.get_full_path() + "#scores")
    context = _context(request, found) | {"refused": refused, "has_scores": found.has_scores}
    return render(request, "network/detail.html", context, status=422 if refused else 200)


def _context(request, found):
    has_scores, is_member = found.has_scores, may_see_scores(request.user)
    controls = Controls(request, found, is_member=is_member)
    context = controls.context() | {"found": found, "time": _time(found, controls) if has_scores else []}
    context |= {"is_member": is_member, "own_url": controls.url(of=OWN, drop=("page",))}
    if not found.bodies:
        return context | {"total_words": gettext("Nothing to show")}
    reading = network_scores.stored_reading(found) if has_scores and not found.is_quick else None
    paths = network_scores.paths_of(found, reading) if has_scores else None
    shown = _Shown(found, found.scores, paths, controls)
    columns = controls.columns(has_paths=shown.paths is not None)
    return context | {
        "total_words": words.boundary(found),
        "boundary": words.boundary(found),
        "coverage": words.coverage(found),
        "lacks_answers": words.lacks_answers(found),
        "change": words.change(found),
        "findings": shown.findings(),
        "facts": words.facts(shown.scores),
        "paths": shown.paths,
        "reading": reading,
        "pictures": shown.pictures(),
        "is_cut": len(shown.drawn) < len(found.bodies),
        "center": found.bodies[shown.center],
        "has_close": any(tie.closeness for tie in found.ties),
        "lines_cut": MOST_LINES if ties_in(shown.near) > MOST_LINES else 0,
        "rows": shown.rows(),
        "columns": columns,
        "table_order": controls.order(shown.ordering, columns) if has_scores else None,
        "ties": _ties(found, controls),
    }


def _time(found, controls):
    """Links to one quarter earlier and later, within the allowed years."""
    ways = []
    for name, months in ((gettext("A quarter earlier"), -3), (gettext("A quarter later"), 3)):
        if FIRST_YEAR + 1 < found.day.year < LAST_YEAR:
            on = found.day + relativedelta(months=months)
            ways.append({"label": name, "day": on, "url": controls.url(on=on.isoformat())})
    return ways


@dataclass
class _Shown:
    """A network with its scores, the partners in the chart, and their order in the table."""

    found: Network
    scores: Scores
    paths: Paths | None
    controls: Controls

    def __post_init__(self):
        near = self.found.near
        self.part = {v: n for n, part in enumerate(self.scores.parts, 1) for v in part}
        best = max(range(len(near)), key=lambda v: (len(near[v]), -v))
        self.center = best if self.found.focus is None else self.found.focus
        chosen = range(len(near)) if self.found.is_quick else self._nearest()
        self.drawn = sorted(chosen, key=self._order, reverse=self._is_falling)
        self.near = drawn_near(near, self.drawn)

    def _nearest(self):
        """The partners nearest to the center, breadth first, with the best connected first."""
        near, chosen, seen = self.found.near, [self.center], {self.center}
        for v in chosen:  # the list grows during the loop
            for w in sorted(near[v], key=lambda w: (-len(near[w]), w)):
                if w not in seen and len(chosen) < MOST_DRAWN:
                    seen.add(w)
                    chosen.append(w)
        return chosen

    @property
    def ordering(self):
        ordering = self.found.filters.value("ordering", "-ties")
        known = self.paths or ordering.lstrip("-") not in ("betweenness", "closeness")
        return ordering if known else "-ties"

    @property
    def _is_falling(self):
        return self.ordering.startswith("-")

    def _order(self, v):
        """The sort key of the chosen column. Equal values are sorted by name, in both directions."""
        keys = {
            "ties": lambda: len(self.found.near[v]),
            "betweenness": lambda: self.paths.betweenness[v] if self.paths else 0,
            "closeness": lambda: self.paths.closeness[v] if self.paths else 0,
            "part": lambda: self.part[v],
            "loss": lambda: (self.scores.losses[v].isolates, self.scores.losses[v].parts),
            "name": lambda: v,
        }
        return keys[self.ordering.lstrip("-")](), -v if self._is_falling else v

    def findings(self) -> dict:
        found, cuts = self.found, words.cuts(self.found, self.scores)
        alone = [(v, found.bodies[v].name) for v in self.scores.isolates]
        return {
            "cuts": [(self._row_link(v), sentence) for v, sentence in cuts[: words.NAMED]],
            "more_cuts": max(len(cuts) - words.NAMED, 0),
            "alone": [(self._row_link(v), name) for v, name in alone[: words.NAMED]],
            "alone_count": len(alone),
            "more_alone": max(len(alone) - words.NAMED, 0),
            "parts": words.parts(self.scores),
        }

    def _row_link(self, v):
        """The link to its row, or to a page that shows it."""
        key = self.found.bodies[v].key
        return f"#{key}" if v in self.drawn else self.controls.url(focus=key)

    def pictures(self):
        found, size = self.found, self.found.filters.value("size", "degree" if self.controls.has_scores else "even")
        values = {"even": [0.0] * len(found.bodies), "degree": self.scores.degree}
        values["betweenness"] = self.paths.betweenness if self.paths else values["even"]
        most = max((values[size][v] for v in self.drawn), default=0) or 1
        by_part = found.filters.value("colour") == "component"
        marks = [
            {
                "number": number,
                "name": found.bodies[v].name,
                "side": found.bodies[v].side,
                "is_recorded": found.bodies[v].is_recorded,
                "label": self._label(number, v, by_part),
                "url": f"#{found.bodies[v].key}",
                "value": values[size][v] / most,
                "part": self.part[v] - 1 if by_part else None,
            }
            for number, v in enumerate(self.drawn, 1)
        ]
        place = {v: n for n, v in enumerate(self.drawn)}
        close = {
            frozenset((place[tie.first], place[tie.second])): int(tie.closeness)
            for tie in found.ties
            if tie.closeness and tie.first in place and tie.second in place
        }
        return pictures(
            self.near, marks, close, gettext("Network of %(boundary)s") % {"boundary": words.boundary(found)}
        )

    def _label(self, number, v, by_part):
        body = self.found.bodies[v]
        texts = [f"{number}. {body.name}", label(body.side, "side").lower(), words.connections(len(self.found.near[v]))]
        texts += [gettext("cluster %(number)s") % {"number": self.part[v]}] if by_part else []
        texts += [gettext("recorded by the office")] if body.is_recorded else []
        return ", ".join(texts)

    def rows(self):
        return [self._row(number, v) for number, v in enumerate(self.drawn, 1)]

    def _row(self, number, v):
        body, loss = self.found.bodies[v], self.scores.losses[v]
        return {
            "number": number,
            "body": body,
            "url": reverse(ROUTES[body.key[0]], args=[body.key]),
            "around": self.controls.url(focus=body.key, drop=("page",)),
            "ties": len(self.found.near[v]),
            "degree": self.scores.degree[v],
            "betweenness": self.paths and self.paths.betweenness[v],
            "closeness": self.paths and self.paths.closeness[v],
            "part": self.part[v],
            "loss": words.loss_words(loss),
        }


def _ties(found, controls):
    """One page of the connections."""
    last_page = max((len(found.ties) - 1) // TIES_A_PAGE, 0)
    number = min(int(found.filters.value("page", 1)) - 1, last_page)
    first = number * TIES_A_PAGE
    ties = found.ties[first : first + TIES_A_PAGE]
    label = gettext("Connections %(first)s to %(last)s of %(total)s") % {
        "first": f"{first + 1:,}",
        "last": f"{first + len(ties):,}",
        "total": f"{len(found.ties):,}",
    }
    return {
        "rows": [_tie(found.bodies, tie) for tie in ties],
        "count": len(found.ties),
        "shown": f"{len(found.ties):,}",
        "is_open": "page" in controls.params,
        "pager": {
            "earlier_url": controls.url(page=number, after="#ties") if number else None,
            "more_url": controls.url(page=number + 2, after="#ties") if number < last_page else None,
            "label": label if last_page else "",
        },
    }


def _tie(bodies, tie):
    return {
        "first": bodies[tie.first],
        "second": bodies[tie.second],
        "partnerships": tie.partnerships[:3],
        "more": max(len(tie.partnerships) - 3, 0),
        "issues": ", ".join(dict.fromkeys(term_name(name) for one in tie.partnerships for name in one.issues))
        or gettext("Not provided"),
        "kinds": ", ".join(dict.fromkeys(label(one.kind, "kind") for one in tie.partnerships)),
        "close": gettext("Not reported by both")
        if tie.closeness is None
        else closeness_words(tie.closeness).capitalize(),
    }


HEAD = ("id", "name", "side", "ties", "degree", "betweenness", "betweenness_sampled_from", "closeness", "part")
HEAD += ("parts_more_if_it_leaves", "left_alone_if_it_leaves", "on_day", "page_url")


@page_language.english_only
@require_safe
def file(request):
    """All partners of the network with their scores, as CSV."""
    if not may_see_scores(request.user):
        raise NotFound
    found = network(request.user, request.GET, with_scores=True)
    scores = found.scores
    paths = network_scores.paths_of(found, None if found.is_quick else network_scores.stored_reading(found))
    part = {v: n for n, members in enumerate(scores.parts, 1) for v in members}
    rows = (
        [
            *(body.key, body.name, body.side, len(found.near[v]), f"{scores.degree[v]:.6f}"),
            *(f"{paths.betweenness[v]:.6f}" if paths else "", (paths and paths.sampled) or ""),
            *(f"{paths.closeness[v]:.6f}" if paths else "", part[v]),
            *(scores.losses[v].parts, scores.losses[v].isolates, found.day.isoformat()),
            request.build_absolute_uri(reverse(ROUTES[body.key[0]], args=[body.key])),
        ]
        for v, body in enumerate(found.bodies)
    )
    return download("network.csv", HEAD, rows)
