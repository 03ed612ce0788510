"""Who works on which result of a partnership: a table that highlights what to discuss, and the same as a file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partnerships.core.cells import escape_formula
from partnerships.core.workbooks import CONTENT_TYPE, workbook
from partnerships.measurement import activity_queries as queries
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_plan
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame import page_language
from partnerships.web.frame.csv import download
from partnerships.web.frame.words import label
from partnerships.web.partnerships.activities import party_words, row_of


@require_safe
def page(request, public_id):
    record = registry.partnership(request.user, public_id)
    found_matrix, seats, works = queries.matrix_of(request.user, record)
    back = partnership_url(record, "results")
    parties = {seat.pk: party_words(seat) for seat in seats}
    context = {
        "record": record,
        "table": found_matrix,
        "rows": [
            {
                "party": parties[seat.key],
                "is_empty": seat.key in found_matrix.empty_seats,
                "cells": list(zip(found_matrix.goals, cells, strict=True)),
            }
            for seat, cells in found_matrix.rows
        ],
        "works": [row_of(one) for one in works],
        "may_plan": may_plan(request.user, record),
        "back": back,
        "crumbs": crumbs_to_partnership(record, back),
    }
    return render(request, "partnerships/matrix.html", context)


@page_language.english_only
@require_safe
def file(request, public_id, ending):
    """The table as CSV or XLSX, with a row per party and a column per result."""
    record = registry.partnership(request.user, public_id)
    found_matrix, _, _ = queries.matrix_of(request.user, record)
    columns = ["party", "side", *(escape_formula(goal.title) for goal in found_matrix.goals)]
    rows = ([seat.name, label(seat.side, "side"), *(cell.words for cell in cells)] for seat, cells in found_matrix.rows)
    name = f"who-works-on-what-{record.public_id}.{ending}"
    if ending == "csv":
        return download(name, columns, rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(workbook("Who works on what", columns, rows), content_type=CONTENT_TYPE, headers=headers)
