"""Every parser of outside text: how to call it, its errors, a small valid input, and its worst inputs."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

from tests.hostile import mails, texts, workbooks


@dataclass(frozen=True)
class Parser:
    """`load` returns (function, the exceptions of a refusal), once Django is set up. `needs_rows`: it queries the database."""

    load: Callable
    inputs: dict = field(default_factory=lambda: texts.INPUTS)
    small: tuple = ("a",)
    needs_rows: bool = False


def _mail():
    from partnerships.mail import incoming

    return incoming.read, (incoming.Malformed,)


def _load_function(path, *refusals, **more):
    """Load a function by its path, like “core.text:clean”."""

    def load():
        from importlib import import_module

        module, _, name = path.partition(":")
        found = getattr(import_module(f"partnerships.{module}"), name)
        return (lambda text: found(text, **more)), (ValueError, *refusals)

    return load


def _pieces(function):
    """Load a function of this module. It does its own imports."""
    return lambda: (function, (ValueError,))


def _why(text):
    from partnerships.core.search import Query
    from partnerships.core.search_snippets import snippet

    words = ("park", "rent", "housing", "table", "food", "a", "one", "inc")
    return snippet(Query("", words, words), [("About", text)])


def _names_alike(text):
    from partnerships.directory.name_similarity import name_similarity

    return name_similarity(text, "Housing table of Saint Paul, doing business as Hope")


def _period(text):
    from partnerships.measurement import periods

    for kind in periods.LENGTHS:
        with contextlib.suppress(ValueError):
            periods.parse(text, kind)


def _cell(reads):
    def parse(text):
        from partnerships.records.imports import cells

        lookup = SimpleNamespace(starts_1904=False, remark=lambda words: None)
        try:
            return cells.READERS[reads](SimpleNamespace(of="J"), text, lookup)
        except cells.InvalidCell:
            return None

    return parse


def _counts_in(text):
    from decimal import Decimal

    from partnerships.measurement.text_disclosure import counts_in

    return counts_in(text, {Decimal(3), Decimal(4)})


def _reply(text):
    from partnerships.mail.transport import plain_reply

    return plain_reply(550, text.encode())


def _log(text):
    import logging

    from equity.logs import RedactingFormatter

    return RedactingFormatter("%(message)s").format(logging.LogRecord("a", 30, "a", 1, text, (), None))


def _cursor(text):
    from partnerships.core.listing import _read_cursor

    return _read_cursor(text, "name")


def _link(text):
    from partnerships.notifications import links

    for purpose in (links.MEETING, links.CHECK_IN, links.EMAILS, links.ROUND, links.SEAT, links.PEOPLE):
        with contextlib.suppress(links.NotFound):
            links.read(purpose, text)


def _token(text):
    from partnerships.accounts.token_queries import SHAPE

    return SHAPE.fullmatch(text)


def _draft(text):
    from partnerships.records import drafts

    return drafts._NOT_KEPT.fullmatch(text), drafts._PAGE.match(text)


def _parameter(text):
    from partnerships.core.filters import TRACKING

    return TRACKING.match(text)


def _pasted(text):
    from partnerships.measurement.choices import Unit
    from partnerships.measurement.pasted_tables import read_table

    measure = SimpleNamespace(
        unit=Unit.PEOPLE if hasattr(Unit, "PEOPLE") else next(iter(Unit)), period="year", fiscal_month=1
    )
    measure.get_unit_display = lambda: "People"
    return read_table(measure, [], text)


def _body(text):
    from io import BytesIO

    from partnerships.api import errors, parsers

    try:
        return parsers.JSONParser().parse(BytesIO(text.encode()))
    except errors.Problem as problem:
        raise ValueError(problem.code) from None


def _json():
    from rest_framework.exceptions import ParseError

    return _body, (ValueError, ParseError)


def _domain(text):
    from partnerships.directory.domains import own_domain

    return own_domain(text, "https://example.org")


def _carried(text):
    from partnerships.web.measures.forms.plan import parse_table

    return parse_table(text)


def _settings(text):
    from partnerships.web.account.forms.retention import RetentionForm

    form = RetentionForm.__new__(RetentionForm)
    form.cleaned_data = {"seen": text}
    return form.was()


def _text_of_claim(text):
    from partnerships.accounts.uploads import accept

    return accept("words.txt", text.encode())


def _table(content):
    from partnerships.core import table_files, tables

    return table_files.read(content, lambda heading: tables.normalize_heading(heading) in ("name", "ein"))


def _hsds(text):
    from partnerships.records.imports import hsds

    return hsds.as_csv(text.encode())


PARSERS = {
    "mail": Parser(_mail, mails.INPUTS, (mails.feedback(),)),
    "CSV": Parser(_pieces(_table), workbooks.CSVS, (b"Name,EIN\nx,1\n",)),
    "XLSX": Parser(_pieces(_table), workbooks.WORKBOOKS | workbooks.REFUSED | workbooks.READ, (workbooks.book(),)),
    "HSDS": Parser(_pieces(_hsds), texts.JSONS | texts.ORGANIZATIONS, ('{"name": "a"}',)),
    "typed line": Parser(_load_function("core.text:clean")),
    "typed text": Parser(_load_function("core.text:clean", lines=True)),
    "text without links": Parser(_load_function("core.text:without_links")),
    "text without addresses": Parser(_load_function("core.text:without_addresses")),
    "folded words": Parser(_load_function("core.text:fold_words")),
    "words of search": Parser(_load_function("core.search_words:split_words")),
    "short forms": Parser(_load_function("core.search_words:short_forms")),
    "why it was found": Parser(_pieces(_why)),
    "names": Parser(_load_function("directory.name_words:names_in")),
    "words of a name": Parser(_load_function("directory.name_words:words_of")),
    "likeness of names": Parser(_pieces(_names_alike)),
    "other names": Parser(_load_function("directory.matching:names_of_line")),
    "phone": Parser(_load_function("directory.matching:phone_of")),
    "domain": Parser(_pieces(_domain)),
    "id": Parser(_load_function("core.ids:parse")),
    "address of a record": Parser(_load_function("core.ids:with_public_id", public_id="M-000000-1")),
    "id in a cell": Parser(_load_function("records.imports.cells:id_in", prefix="M")),
    "parts of a cell": Parser(_load_function("records.imports.cells:parts_of")),
    **{f"cell of {reads}": Parser(_pieces(_cell(reads))) for reads in ("text", "date", "ein", "uei", "yes")},
    "heading": Parser(_load_function("core.tables:normalize_heading")),
    "number": Parser(_load_function("measurement.point_checks:read_number")),
    "period": Parser(_pieces(_period)),
    "counts in a text": Parser(_pieces(_counts_in)),
    "pasted table": Parser(_pieces(_pasted)),
    "table that a page carries": Parser(_pieces(_carried)),
    "settings that a page carries": Parser(_pieces(_settings)),
    "partnership in a line": Parser(_load_function("web.measures.forms.results:_id_in")),
    "answer of a mail server": Parser(_pieces(_reply)),
    "line of the log": Parser(_pieces(_log)),
    "cursor": Parser(_pieces(_cursor)),
    "personal link": Parser(_pieces(_link)),
    "sync token": Parser(_load_function("core.stamps:read_token", newest=1)),
    "API token": Parser(_pieces(_token)),
    "draft": Parser(_pieces(_draft)),
    "parameter": Parser(_pieces(_parameter)),
    "text that comes with a claim": Parser(_pieces(_text_of_claim)),
    "body of the API": Parser(_json, texts.INPUTS | texts.JSONS, ('{"title": "a"}',)),
    "address of a mailbox": Parser(_load_function("mail.message:plain_address")),
}
