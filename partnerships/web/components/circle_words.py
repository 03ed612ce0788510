"""Words, rows and marks for circles: those of the chart, and the table next to it with the same content."""

from django.utils.dateformat import format as date_words
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock
from partnerships.directory.reference.vocabularies import term_name
from partnerships.insight import circles
from partnerships.insight.circles import RINGS
from partnerships.registry.choices import Circle
from partnerships.web.charts.ring_places import Mark
from partnerships.web.frame.words import day, label

RECORDED = _("Recorded by the office")
EMPTY = _("This seat is empty. No one has been asked yet.")
_ALL = tuple(Circle.values)  # from the center outward, including the two that only the office sees
_COUNT = {1: _("One"), 2: _("Two"), 3: _("Three"), 4: _("Four"), 5: _("Five")}
_NOW = {Circle.NOT_APPROACHED: _("No one has asked them yet"), Circle.DECLINED: Circle.DECLINED.label}


def shown(circles_seen, *, on_several: bool) -> dict:
    """Context for partnerships/circles/ from an insight.queries.CirclesSeen. `on_several` says that it covers an issue area."""
    lead = None if on_several else circles_seen.partnerships[0].lead_id
    rows = sorted(
        [_row_of_partner(partner, on_several, lead) for partner in circles_seen.partners]
        + [_row_of_seat(one) for one in circles_seen.empty],
        key=lambda row: row["order"],
    )
    drawn = [row for row in rows if row["circle"]]
    for number, row in enumerate(drawn, 1):
        row |= {"number": str(number), "id": f"place-{number}"}
    groups = [(label(key, "circle"), [row for row in rows if row["circle"] == key]) for key in (*_ALL, "")]
    return {
        "groups": [(name or gettext("Circle not recorded"), some) for name, some in groups if some],
        "marks": [_mark(row) for row in drawn if row["circle"] != Circle.DECLINED],
        "declined": [_mark(row) for row in drawn if row["circle"] == Circle.DECLINED],
        "sentences": sentences(circles_seen),
        "has_ring": any(row["circle"] in RINGS for row in rows),
        "has_inst": any(row["party"]["side"] == "institution" for row in rows),
        "has_recorded": any(row.get("is_recorded") for row in drawn),
        "has_quiet": any(partner.quiet_since for partner in circles_seen.partners),
    }


def _row_of_partner(partner, on_several, lead) -> dict:
    name, quiet = str(partner.entity), quiet_words(partner.quiet_since)
    roles = ", ".join(label(role, "role") for role in partner.roles)
    is_recorded = circles.has_seat(partner.circle) and not partner.is_confirmed
    several = _several_words(len(partner.partnerships)) if on_several else ""
    return {
        "party": {"name": name, "side": partner.side, "url": partner.entity.get_absolute_url()},
        "public_id": partner.entity.public_id,
        "circle": partner.circle,
        "order": _order(partner.circle, partner.side, 0, name),
        "now": quiet or _NOW.get(partner.circle) or roles or gettext("Takes part"),
        "note": quiet or (str(RECORDED) if is_recorded else "") or several or roles,
        "is_quiet": bool(quiet),
        "quiet": quiet,
        "is_own": lead is not None and _office_of(partner) == lead,
        "is_recorded": is_recorded,
        "partnerships": partner.partnerships if on_several else [],
        "fills": [gettext("Fills the seat for: %(who)s") % {"who": wanted_words(one)} for one in partner.fills],
        "seat": None,
    }


def _several_words(number) -> str:
    return ngettext("%(number)s partnership", "%(number)s partnerships", number) % {"number": number}


def _office_of(partner) -> int | None:
    """The jurisdiction of a partner that is one, or a department of one."""
    kind, pk = partner.key
    return pk if kind == "jurisdiction" else getattr(partner.entity, "jurisdiction_id", None)


def wanted_words(one) -> str:
    """Who an expected seat is for."""
    return term_name(one.wanted) if one.seat.term else str(one.wanted)


def _row_of_seat(one) -> dict:
    return {
        "party": {"name": wanted_words(one), "side": one.side, "is_empty": True},
        "circle": one.seat.circle,
        "order": _order(one.seat.circle, one.side, 1, str(one.wanted)),
        "now": EMPTY,
        "note": gettext("Empty seat"),
        "is_quiet": False,
        "partnerships": [],
        "fills": [],
        "seat": one.seat,
    }


def _order(circle, side, is_seat, name):
    sides = ("government", "community", "institution")
    return (_ALL.index(circle) if circle else len(_ALL), sides.index(side), is_seat, name)


def _mark(row) -> Mark:
    party = row["party"]
    return Mark(
        number=row["number"],
        id=row["id"],
        name=party["name"],
        note="" if row["circle"] == Circle.DECLINED else row["note"],
        side=str(party["side"]),
        ring=_ALL.index(row["circle"]),
        is_hollow=bool(party.get("is_empty")) or row["circle"] in _NOW,
        is_quiet=row["is_quiet"],
        is_recorded=row.get("is_recorded", False),
    )


def marks_of(parties) -> list[Mark]:
    """Marks of a partnership's parties, as its document has them, for the small picture."""
    return [
        Mark(
            number="",
            id="",
            name=party["name"],
            note="",
            side=party["side"],
            ring=_ALL.index(party["circle"]),
            is_hollow=party["circle"] in _NOW,
        )
        for party in parties
        if party["circle"] and party["circle"] != Circle.DECLINED
    ]


def sentences(circles_seen) -> list[str]:
    """Sentences before the chart about what it shows."""
    lines = [share_words(circles_seen.share)]
    quiet = [partner for partner in circles_seen.partners if partner.quiet_since]
    if len(quiet) == 1:
        words = {"partner": quiet[0].entity, "month": _month_words(quiet[0].quiet_since)}
        lines.append(gettext("%(partner)s: not met since %(month)s. A call may be enough.") % words)
    elif quiet:
        words = gettext("%(number)s partners haven’t been met for a while. A call may be enough.")
        lines.append(words % {"number": _number(len(quiet))})
    if circles_seen.unnamed:
        lines.append(str(NOT_ALL_LISTED))
    return [words for words in lines if words]


WITHHELD = _(
    "We don’t show how many seats the community holds here, because a partner whose name isn’t shown hasn’t agreed to be"
    " counted."
)
NOT_ALL_LISTED = _("Not all partners are listed.")


def seats_held(share, *, tells_confirmed=True) -> str:
    """“The community holds 2 of 6 seats in the two inner circles; 1 is confirmed by the partner.”"""
    if share.is_at_least:
        held = ngettext(
            "The community holds at least %(own)s of at least %(all)s seat in the two inner circles",
            "The community holds at least %(own)s of at least %(all)s seats in the two inner circles",
            share.taken,
        )
    else:
        held = ngettext(
            "The community holds %(own)s of %(all)s seat in the two inner circles",
            "The community holds %(own)s of %(all)s seats in the two inner circles",
            share.taken,
        )
    held = held % {"own": share.community, "all": share.taken}
    if not share.community or not tells_confirmed:
        return f"{held}."
    if not share.confirmed:
        return gettext("%(held)s; none are confirmed by the partners.") % {"held": held}
    words = ngettext(
        "%(held)s; %(number)s is confirmed by the partner.",
        "%(held)s; %(number)s are confirmed by the partners.",
        share.confirmed,
    )
    return words % {"held": held, "number": share.confirmed}


def share_words(share) -> str:
    """Who holds the seats of the two inner circles."""
    if share.is_withheld:
        return str(WITHHELD)
    if share.taken:
        words = seats_held(share)
    elif share.empty:
        words = gettext("No partner is in the two inner circles.")
    else:
        return ""
    if share.empty:
        if share.taken:
            empty = ngettext(
                "%(number)s more seat there is empty.", "%(number)s more seats there are empty.", share.empty
            )
        else:
            empty = ngettext("%(number)s seat there is empty.", "%(number)s seats there are empty.", share.empty)
        words = f"{words} {empty % {'number': _number(share.empty)}}"
    return words


def _number(n) -> str:
    return str(_COUNT.get(n, n))


def quiet_words(since) -> str:
    """“Not met since March”, with the year if it isn't this one."""
    if since is None:
        return ""
    return gettext("Not met since %(month)s") % {"month": _month_words(since)}


def _month_words(since) -> str:
    return date_words(since, "F" if since.year == clock.today().year else gettext("F Y"))


def change_groups(moves, names) -> list[tuple[str, list[str]]]:
    """Changes since an earlier quarter, as (heading, lines)."""

    def ring(circle):
        return label(circle, "circle").lower()

    def moved(key, old, new):
        words = {"partner": names[key], "then": ring(old), "now": ring(new)}
        return gettext("%(partner)s: %(then)s, now %(now)s") % words

    left = gettext("%(partner)s: then %(then)s")
    groups = [
        (gettext("Moved closer"), [moved(*move) for move in moves.closer]),
        (gettext("Moved outward"), [moved(*move) for move in moves.outward]),
        (gettext("Joined"), [f"{names[key]}: {ring(new)}" for key, new in moves.came]),
        (gettext("Left"), [left % {"partner": names[key], "then": ring(old)} for key, old in moves.left]),
    ]
    if moves.gone:
        words = ngettext("A seat that is no longer shown", "%(number)s seats that are no longer shown", moves.gone)
        groups[3][1].append(words % {"number": _number(moves.gone)})
    return [(name, sorted(lines)) for name, lines in groups if lines]


def declared_words(seat) -> str:
    return gettext("Expected by %(office)s since %(day)s.") % {"office": seat.office, "day": day(seat.declared_on)}
