"""The agenda as text: one item per line, followed by its minutes and the party that presents it, in any order,
separated by “|”.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from partnerships.meetings.agenda import MOST
from partnerships.meetings.models import AgendaItem

UNKNOWN = "unknown_partner"
LONGEST = AgendaItem._meta.get_field("title").max_length or 0


def line(title, minutes, owner) -> str:
    return " | ".join(str(part) for part in (title, minutes, owner) if part)


def text_of(meeting, parties) -> str:
    return "\n".join(line(item.title, item.minutes, parties.get(item.owner_id)) for item in meeting.agenda.all())


def read(text, parties) -> list[dict]:
    """The items in the form that `meetings.save_meeting` takes. Raises ValidationError.

    `parties` maps the primary keys of the partnership's parties to them.
    """
    lines = [row for row in map(str.strip, text.splitlines()) if row]
    if len(lines) > MOST:
        raise ValidationError(gettext("Enter %(number)s points at most.") % {"number": MOST}, code="too_many")
    items, wrong, names_unknown = [], [], False
    for index, row in enumerate(lines, start=1):
        try:
            items.append(_item(row, parties))
        except ValidationError as problem:
            names_unknown |= problem.code == UNKNOWN
            wrong += [
                gettext("Line %(number)s: %(problem)s") % {"number": index, "problem": text}
                for text in problem.messages
            ]
    if names_unknown:
        wrong.append(gettext("Partners here: %(partners)s.") % {"partners": ", ".join(map(str, parties.values()))})
    if wrong:
        raise ValidationError(wrong)
    return items


def _item(row, parties):
    title, *rest = (part.strip() for part in row.split("|"))
    if not title or len(title) > LONGEST:
        raise ValidationError(gettext("enter the point first, in up to %(number)s characters.") % {"number": LONGEST})
    item = {"title": title, "minutes": None, "owner": None}
    for part in filter(None, rest):
        is_number = part.isascii() and part.isdigit() and len(part) < 10
        name, value = ("minutes", int(part)) if is_number else ("owner", _party(part, parties))
        if item[name] is not None:
            raise ValidationError(
                gettext("“%(part)s” is one too many. After the point, add minutes and a partner, once each.")
                % {"part": part}
            )
        if name == "minutes" and not 0 < value <= 24 * 60:
            raise ValidationError(gettext("enter minutes as a number from 1 to 1440, such as 20."))
        item[name] = value
    return item


def _party(name, parties):
    """The party with this name, or the only one whose name starts with it.

    Raises ValidationError if there isn't exactly one.
    """
    folded = name.casefold()
    exact = [party for party in parties.values() if str(party).casefold() == folded]
    found = exact or [party for party in parties.values() if str(party).casefold().startswith(folded)]
    if len(found) == 1:
        return found[0]
    raise ValidationError(
        gettext("“%(name)s” isn’t minutes (a number, such as 20) or a partner here.") % {"name": name[:60]},
        code=UNKNOWN,
    )
