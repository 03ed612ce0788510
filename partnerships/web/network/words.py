"""Words for a network: its boundary, findings, changes, and the meaning of each score."""

from partnerships.insight.network_filters import CLOSE
from partnerships.insight.network_queries import ENOUGH
from partnerships.insight.reported_ties import ENOUGH_REPORTED
from partnerships.web.words import day, label

NAMED = 5  # findings of a kind that are listed; the table has all of them
SINGLE = {"government": "government", "community": "community", "institution": "institution"}


def count_words(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def boundary(found) -> str:
    """What the network contains, as a basis for all scores.

    Such as “37 partners and 61 connections: housing, led by Seattle, on May 3, 2026”.
    """
    ties = count_words(len(found.ties), "connection", "connections")
    size = f"{count_words(len(found.bodies), 'partner', 'partners')} and {ties}"
    chosen = found.filters.in_use
    areas = found.filters.value("issue") or ()
    leads = found.filters.value("jurisdiction") or ()
    parts = [_any(area.name for area in areas)] if areas else []
    parts += [f"led by {_any(lead.name for lead in leads)}"] if leads else []
    parts += [_any(label(kind, "kind") for kind in chosen["kind"]).lower()] if "kind" in chosen else []
    parts += [f"only {_any(SINGLE[side] for side in chosen['side'])} partners"] if "side" in chosen else []
    if close := found.filters.value("close"):
        parts.append(f"where both say: {dict(CLOSE)[close].lower()}")
    if found.focus is not None:
        steps = count_words(found.steps, "step", "steps")
        parts.append(f"within {steps} of {found.bodies[found.focus].name}")
    return f"{size}{': ' if parts else ''}{', '.join(parts)}, on {day(found.day)}"


def _any(names) -> str:
    return " or ".join(names)


def coverage(found) -> str:
    share = f"{found.coverage:.0%}"
    return f"{share} of these partners have confirmed or disputed a record here. That’s what coverage counts for now."


def lacks_answers(found) -> bool:
    return bool(found.bodies) and found.coverage < ENOUGH


def change(found) -> str:
    """The connections that began or ended in the last quarter."""
    if not (found.new or found.gone):
        return f"The connections are the same as on {day(found.before)}."
    new = count_words(found.new, "new connection", "new connections") if found.new else "No new connections"
    gone = f"; {count_words(found.gone, 'connection has', 'connections have')} ended" if found.gone else ""
    return f"{new} since {day(found.before)}{gone}."


def leaves(name: str, part_size: int, loss) -> str:
    """What would happen if this partner left, or "" if nothing would break."""
    rest = loss.parts + 1 - loss.isolates
    effects = (
        [f"{count_words(loss.isolates, 'partner loses its', 'partners lose their')} only connection"]
        if loss.isolates
        else []
    )
    if rest > 1:
        effects.append(
            f"{'the others fall' if effects else f'{part_size - 1} partners fall'} into {rest} separate clusters"
        )
    return f"If {name} leaves, {', and '.join(effects)}." if effects else ""


def loss_words(loss) -> str:
    """What would happen if this partner left (`leaves`), for a table cell."""
    if loss.parts < 1 and loss.isolates < 1:
        return "No effect"
    groups = f"{count_words(loss.parts, 'more cluster', 'more clusters')}" if loss.parts > 0 else ""
    alone = f"{loss.isolates:,} left alone" if loss.isolates > 0 else ""
    return ", ".join(filter(None, [groups, alone]))


def cuts(found, scores) -> list[tuple[int, str]]:
    """(index, sentence) of the partners whose loss would split the network, most serious first."""
    size = {v: len(part) for part in scores.parts for v in part}
    worst = sorted(scores.cut_points, key=lambda v: (-scores.losses[v].isolates, -scores.losses[v].parts, v))
    named = [(v, leaves(found.bodies[v].name, size[v], scores.losses[v])) for v in worst]
    return [(v, words) for v, words in named if words]


def parts(scores) -> str:
    """The clusters of the network, in one sentence."""
    sizes = [len(part) for part in scores.parts if len(part) > 1]
    if len(sizes) == 1 and not scores.isolates:
        return "All partners are connected."
    if len(sizes) < 2:
        return ""
    sizes_words = ", ".join(f"{size:,}" for size in sizes[:NAMED])
    rest = f" and {len(sizes) - NAMED} smaller" if len(sizes) > NAMED else ""
    return f"There are {len(sizes)} separate clusters of {sizes_words}{rest} partners."


def facts(scores) -> list[dict]:
    """The scores of the whole network, each with its meaning."""
    found = [
        ("Density", f"{scores.density:.2f}", "The share of all possible connections that exist."),
        (
            "Centralization",
            _or_none(scores.centralization),
            "1: all connections go through one partner. 0: everyone has the same number.",
        ),
        ("Clusters", str(len(scores.parts)), "A partner without connections counts as one cluster."),
        (
            "Connections across sides",
            _or_none(scores.ei_index),
            "The E-I index. 1: all connections cross sides. −1: none do.",
        ),
        (
            "Reciprocity",
            _or_none(scores.reciprocity),
            f"The share of reported connections that both partners reported. Needs at least {ENOUGH_REPORTED} connections.",
        ),
    ]
    return [{"label": name, "value": value, "note": note} for name, value, note in found]


def _or_none(value) -> str:
    return "None yet" if value is None else f"{value:.2f}".replace("-", "−")
