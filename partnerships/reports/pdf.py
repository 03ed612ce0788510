"""A report as a tagged PDF, from the same template as its page.

A child process creates it, so pages are served in the meantime and its memory is released.
"""

import subprocess  # nosec
import sys

from django.template.loader import render_to_string

from partnerships.core.stored_texts import all_shown
from partnerships.reports import writer as report_writer
from partnerships.reports.models import Report
from partnerships.reports.writer import LACKING, OURS

MOST_SECONDS = 600


class PdfNotRendered(Exception):
    """The message is from the child process."""


def pdf_of(report: Report) -> bytes | None:
    """The PDF of a report with content; None on a computer that can't create one. Raises PdfNotRendered."""
    return render_in_child(
        render_to_string("reports/pdf.html", {"report": report, "content": all_shown(report.content), "ours": OURS})
    )


def render_in_child(page: str) -> bytes | None:
    command = [sys.executable, report_writer.__file__]
    try:
        done = subprocess.run(  # noqa: S603  # nosec
            command, input=page.encode(), capture_output=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise PdfNotRendered(f"Not finished within {MOST_SECONDS} seconds.") from None
    if done.returncode == LACKING:
        return None
    if done.returncode:
        raise PdfNotRendered(done.stderr.decode(errors="replace")[-500:])
    return done.stdout
