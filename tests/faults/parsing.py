"""Escaping and parsing of text that people typed or sent."""

from tests.faults import Fault

KIND = "parsing"
FAULTS = [
    Fault(
        KIND,
        "spreadsheets run cells that begin with @",
        '_FORMULA_STARTS = ("=", "+", "-", "\\u2212", "@",',
        '_FORMULA_STARTS = ("=", "+", "-", "\\u2212",',
        ("tests/core/test_cells.py::test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe",),
    ),
    Fault(
        KIND,
        "a workbook with a document type is read",
        "parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse",
        "parser.ExternalEntityRefHandler = refuse",
        ("tests/core/test_table_files.py::test_a_workbook_that_declares_entities_is_refused_even_where_it_uses_none",),
    ),
    Fault(
        KIND,
        "a subject of several lines adds headers to an email",
        'Header(" ".join(mail.subject.split()), header_name="Subject")',
        'Header(mail.subject, header_name="Subject")',
        ("tests/notifications/test_emails.py::test_no_text_can_add_a_header",),
    ),
]
