"""The network as one person may see it: three queries, whatever its size; the rest is computed from their rows."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import combinations
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import BooleanField, Case, Exists, OuterRef, QuerySet, When

from partnerships.accounts.models import Person
from partnerships.core import clock
from partnerships.core.access import Viewer, is_staff
from partnerships.core.errors import UnknownParameters
from partnerships.core.types import Params
from partnerships.directory.models import BODIES
from partnerships.insight import networks
from partnerships.insight.network_filters import FOR_MEMBERS, NetworkFilter
from partnerships.insight.network_rules import may_see_scores, network_visible_to
from partnerships.insight.reported_ties import closeness, closeness_reports, reported_pairs
from partnerships.registry.choices import Status
from partnerships.registry.models import Confirmation, Partnership, Party
from partnerships.registry.seats import AGREED, seated_between

# rows that are read, and ties that are built: beyond that, readers have to filter
MOST_SEATS, MOST_TIES = 30_000, 60_000
IN_REQUEST, STEPS_IN_REQUEST = 500, 2_500_000  # parties, and visits of ties, that a request can handle
ENOUGH = 0.6  # the response coverage below which scores have a warning
_COLUMNS = (
    *("pk", "partnership_id", "side", "starts_on", "ends_on", "is_confirmed", "has_agreed"),
    *(f"partnership__{name}" for name in ("starts_on", "ends_on", "status", "kind", "title", "public_id")),
    *("partnership__is_illustration", "department__jurisdiction__name"),
    *(f"{body}__{name}" for body in BODIES for name in ("public_id", "name", "is_illustration")),
)
# Partnership → the public ids of the nodes that take part in it.
NodesAt = dict[int, set[str]]
# (node, node) → the partnerships in which both take part.
Pairs = dict[tuple[str, str], list[int]]
# What parties report about each other (`reported_ties.closeness_reports`).
Reports = dict[tuple[int, str, str], float]


@dataclass
class NetworkNode:
    """A node: an office or organization.

    `key` is its public id. `home`: the jurisdiction of a department. `is_confirmed`: it made a statement on a record.
    `is_recorded`: it confirmed none of its seats here, so an office recorded it.
    """

    key: str
    name: str
    side: str
    home: str = ""
    is_illustration: bool = False
    is_confirmed: bool = False
    is_recorded: bool = True


@dataclass(frozen=True)
class SharedPartnership:
    """A partnership in which nodes of the network take part."""

    public_id: str
    title: str
    kind: str
    is_illustration: bool
    issues: Sequence[str] = ()


@dataclass(frozen=True)
class Tie:
    """Two nodes, by number, that share these partnerships.

    `closeness`: the lower of what both report about working together, 0 to 4 in half levels; None if not both reported
    it.
    """

    first: int
    second: int
    partnerships: list[SharedPartnership]
    closeness: float | None = None


@dataclass
class Network:
    """A network on one day.

    `before`: the same day a quarter earlier, since when `new` ties were added and `gone` ones ended. `focus` is the
    number of a node, None if none was asked for or, with `lacks_focus`, if the one asked for isn't in the network.
    `has_scores`: whether its reader may see scores of all that it shows.
    """

    filters: NetworkFilter
    day: date
    before: date
    bodies: list[NetworkNode] = field(default_factory=list)
    near: list[list[int]] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    focus: int | None = None
    steps: int = 1
    lacks_focus: bool = False
    is_too_large: bool = False
    has_scores: bool = False
    reported: list[tuple[int, int]] = field(default_factory=list)
    new: int = 0
    gone: int = 0

    @property
    def coverage(self) -> float:
        """The share of nodes that made a statement on a record in which they take part, 0 to 1."""
        return sum(body.is_confirmed for body in self.bodies) / len(self.bodies) if self.bodies else 1.0

    @property
    def is_quick(self) -> bool:
        """Whether its scores can be computed within a request."""
        return len(self.bodies) <= IN_REQUEST and networks.steps_of(self.near) <= STEPS_IN_REQUEST

    @property
    def scores(self) -> networks.Scores:
        return networks.scores(self.near, [body.side for body in self.bodies], self.reported)

    @property
    def digest(self) -> str:
        """A digest that is the same only for readers of the same parties and ties."""
        text = "\n".join([*(body.key for body in self.bodies), *(f"{tie.first} {tie.second}" for tie in self.ties)])
        return hashlib.sha256(text.encode()).hexdigest()


def network(person: Viewer, params: Params, *, with_scores: bool = False) -> Network:
    """The network for these parameters (a QueryDict). Raises UnknownParameters or ValidationError.

    Staff always have scores. Users of other organizations have them where a parameter or `with_scores` asks for them: then
    the network has only the partnerships of their organizations.
    """
    has_scores = _has_scores(person, params, with_scores=with_scores)
    filters = NetworkFilter(params, network_visible_to(person, with_scores=has_scores), person=person)
    day = filters.value("on", clock.today())
    found = Network(
        filters, day, day - relativedelta(months=3), steps=int(filters.value("steps", 1)), has_scores=has_scores
    )
    rows = filters.qs.filter(seated_between(found.before, day))
    read = _read(rows)
    now, then = _nodes_by_partnership(read, day), _nodes_by_partnership(read, found.before)
    if len(read) > MOST_SEATS or any(map(_is_too_much, (now, then))):
        found.is_too_large = True
        return found
    if key := filters.value("focus"):
        now, then = _within_steps(now, key, found.steps), _within_steps(then, key, found.steps)
        found.lacks_focus = not now
    reports: Reports = {}
    if isinstance(person, Person) and has_scores:
        until = datetime.combine(day, time.max, clock.zone(person.zone))
        reports = closeness_reports(person, rows, {row["pk"]: _key(row) for row in read}, until)
    pairs, earlier = _pairs(now), _pairs(then)
    if least := filters.value("close"):
        pairs, earlier = (_pairs_as_close_as(found, reports, int(least)) for found in (pairs, earlier))
        now = _nodes_of_pairs(pairs)
    _add_nodes_and_ties(found, read, now, pairs, reports, _issues_of(rows))
    found.focus = next((n for n, body in enumerate(found.bodies) if body.key == key), None)
    found.new, found.gone = len(pairs.keys() - earlier.keys()), len(earlier.keys() - pairs.keys())
    return found


def _has_scores(person: Viewer, params: Params, *, with_scores: bool) -> bool:
    """Whether this network has scores. Raises UnknownParameters for parameters that the person may not use."""
    asked = [name for name in params if name in FOR_MEMBERS]
    if may_see_scores(person):
        return with_scores or is_staff(person) or bool(asked)
    if asked:
        raise UnknownParameters(asked, [name for name in NetworkFilter.base_filters if name not in FOR_MEMBERS])
    return False


def _read(rows: QuerySet[Party]) -> list[dict[str, Any]]:
    """These rows of parties, at most one more than MOST_SEATS."""
    confirmed = Exists(Confirmation.objects.filter(party=OuterRef("pk")))
    agreed = Case(When(AGREED, then=True), default=False, output_field=BooleanField())
    read = rows.annotate(is_confirmed=confirmed, has_agreed=agreed).order_by().values(*_COLUMNS)
    return list(read[: MOST_SEATS + 1])


def _pairs_as_close_as(pairs: Pairs, reports: Reports, least: int) -> Pairs:
    """The pairs, with their partnerships, that both report working together at least this closely."""
    return {pair: pks for pair, pks in pairs.items() if (closeness(reports, pair, pks) or 0) >= least}


def _nodes_of_pairs(pairs: Pairs) -> NodesAt:
    """Only the nodes of these pairs."""
    nodes_at: NodesAt = defaultdict(set)
    for pair, pks in pairs.items():
        for pk in pks:
            nodes_at[pk] |= {*pair}
    return nodes_at


def _nodes_by_partnership(rows: Sequence[dict[str, Any]], day: date) -> NodesAt:
    """The nodes that take part on this day."""
    nodes_at = defaultdict(set)
    for row in rows:
        if _takes_part(row, day):
            nodes_at[row["partnership_id"]].add(_key(row))
    return nodes_at


def _key(row: dict[str, Any]) -> str:
    return row["organization__public_id"] or row["department__public_id"] or row["jurisdiction__public_id"]


def _takes_part(row: dict[str, Any], day: date) -> bool:
    """Whether the party takes part on this day.

    Without known dates it does so as long as its partnership is active; if the partnership ended on an unknown day,
    not at all.
    """
    starts = (row["starts_on"], row["partnership__starts_on"])
    if any(start and start > day for start in starts) or (row["ends_on"] and row["ends_on"] < day):
        return False
    ended = row["partnership__ends_on"]
    return row["partnership__status"] != Status.ENDED or bool(ended and ended >= day)


def _is_too_much(nodes_at: NodesAt) -> bool:
    return sum(len(seated) * (len(seated) - 1) // 2 for seated in nodes_at.values()) > MOST_TIES


def _pairs(nodes_at: NodesAt) -> Pairs:
    pairs = defaultdict(list)
    for pk in sorted(nodes_at):
        for pair in combinations(sorted(nodes_at[pk]), 2):
            pairs[pair].append(pk)
    return pairs


def _within_steps(nodes_at: NodesAt, key: str, steps: int) -> NodesAt:
    """What is within so many steps of one node; empty if it isn't in the network."""
    reached = {key} if any(key in seated for seated in nodes_at.values()) else set()
    for _ in range(steps):
        reached |= {other for seated in nodes_at.values() if seated & reached for other in seated}
    return {pk: seated & reached for pk, seated in nodes_at.items() if seated & reached}


def _add_nodes_and_ties(
    found: Network,
    read: Sequence[dict[str, Any]],
    nodes_at: NodesAt,
    pairs: Pairs,
    reports: Reports,
    issues: dict[int, list[str]],
) -> None:
    """Set the nodes, ties and shared partnerships of the network.

    `read`: rows of parties with _COLUMNS. `issues`: partnership → the names of its issue areas. A node is named by its
    public id, and a tie by the positions of its two nodes in `Network.bodies`.
    """
    known = {(row["partnership_id"], _key(row)): row for row in read}
    shared: dict[int, SharedPartnership] = {}
    bodies: dict[str, NetworkNode] = {}
    for pk, seated in nodes_at.items():
        for key in seated:
            row = known[pk, key]
            body = bodies.setdefault(key, _node(row, key))
            body.is_confirmed |= row["is_confirmed"]
            body.is_recorded &= not row["has_agreed"]
            shared.setdefault(pk, _shared_partnership(row, issues[pk]))
    found.bodies = sorted(bodies.values(), key=lambda body: (body.name.casefold(), body.key))
    number = {body.key: n for n, body in enumerate(found.bodies)}
    found.near = [[] for _ in found.bodies]
    reports = {key: level for key, level in reports.items() if {*key[1:]} <= number.keys()}
    found.reported = reported_pairs(reports, number)
    for pair, pks in pairs.items():
        first, second = sorted(number[key] for key in pair)
        found.ties.append(Tie(first, second, [shared[pk] for pk in pks], closeness(reports, pair, pks)))
        found.near[first].append(second)
        found.near[second].append(first)
    found.ties.sort(key=lambda tie: (tie.first, tie.second))
    for around in found.near:
        around.sort()


def _node(row: dict[str, Any], key: str) -> NetworkNode:
    kind = next(body for body in BODIES if row[f"{body}__public_id"])
    home = row["department__jurisdiction__name"] or ""
    return NetworkNode(key, row[f"{kind}__name"], row["side"], home, row[f"{kind}__is_illustration"])


def _shared_partnership(row: dict[str, Any], issues: Sequence[str]) -> SharedPartnership:
    names = ("public_id", "title", "kind", "is_illustration")
    return SharedPartnership(**{name: row[f"partnership__{name}"] for name in names}, issues=issues)


def _issues_of(rows: QuerySet[Party]) -> dict[int, list[str]]:
    found = defaultdict(list)
    tagged = Partnership.issue_areas.through.objects.filter(partnership__in=rows.order_by().values("partnership"))
    for pk, name in tagged.order_by("issuearea__position", "issuearea__name").values_list(
        "partnership_id", "issuearea__name"
    ):
        found[pk].append(name)
    return found
