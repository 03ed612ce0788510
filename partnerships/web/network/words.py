"""Words for a network: its boundary, findings, changes, and the meaning of each score."""

from partnerships.insight.network_filters import CLOSE
from partnerships.insight.network_queries import ENOUGH
from partnerships.insight.reported_ties import ENOUGH_TOLD
from partnerships.web.words import day, label

NAMED = 5  # findings of a kind that are listed; the table has all of them
SINGLE = {"government": "government", "community": "community", "institution": "institution"}


def count_words(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def boundary(found) -> str:
    """What the network contains, as a basis for all scores.

    Such as “37 parties and 61 ties: housing, led by Seattle, on May 3, 2026”.
    """
    size = f"{count_words(len(found.bodies), 'party', 'parties')} and {count_words(len(found.ties), 'tie', 'ties')}"
    chosen = found.filters.in_use
    areas = found.filters.value("issue") or ()
    leads = found.filters.value("jurisdiction") or ()
    parts = [_any(area.name for area in areas)] if areas else []
    parts += [f"led by {_any(lead.name for lead in leads)}"] if leads else []
    parts += [_any(label(kind, "kind") for kind in chosen["kind"]).lower()] if "kind" in chosen else []
    parts += [f"of the side {_any(SINGLE[side] for side in chosen['side'])} alone"] if "side" in chosen else []
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
    return f"{share} of these parties have confirmed or disputed a record here. That is what coverage counts for now."


def lacks_answers(found) -> bool:
    return bool(found.bodies) and found.coverage < ENOUGH


def change(found) -> str:
    """The connections that began or ended in the last quarter."""
    if not (found.new or found.gone):
        return f"The ties are the same as on {day(found.before)}."
    new = count_words(found.new, "new tie", "new ties") if found.new else "No new ties"
    gone = f"; {count_words(found.gone, 'tie has', 'ties have')} ended" if found.gone else ""
    return f"{new} since {day(found.before)}{gone}."


def leaves(name: str, part_size: int, loss) -> str:
    """What would happen if this partner left, or "" if nothing would break."""
    rest = loss.parts + 1 - loss.isolates
    said = (
        [f"{count_words(loss.isolates, 'partner loses its', 'partners lose their')} only link"] if loss.isolates else []
    )
    if rest > 1:
        said.append(
            f"{'the others fall' if said else f'{part_size - 1} partners fall'} into {rest} groups that do not touch"
        )
    return f"If {name} leaves, {', and '.join(said)}." if said else ""


def loss_words(loss) -> str:
    """The same for a table cell."""
    if loss.parts < 1 and loss.isolates < 1:
        return "Nothing breaks"
    groups = f"{count_words(loss.parts, 'part more', 'parts more')}" if loss.parts > 0 else ""
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
        return "All parties hang together."
    if len(sizes) < 2:
        return ""
    told = ", ".join(f"{size:,}" for size in sizes[:NAMED])
    rest = f" and {len(sizes) - NAMED} smaller" if len(sizes) > NAMED else ""
    return f"There are {len(sizes)} groups that do not touch each other, of {told}{rest} parties."


def facts(scores) -> list[dict]:
    """The scores of the whole network, each with its meaning."""
    found = [
        ("Density", f"{scores.density:.2f}", "Of all ties that could be, the share that is there."),
        (
            "Centralization",
            _or_none(scores.centralization),
            "1: all hangs on one party. 0: all have as many ties.",
        ),
        ("Groups that do not touch", str(len(scores.parts)), "A party that stands alone counts as one."),
        ("Ties across sides", _or_none(scores.ei_index), "The E-I index. 1: all ties cross sides. −1: none does."),
        (
            "Told by both",
            _or_none(scores.reciprocity),
            f"Of the ties that parties told of in rounds, those that both told. From {ENOUGH_TOLD} ties on.",
        ),
    ]
    return [{"label": name, "value": value, "note": note} for name, value, note in found]


def _or_none(value) -> str:
    return "None yet" if value is None else f"{value:.2f}".replace("-", "−")
