"""Words for a network: its boundary, findings, changes, and the meaning of each score."""

from functools import reduce

from django.utils.translation import gettext, ngettext

from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight.network_filters import CLOSE
from partnerships.insight.network_queries import ENOUGH
from partnerships.insight.reported_ties import ENOUGH_REPORTED
from partnerships.web.frame.words import day, label

NAMED = 5  # findings of a kind that are listed; the table has all of them


def partners(number: int) -> str:
    return ngettext("%(number)s partner", "%(number)s partners", number) % {"number": f"{number:,}"}


def connections(number: int) -> str:
    return ngettext("%(number)s connection", "%(number)s connections", number) % {"number": f"{number:,}"}


def boundary(found) -> str:
    """What the network contains, as a basis for all scores.

    Such as “37 partners and 61 connections: housing, led by Seattle, on May 3, 2026”.
    """
    chosen = found.filters.in_use
    areas = found.filters.value("issue") or ()
    leads = found.filters.value("jurisdiction") or ()
    parts = [_any(term_name(area.name) for area in areas)] if areas else []
    parts += [gettext("led by %(names)s") % {"names": _any(lead.name for lead in leads)}] if leads else []
    parts += [_any(label(kind, "kind") for kind in chosen["kind"]).lower()] if "kind" in chosen else []
    if "side" in chosen:
        sides = _any(label(side, "side").lower() for side in chosen["side"])
        parts.append(gettext("only %(sides)s partners") % {"sides": sides})
    if close := found.filters.value("close"):
        parts.append(gettext("where both say: %(how)s") % {"how": str(dict(CLOSE)[close]).lower()})
    if found.focus is not None:
        steps = ngettext(
            "within %(number)s step of %(partner)s", "within %(number)s steps of %(partner)s", found.steps
        ) % {"number": found.steps, "partner": found.bodies[found.focus].name}
        parts.append(steps)
    size = gettext("%(partners)s and %(connections)s") % {
        "partners": partners(len(found.bodies)),
        "connections": connections(len(found.ties)),
    }
    on = gettext("on %(day)s") % {"day": day(found.day)}
    return f"{size}{': ' if parts else ''}{', '.join(parts)}, {on}"


def _any(names) -> str:
    return reduce(lambda one, other: gettext("%(one)s or %(other)s") % {"one": one, "other": other}, names)


def coverage(found) -> str:
    words = gettext(
        "%(share)s of these partners have confirmed or disputed a record here. That’s what coverage counts for now."
    )
    return words % {"share": f"{found.coverage:.0%}"}


def lacks_answers(found) -> bool:
    return bool(found.bodies) and found.coverage < ENOUGH


def change(found) -> str:
    """The connections that began or ended in the last quarter."""
    before = {"day": day(found.before)}
    if not (found.new or found.gone):
        return gettext("The connections are the same as on %(day)s.") % before
    if not found.new:
        new = gettext("No new connections since %(day)s") % before
    else:
        new = ngettext(
            "%(number)s new connection since %(day)s", "%(number)s new connections since %(day)s", found.new
        ) % {"number": f"{found.new:,}", **before}
    if not found.gone:
        return f"{new}."
    gone = ngettext("%(number)s connection has ended", "%(number)s connections have ended", found.gone)
    return f"{new}; {gone % {'number': f'{found.gone:,}'}}."


def leaves(name: str, part_size: int, loss) -> str:
    """What would happen if this partner left, or "" if nothing would break."""
    rest, effects = loss.parts + 1 - loss.isolates, []
    if loss.isolates:
        alone = ngettext(
            "%(number)s partner loses its only connection",
            "%(number)s partners lose their only connection",
            loss.isolates,
        )
        effects.append(alone % {"number": f"{loss.isolates:,}"})
    if rest > 1:
        split = (
            gettext("the others fall into %(clusters)s separate clusters")
            if effects
            else gettext("%(number)s partners fall into %(clusters)s separate clusters")
        )
        effects.append(split % {"number": part_size - 1, "clusters": rest})
    if not effects:
        return ""
    both = gettext("%(one)s and %(other)s") % {"one": effects[0], "other": effects[-1]}
    return gettext("If %(partner)s leaves, %(effects)s.") % {
        "partner": name,
        "effects": both if len(effects) > 1 else effects[0],
    }


def loss_words(loss) -> str:
    """What would happen if this partner left (`leaves`), for a table cell."""
    effects = []
    if loss.parts > 0:
        more = ngettext("%(number)s more cluster", "%(number)s more clusters", loss.parts)
        effects.append(more % {"number": f"{loss.parts:,}"})
    if loss.isolates > 0:
        alone = ngettext("%(number)s left alone", "%(number)s left alone", loss.isolates)
        effects.append(alone % {"number": f"{loss.isolates:,}"})
    return ", ".join(effects) or gettext("No effect")


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
        return gettext("All partners are connected.")
    if len(sizes) < 2:
        return ""
    sizes_words = ", ".join(f"{size:,}" for size in sizes[:NAMED])
    if len(sizes) > NAMED:
        sizes_words = gettext("%(sizes)s and %(number)s smaller") % {"sizes": sizes_words, "number": len(sizes) - NAMED}
    words = gettext("There are %(number)s separate clusters of %(sizes)s partners.")
    return words % {"number": len(sizes), "sizes": sizes_words}


def facts(scores) -> list[dict]:
    """The scores of the whole network, each with its meaning."""
    reciprocity = gettext(
        "The share of reported connections that both partners reported. Needs at least %(number)s connections."
    )
    found = [
        (
            gettext("Density"),
            f"{scores.density:.2f}",
            gettext("The share of all possible connections that exist."),
        ),
        (
            gettext("Centralization"),
            _or_none(scores.centralization),
            gettext("1: all connections go through one partner. 0: everyone has the same number."),
        ),
        (
            gettext("Clusters"),
            str(len(scores.parts)),
            gettext("A partner without connections counts as one cluster."),
        ),
        (
            gettext("Connections across sides"),
            _or_none(scores.ei_index),
            gettext("The E-I index. 1: all connections cross sides. −1: none do."),
        ),
        (gettext("Reciprocity"), _or_none(scores.reciprocity), reciprocity % {"number": ENOUGH_REPORTED}),
    ]
    return [{"label": name, "value": value, "note": note} for name, value, note in found]


def _or_none(value) -> str:
    return gettext("None yet") if value is None else f"{value:.2f}".replace("-", "−")
