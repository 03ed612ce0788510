"""For bench/figures/qa28.py: every hostile file, uploaded in each way that people have."""

from django.core.exceptions import ValidationError

from partnerships.accounts import uploads
from partnerships.core import table_files, tables
from tests.hostile import files, stored_file_checks, workbooks


def _known(heading):
    return tables.normalize_heading(heading) in ("name", "ein")


def figure():
    refused = cleaned = 0
    wrong = []
    for title, make in workbooks.REFUSED.items():
        refusal = _refusal(lambda make=make: table_files.read(make(), _known))
        refused += refusal is not None
        wrong += [] if refusal and refusal.endswith(".") else [f"table, {title}: read"]
    for title, make in workbooks.READ.items():
        headings = table_files.read(make(), _known).headings
        cleaned += headings == ["Name", "EIN"]
        wrong += [] if headings == ["Name", "EIN"] else [f"table, {title}: {headings}"]
    for title, make in (files.PDFS_REFUSED | files.IMAGES_REFUSED).items():
        refusal = _refusal(lambda make=make: uploads.accept("file", make()))
        refused += refusal is not None
        wrong += [] if refusal and refusal.endswith(".") else [f"file, {title}: kept"]
    for title, make in (files.PDFS_CLEANED | files.IMAGES_CLEANED).items():
        _, kind, kept = uploads.accept("file", make())
        faults = stored_file_checks.faults(kind, kept, files.shown_in(title) if kind == uploads.PDF else "")
        cleaned += not faults
        wrong += [f"file, {title}: {refusal}" for refusal in faults]
    tried = sum(
        map(
            len,
            (
                workbooks.REFUSED,
                workbooks.READ,
                files.PDFS_REFUSED,
                files.IMAGES_REFUSED,
                files.PDFS_CLEANED,
                files.IMAGES_CLEANED,
            ),
        )
    )
    return {"tried": tried, "refused": refused, "cleaned": cleaned, "wrong": wrong}


def _refusal(act) -> str | None:
    """Return the error message of a refusal, or None if the file is accepted."""
    try:
        act()
    except ValidationError as problem:
        return problem.messages[0]
    return None
