"""Turns cells into values: dates as spreadsheets write them, terms of vocabularies, records by name or public id."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_noop as _

from partnerships.accounts.models import Person
from partnerships.core.access import Viewer
from partnerships.core.cells import unescape_formula
from partnerships.core.dates import require_year
from partnerships.core.errors import ValidationError
from partnerships.core.ids import SHAPE, MistypedId, parse
from partnerships.core.importing import Field
from partnerships.core.languages import in_each_language
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import Cell, UnreadableCell, is_empty, normalize_heading
from partnerships.core.types import Text
from partnerships.directory.identifying import WRONG_SPELLING
from partnerships.directory.matching import standard_spelling
from partnerships.directory.models import Body, Identifier, IssueArea, Jurisdiction, Term
from partnerships.directory.reference.vocabularies import NAMES, term_name
from partnerships.directory.rules import departments_visible_to, jurisdictions_visible_to, organizations_visible_to

ROWS: dict[str, Callable[[Viewer], QuerySet]] = {
    "J": jurisdictions_visible_to,
    "D": departments_visible_to,
    "G": organizations_visible_to,
}
AT_ONCE = 400  # names or ids in one query
SHOWN = 60  # characters of a cell that an error repeats
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_FIRST_SERIAL, _LAST_SERIAL = 61, 110_000  # days of a spreadsheet that are surely right: 1900 to 2201
_WRITTEN = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%m-%d-%Y",
    "%m.%d.%Y",
    "%m/%d/%y",
    "%m-%d-%y",
)
# How people leave a cell empty.
_BLANKS = ("n/a", "-", "--", "–", "—", "?", "tbd", "none", "unknown", "not available", "not applicable", "none listed")
_EMAIL = re.compile(r"[^\s<>()\[\],;:/|]+@[^\s<>()\[\],;:/|]+")
# Codes: of a text that isn't one of the options, which a page shows as a list, and of a name that no record has.
NO_OPTION, NOT_FOUND = "no_option", "not_found"
LONGEST_PHONE = 40  # characters, as the model of contacts allows
_YES, _NO = ("yes", "y", "true", "1", "x", "sí", "si", "s"), ("no", "n", "false", "0")
Option = TypeVar("Option", Term, IssueArea, "_Choice")


class InvalidCell(Exception):
    """A cell that can't be used. The message says what is wrong and what to do. `text`: the part that is wrong.

    `code`: as in `Problem`. `each`: one for every part that is wrong, of a cell with several values.
    """

    def __init__(self, words: str, text: str = "", *, code: str = "", each: Sequence["InvalidCell"] = ()) -> None:
        super().__init__(words)
        self.words, self.text, self.code = StoredText.of(words), text, code
        self.each = each or [self]


def text_of(cell: Cell) -> str:
    """A cell as text that a person would read. Raises InvalidCell."""
    if isinstance(cell, UnreadableCell):
        raise InvalidCell(cell.words)
    if is_empty(cell):
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    return unescape_formula(str(cell).strip())


def is_blank(text: str) -> bool:
    """Whether a text says that there is nothing to say, such as “N/A”."""
    return text.strip().casefold().rstrip(".") in _BLANKS


def parts_of(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in re.split(r"[;\n|]", text) if part.strip()))


def pieces_of(part: str) -> list[str]:
    """The texts in one part of a list, for a part that isn't one of the options as a whole."""
    return [piece.strip() for piece in re.split(r",|/| & ", part) if piece.strip()]


def _cut(text: str) -> str:
    return f"{text[:SHOWN]}{'…' if len(text) > SHOWN else ''}"


class RecordLookup:
    """Finds what cells name, reading a whole file's records at once. Call `look_ahead` first."""

    def __init__(self, person: Person, *, starts_1904: bool = False) -> None:
        self.person, self.starts_1904 = person, starts_1904
        self.remarks: list[str] = []  # on the cell that was read last
        self.named: set[Body] = set()  # what cells name, also if a name can mean several
        self._terms: dict[str, dict] = defaultdict(dict)
        self._issues: dict | None = None
        self._found: dict = defaultdict(list)
        self._geoids: dict = {}

    # Reading ahead

    def look_ahead(self, asked: Iterable) -> None:
        """Read all records that the file names, 400 in a query.

        `asked`: pairs of (first characters of public ids, text).
        """
        by_prefix = defaultdict(set)
        for prefixes, text in asked:
            for prefix in prefixes:
                by_prefix[prefix].add(text)
        for prefix, texts in by_prefix.items():
            self._read_records(prefix, sorted(texts))
        self._read_geoids(sorted({text.zfill(n) for text in by_prefix["J"] if text.isdecimal() for n in (2, 5, 7)}))

    def _read_records(self, prefix: str, texts: Sequence[str]) -> None:
        rows = ROWS[prefix](self.person)
        rows = rows.select_related("jurisdiction") if prefix == "D" else rows
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            same = Q(low__in=[text.lower() for text in some]) | Q(name__in=some)
            ids = [public_id for text in some if (public_id := id_in(text, prefix))]
            for one in rows.annotate(low=Lower("name")).filter(same | Q(public_id__in=ids)).order_by("pk"):
                self._found[prefix, one.public_id] = [one]
                named = self._found[prefix, normalize_heading(one.name)]
                if one not in named:
                    named.append(one)

    def _read_geoids(self, values: Sequence[str]) -> None:
        for start in range(0, len(values), AT_ONCE):
            rows = Identifier.objects.filter(
                scheme="geoid", value__in=values[start : start + AT_ONCE], is_confirmed=True
            )
            rows = rows.filter(jurisdiction__in=jurisdictions_visible_to(self.person)).select_related("jurisdiction")
            self._geoids |= {row.value: row.jurisdiction for row in rows}

    # What a cell names

    def body(self, prefixes: str, text: str) -> Body:
        """The record that a text names. Raises InvalidCell."""
        for prefix in prefixes:
            public_id = id_in(text, prefix)
            if public_id and self._found[prefix, public_id]:
                found = self._found[prefix, public_id]
                self.named |= {*found}
                return found[0]
        if "J" in prefixes and text.isdecimal():
            return self._by_geoid(text)
        found = [one for prefix in prefixes for one in self._found[prefix, normalize_heading(text)]]
        self.named |= {*found}
        if not found:
            words = _("We can’t find “%(text)s”. Check the spelling, or add it to the directory first.")
            raise InvalidCell(StoredText(words, text=_cut(text)), code=NOT_FOUND)
        if len(found) > 1:
            same = "; ".join(f"{one} ({one.public_id})" for one in found[:3])
            words = _("More than one record has this name: %(same)s. Enter the ID of the one you mean.")
            raise InvalidCell(StoredText(words, same=same))
        return found[0]

    def _by_geoid(self, text: str) -> Jurisdiction:
        if text in self._geoids:
            return self._geoids[text]
        longer = next((text.zfill(n) for n in (2, 5, 7) if text.zfill(n) in self._geoids and n > len(text)), "")
        if longer:
            name = self._geoids[longer]
            words = _(
                "Spreadsheets drop the leading zero of a GEOID. For %(name)s, enter %(geoid)s in a cell formatted as text."
            )
            raise InvalidCell(StoredText(words, name=name, geoid=longer))
        words = _("We can’t find a jurisdiction with the GEOID “%(text)s”. Enter its name or ID.")
        raise InvalidCell(StoredText(words, text=_cut(text)))

    def term(self, vocabulary: str, text: str) -> Term:
        """The term that a text names, also a retired one (`items.refuse_retired`). Raises InvalidCell."""
        if vocabulary not in self._terms:
            own, rows = self._terms[vocabulary], Term.objects.filter(vocabulary=vocabulary)
            for terms in ([row for row in rows if not row.is_retired], [row for row in rows if row.is_retired]):
                names: dict = {}
                for term in terms:
                    names |= {normalize_heading(term.label): term, normalize_heading(term.key): term}
                _add_translations(names, terms)
                self._terms[vocabulary] = own = names | own
        return _one_of(self._terms[vocabulary], text)

    def issue(self, text: str) -> IssueArea:
        if self._issues is None:
            self._issues = {}
            areas = list(IssueArea.objects.all())
            for area in areas:
                self._issues |= {normalize_heading(area.name): area, normalize_heading(area.key): area}
            _add_translations(self._issues, areas)
        return _one_of(self._issues, text)

    def remark(self, words: str) -> None:
        self.remarks.append(words)


def id_in(text: str, prefix: str) -> str:
    """The public id of this kind that a text is, or has in brackets at its end: “City of Saint Paul (J-7KQ4MX-2)”."""
    candidate = text.rsplit("(", 1)[-1].rstrip(") ")
    try:
        return parse(candidate) if candidate[:1].upper() == prefix and re.fullmatch(SHAPE, candidate) else ""
    except MistypedId:
        return ""


def _add_translations(known: dict[str, Option], rows: Iterable[Option]) -> None:
    """Add the names that these have in other languages, if nothing else has that name."""
    for row in rows:
        for name in in_each_language(partial(term_name, row)):
            known.setdefault(normalize_heading(name), row)


def _one_of(known: dict[str, Option], text: str) -> Option:
    found = known.get(normalize_heading(text))
    if found is None:
        chosen = [one for one in known.values() if not getattr(one, "is_retired", False)]
        labels: list[str] = sorted({str(getattr(one, "label", one)) for one in chosen})
        listed = [*map(StoredText, labels[:12]), *(["…"] if len(labels) > 12 else [])]
        words = _("“%(text)s” isn’t one of the options. Enter one of these: %(options)s.")
        raise InvalidCell(StoredText(words, text=_cut(text), options=StoredText.join(listed, ", ")), code=NO_OPTION)
    return found


# How cells are read, by the name in `Field.reads`: (field, cell, lookup) → value. Each raises InvalidCell.


def _text(field: Field, cell: Cell, lookup: RecordLookup) -> str:
    return text_of(cell)


def _id(field: Field, cell: Cell, lookup: RecordLookup) -> str:
    text = text_of(cell)
    try:
        public_id = parse(text)
    except MistypedId:
        words = _("“%(text)s” isn’t an ID. Copy it from the page of the record, or leave the cell empty.")
        raise InvalidCell(StoredText(words, text=_cut(text))) from None
    if public_id[0] != field.of:
        words = _("“%(text)s” is the ID of another kind of record. Here it starts with %(prefix)s.")
        raise InvalidCell(StoredText(words, text=_cut(text), prefix=field.of))
    return public_id


def _choice(field: Field, cell: Cell, lookup: RecordLookup) -> str:
    return _chosen(field, text_of(cell))


def _chosen(field: Field, text: str) -> str:
    known = {normalize_heading(name): _Choice(key, label) for key, label in field.of for name in (str(key), label)}
    labels = dict(field.of)
    known = {text: _Choice(key, labels[key]) for text, key in field.same} | known
    if normalize_heading(text) not in known:
        for key, label in field.of:
            for name in in_each_language(partial(str, label)):
                known.setdefault(normalize_heading(name), _Choice(key, label))
    return _one_of(known, text).key


class _Choice:
    def __init__(self, key: str, label: Text) -> None:
        self.key, self.label = key, label


def _find_words(cell: Cell, find: Callable) -> list:
    """The parts of a list, each as `find` knows it. Commas, slashes and “&” also separate parts if a part isn't found
    whole. Raises InvalidCell.
    """

    def found_or_pieces(part: str) -> list:
        pieces = pieces_of(part)
        try:
            return [find(part)]
        except InvalidCell:
            if pieces in ([], [part]):
                raise
            return _find_each(pieces, lambda piece: [find(piece)])

    return list(dict.fromkeys(_find_each(parts_of(text_of(cell)), found_or_pieces)))


def _find_each(parts: Iterable[str], find: Callable[[str], list]) -> list:
    """What `find` returns for all parts. Raises one InvalidCell for all parts that it can't find."""
    found: list = []
    wrong: list[InvalidCell] = []
    for part in parts:
        try:
            found += find(part)
        except InvalidCell as problem:
            wrong += [InvalidCell(one.words, one.text or part, code=one.code) for one in problem.each]
    if wrong:
        raise InvalidCell(StoredText.join([one.words for one in wrong], " "), each=wrong)
    return found


def _choices(field: Field, cell: Cell, lookup: RecordLookup) -> list[str]:
    return _find_words(cell, lambda text: _chosen(field, text))


def _term(field: Field, cell: Cell, lookup: RecordLookup) -> Term:
    return lookup.term(field.of, text_of(cell))


def _terms(field: Field, cell: Cell, lookup: RecordLookup) -> list[Term]:
    return _find_words(cell, lambda text: lookup.term(field.of, text))


def _issues(field: Field, cell: Cell, lookup: RecordLookup) -> list[IssueArea]:
    return _find_words(cell, lookup.issue)


def _body(field: Field, cell: Cell, lookup: RecordLookup) -> Body:
    return lookup.body(field.of, text_of(cell))


def _bodies(field: Field, cell: Cell, lookup: RecordLookup) -> list[Body]:
    return _find_each(parts_of(text_of(cell)), lambda text: [lookup.body(field.of, text)])


def _is_yes(field: Field, cell: Cell, lookup: RecordLookup) -> bool:
    text = text_of(cell).lower()
    if text not in _YES + _NO:
        raise InvalidCell(StoredText(_("Enter yes or no instead of “%(text)s”."), text=_cut(text)))
    return text in _YES


def _date(field: Field, cell: Cell, lookup: RecordLookup) -> date:
    day = _day(cell, lookup)
    try:
        require_year(day)
    except ValidationError as problem:
        raise InvalidCell(StoredText.of_error(problem.error_list[0])) from None
    return day


def _day(cell: Cell, lookup: RecordLookup) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if re.fullmatch(r"\d{4}", text):
        words = _("%(year)s is only a year. Enter a full date, such as %(year)s-06-30.")
        raise InvalidCell(StoredText(words, year=text))
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        serial = int(float(text))
        if not _FIRST_SERIAL <= serial <= _LAST_SERIAL:
            raise InvalidCell(StoredText(_("“%(text)s” isn’t a date. Enter it like 2026-06-30."), text=_cut(text)))
        day = _EPOCHS[lookup.starts_1904] + timedelta(days=serial)
        words = _("%(text)s is how spreadsheets store dates. We read it as %(date)s.")
        lookup.remark(StoredText(words, text=text, date=_date_words(day)))
        return day
    plain = _plain_date(text)
    for way in _WRITTEN:
        try:
            day = datetime.strptime(plain, way).date()
        except ValueError:
            continue
        if way.endswith("%y"):
            lookup.remark(StoredText(_("We read %(text)s as %(date)s."), text=text, date=_date_words(day)))
        return day
    words = _("We can’t tell which date “%(text)s” is. Enter year, month and day, like 2026-06-30.")
    raise InvalidCell(StoredText(words, text=_cut(text)))


def _date_words(day: date) -> StoredText:
    month = StoredText(f"{day:%B}")  # which Django translates
    return StoredText(_("%(month)s %(day)s, %(year)s"), month=month, day=day.day, year=day.year)


_WITH_TIME = re.compile(r"(.+?)(?: at |[ T,])+(\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]\.?m\.?)?)", re.IGNORECASE)


def _moment(field: Field, cell: Cell, lookup: RecordLookup) -> date:
    """A date, with its time if the cell has one: then it's a datetime without a time zone."""
    if isinstance(cell, datetime) and cell.time() != time():
        return datetime.combine(_date(field, cell, lookup), cell.time())
    if not isinstance(cell, date) and (found := _WITH_TIME.fullmatch(text_of(cell))):
        day, clock = _date(field, found[1], lookup), _clock(field, found[2], lookup)
        return datetime.combine(day, clock) if clock != time() else day
    return _date(field, cell, lookup)


def _clock(field: Field, cell: Cell, lookup: RecordLookup) -> time:
    if isinstance(cell, time):
        return cell
    if isinstance(cell, datetime):
        return cell.time()
    text = text_of(cell)
    plain = re.sub(r"\.\d+$", "", text.replace(" ", "").upper())
    plain = plain.replace("A.M.", "AM").replace("P.M.", "PM")
    for way in ("%H:%M", "%H:%M:%S", "%I:%M%p", "%I:%M:%S%p", "%I%p"):
        try:
            return datetime.strptime(plain, way).time().replace(second=0)
        except ValueError:
            continue
    words = _("We can’t tell which time “%(text)s” is. Enter hours and minutes, like 14:30 or 2:30 PM.")
    raise InvalidCell(StoredText(words, text=_cut(text)))


def _plain_date(text: str) -> str:
    """A date without what people add to it: midnight, the day of the week, “th”, the period after a month."""
    text = re.sub(r"[ T](00|0|12):00(:00(\.0+)?)?( ?AM)?$", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^(mon|tues?|wed|wednes|thur?s?|fri|sat|satur|sun)(day)?[.,]* ", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\bsept\b", "Sep", text, flags=re.IGNORECASE)
    return re.sub(r"(?<=[A-Za-z])\.", "", text)


def _emails(field: Field, cell: Cell, lookup: RecordLookup) -> list[str]:
    """All email addresses in a cell, or its text if there is none."""
    text = re.sub(r"(?i)mailto:", "", text_of(cell))
    found = list(dict.fromkeys(one.strip(".'\"“”‘’") for one in _EMAIL.findall(text)))
    return found or [text]


def _phone(field: Field, cell: Cell, lookup: RecordLookup) -> list[str]:
    """The phone numbers in a cell: one, or several if together they are too long for one."""
    text = " ".join(text_of(cell).split())
    if re.fullmatch(r"\d{10}", text):
        text = f"{text[:3]}-{text[3:6]}-{text[6:]}"
    if len(text) <= LONGEST_PHONE:
        return [text]
    return [part for part in (part.strip() for part in re.split(r"[;/,|]| or ", text)) if part]


def _zip(field: Field, cell: Cell, lookup: RecordLookup) -> str:
    text = text_of(cell)
    if re.fullmatch(r"\d{3,4}", text):
        words = _("We read %(text)s as %(zip)s, because spreadsheets drop a leading zero.")
        lookup.remark(StoredText(words, text=text, zip=text.zfill(5)))
        return text.zfill(5)
    return text


def _role(field: Field, cell: Cell, lookup: RecordLookup) -> Term | str:
    """A role of contacts, or the title as it is written if it's none of them."""
    try:
        return lookup.term(field.of, text_of(cell))
    except InvalidCell:
        return text_of(cell)


def _ein(field: Field, cell: Cell, lookup: RecordLookup) -> str:
    text = text_of(cell)
    if re.search(r"\d[eE]\+?\d", text):
        raise InvalidCell(
            _("The spreadsheet shortened this number. Format the column as text, then enter all nine digits.")
        )
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"\d{7,8}", digits):
        full = digits.zfill(9)
        words = _(
            "An EIN has nine digits, and this one has %(number)s. Spreadsheets drop a leading zero. Is it %(ein)s? Enter it "
            "as text."
        )
        raise InvalidCell(StoredText(words, number=len(digits), ein=f"{full[:2]}-{full[2:]}"))
    return _identifier("ein", text)


def _uei(field: Field, cell: Cell, lookup: RecordLookup) -> str:
    return _identifier("uei", text_of(cell))


def _identifier(scheme: str, text: str) -> str:
    spelling = standard_spelling(scheme, text)
    if spelling is None:
        raise InvalidCell(StoredText(WRONG_SPELLING[scheme], text=_cut(text)))
    return spelling


READERS: dict[str, Callable[[Field, Any, RecordLookup], Any]] = {
    "text": _text, "id": _id, "choice": _choice, "choices": _choices, "term": _term, "terms": _terms, "issues": _issues,
    "body": _body, "bodies": _bodies, "yes": _is_yes, "date": _date, "ein": _ein, "uei": _uei, "parent": _text,
    "emails": _emails, "phone": _phone, "zip": _zip, "role": _role, "moment": _moment, "clock": _clock,
}  # fmt: skip


def read(field: Field, cell: Cell, lookup: RecordLookup) -> Any:
    """The value of a cell that isn't empty. Raises InvalidCell."""
    return READERS[field.reads](field, cell, lookup)


def words_of(field: Field, value: Any) -> str:
    """A value of this field as text, from a file or a record. What we translate in it is a StoredText."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, (list, tuple, set)):
        return StoredText.join(sorted(words_of(field, one) for one in value))
    if isinstance(value, bool):
        return StoredText(_("Yes") if value else _("No"))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    if field.reads in ("choice", "choices"):
        return StoredText(str(dict(field.of).get(value, value)))
    return StoredText(str(value)) if isinstance(value, (Term, IssueArea)) and str(value) in NAMES else str(value)
