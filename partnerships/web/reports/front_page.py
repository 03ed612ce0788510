"""The first page of a council report, from its stored content: at most four numbers, circles, a trend and a gap."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from partnerships.assessment.gaps import band_range
from partnerships.insight.circles import RINGS, Share
from partnerships.measurement.number_words import redefined_words
from partnerships.web.charts import measure_words as say
from partnerships.web.charts import pictures
from partnerships.web.charts.drawing import svg
from partnerships.web.charts.files import styles_of_pictures
from partnerships.web.charts.measures import Line, Picture, Point, Trend, trend_picture
from partnerships.web.charts.ring import still
from partnerships.web.charts.ring_places import Mark
from partnerships.web.charts.scale import number
from partnerships.web.components.circle_words import NOT_ALL_LISTED, RECORDED, share_words
from partnerships.web.frame.words import day, label
from partnerships.web.reports.words import gap_line

MOST_HEADLINES = 4


class Headline(NamedTuple):
    number: str
    words: str


@dataclass
class FrontPage:
    """`circles`, `trend_picture` and `gap_picture` are SVG. `marks` are the numbers and names of the circles."""

    headlines: list[Headline]
    whose: str
    focus: dict | None = None
    seats: str = ""
    circles: SafeString | None = None
    marks: list[Mark] = field(default_factory=list)
    measure: dict | None = None
    trend: Picture | None = None
    trend_picture: SafeString | None = None
    keys: list[tuple[SafeString, str]] = field(default_factory=list)  # (SVG, words)
    change: str = ""
    gap: dict | None = None
    gap_words: str = ""
    gap_key: str = ""
    gap_picture: SafeString | None = None


def front_page(content, for_file=False) -> FrontPage | None:
    """None for a report without a first page: of another kind, from before, or of no partnerships."""
    front = content.get("front")
    if not front or not content.get("total"):
        return None
    found = [_of_partnerships(content), _of_seats(content["share"]), _of_trend(front.get("trend")), _of_gaps(content)]
    page = FrontPage([one for one in found if one][:MOST_HEADLINES], whose(content))
    _add_circles(page, front.get("circles"))
    _add_trend(page, front.get("trend"))
    _add_gap(page, content, front.get("gap_at"))
    if for_file:
        for name in ("circles", "trend_picture", "gap_picture"):
            setattr(page, name, _styled(getattr(page, name)))
        page.keys = [(_styled(glyph), words) for glyph, words in page.keys]
    return page


# The writer of files draws an outline over the text, not below it.
_NO_OUTLINE = ".v .v-ringname,.v .v-halo{stroke:none}"


def _styled(picture):
    """The SVG with its own rules: the writer of files doesn't apply those of the page inside. Empty ones stay as they are."""
    if not picture:
        return picture
    start, inside = picture.split(">", 1)
    rules = f"{styles_of_pictures()}{_NO_OUTLINE}"
    return format_html("{}><style>{}</style>{}", *map(SafeString, (start, rules, inside)))


def whose(content) -> str:
    """Which partnerships the report is about, in a sentence."""
    owner = content["owner"].get("name", "")
    found = [
        (row["label"], [one.get("name") or gettext("a partner") for one in row["values"]]) for row in content["filters"]
    ]
    is_public = content["eyes"] == "everyone"
    which = gettext("Published partnerships") if is_public else gettext("Partnerships that our people can read")
    if not found and not content["words"]:
        return gettext("%(partnerships)s of all agencies in the registry.") % {"partnerships": which}
    if found == [("Lead agency", [owner])] and not content["words"]:
        return gettext("%(partnerships)s, led by %(owner)s.") % {"partnerships": which, "owner": owner}
    either = f" {gettext('or')} "
    limits = [f"{gettext(name)}: {either.join(map(gettext, values))}" for name, values in found]
    if content["words"]:
        limits.append(gettext("with the words “%(text)s”") % {"text": content["words"]})
    return gettext("%(partnerships)s. Limited to: %(limits)s.") % {"partnerships": which, "limits": "; ".join(limits)}


def _of_partnerships(content):
    total, active = content["total"], dict(content["statuses"]).get("active", 0)
    if total == active:
        return Headline(f"{total:,}", ngettext("partnership, active now", "partnerships, all active now", total))
    noun = ngettext("partnership", "partnerships", total)
    now = ngettext("%(number)s is active now", "%(number)s are active now", active) % {"number": f"{active:,}"}
    return Headline(f"{total:,}", f"{noun}; {now}")


def _of_seats(share):
    if share.get("is_withheld") or not share["taken"]:
        return None
    number = gettext("%(number)s of %(all)s") % {"number": share["community"], "all": share["taken"]}
    if share["is_at_least"]:
        number = gettext("At least %(number)s") % {"number": number}
    words = gettext("seats where things are decided and designed are held by the community")
    if share["community"]:
        confirmed = ngettext("%(number)s is confirmed", "%(number)s are confirmed", share["confirmed"])
        words = f"{words}; {confirmed % {'number': share['confirmed']}}"
    return Headline(number, words)


def _of_trend(trend):
    if not trend or trend.get("struck"):
        return None
    latest, aim = trend["latest"], ""
    if trend["target"]:
        aim = gettext("the target is %(value)s by %(period)s")
        aim = f"; {aim % {'value': trend['target_words'], 'period': trend['target'][0]}}"
    return Headline(latest["value"], f"{trend['name']}, {latest['period']}{aim}")


def _of_gaps(content):
    rows = [row for row in content["gaps"] if not row.get("struck")]
    if not content["rounds"]:
        return None
    due = sorted(row["due_on"] for row in rows if row["due_on"] and not row["answered_on"])
    words = ngettext("question to talk about", "questions to talk about, where both sides differ", len(rows))
    if due:
        is_past = due[0] < content["made_on"]
        when = (
            gettext("our first response was due by %(day)s")
            if is_past
            else gettext("our first response is due by %(day)s")
        )
        words = f"{words}; {when % {'day': day(due[0])}}"
    return Headline(f"{len(rows):,}", words)


def _add_circles(page, circles):
    if not circles or circles["of"].get("struck"):
        return
    page.focus = circles["of"]
    share = circles["share"]
    words = [share_words(Share(**share) if not share.get("is_withheld") else Share(0, 0, 0, is_withheld=True))]
    page.seats = " ".join(filter(None, [*words, "" if circles["all_listed"] else str(NOT_ALL_LISTED)]))
    page.marks = _marks(circles)
    if page.marks:
        title = gettext("Who is at the table: %(name)s") % {"name": page.focus["name"]}
        page.circles = still(page.marks, title=title, centre=gettext("Table"))


def _marks(circles) -> list[Mark]:
    rows = [
        (one["circle"], one["side"], False, one["name"], _party_words(one), not one["confirmed"])
        for one in circles["parties"]
        if not one.get("struck")
    ]
    rows += [
        (one["circle"], one["side"], True, one["wanted"], gettext("Empty seat"), False) for one in circles["seats"]
    ]
    sides = ("government", "community", "institution")
    rows.sort(key=lambda row: (RINGS.index(row[0]), sides.index(row[1]), row[2], row[3]))
    return [
        Mark(str(at), "", name, note, side, RINGS.index(circle), is_hollow=is_empty, is_recorded=is_recorded)
        for at, (circle, side, is_empty, name, note, is_recorded) in enumerate(rows, 1)
    ]


def _party_words(party) -> str:
    if not party["confirmed"]:
        return str(RECORDED)
    return ", ".join(label(role, "role") for role in party["roles"][:2])


def _add_trend(page, trend):
    if not trend or trend.get("struck"):
        return
    page.measure = trend
    lines, unit = tuple(_line(line) for line in trend["lines"]), trend["unit"]
    target = (trend["target"][0], Decimal(trend["target"][1])) if trend["target"] else None
    made = Trend(trend["name"], unit, lines, target, direction=trend["direction"])
    page.trend = trend_picture(made, ident="front-trend")
    if page.trend.narrow:
        page.trend_picture = svg(page.trend.narrow, "front-trend", "half", page.trend.title, page.trend.sentence)
    page.keys = [(key.glyph, key.words) for key in page.trend.keys]
    change = say.change_words(lines[0].points, unit)
    page.change = gettext("Everyone together: %(change)s.") % {"change": change}
    if target:
        aim = gettext("The target is %(value)s by %(period)s.") % {"value": number(target[1]), "period": target[0]}
        page.change = f"{page.change} {aim}"
    if trend.get("redefined_on"):
        page.change = f"{page.change} {redefined_words(date.fromisoformat(trend['redefined_on']))}"


def _line(line) -> Line:
    return Line(line["name"], tuple(_point(point) for point in line["points"]), "whole" if line["is_whole"] else "")


def _point(point) -> Point:
    value = Decimal(point["value"]) if point["value"] else None
    least, most = map(Decimal, point["between"]) if point["between"] else (None, None)
    return Point(point["period"], value, state=point["state"], least=least, most=most)


def _add_gap(page, content, at):
    rows = content["gaps"]
    if at is None or at >= len(rows) or rows[at].get("struck"):
        return
    page.gap = row = rows[at]
    page.gap_words = gap_line(row)
    top = len(row["levels"]) - 1
    marks = [
        pictures.Mark(
            side["side"], side["median"], band=band_range(side["median"], top=top) if side["is_band"] else None
        )
        for side in row["sides"]
    ]
    if len(marks) == 2 and any(mark.band for mark in marks):
        upper, lower = (label(mark.key, "side").lower() for mark in marks)
        page.gap_key = gettext("Upper bar: %(upper)s. Lower bar: %(lower)s.") % {"upper": upper, "lower": lower}
    title = gettext("%(item)s, scale 0 to %(top)s.") % {"item": gettext(row["item"]), "top": top}
    page.gap_picture = pictures.dumbbell(marks, f"{title} {page.gap_words}", top)
