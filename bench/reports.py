"""Time, memory and number of pages of a council report on 500 partnerships: `python -m bench.reports`.

It uses the database in the settings, which is empty before and after.
"""

import io
import resource
import sys
import time

import django


def main(n=500):
    django.setup()
    from django.db import transaction
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    old = setup_databases(verbosity=0, interactive=False)
    try:
        with transaction.atomic():
            print(line(n))
    finally:
        teardown_databases(old, verbosity=0)


def line(n) -> str:
    import pypdf

    from partnerships.core.access import SYSTEM
    from partnerships.reports import actions as reports
    from partnerships.reports import content as report_content
    from partnerships.reports import work as report_work
    from tests.factories import make_issue_area, make_jurisdiction, make_organization, make_partnership, party

    office, areas = make_jurisdiction("Bench City"), [make_issue_area(f"area_{n}") for n in range(15)]
    groups = [make_organization(f"Coalition of the {n}th ward", "profiled") for n in range(100)]
    for i in range(n):
        seats = [party(groups[(i * 7 + k) % 100], "member", circle="consulted") for k in range(3)]
        make_partnership(
            f"Repair of block {i}", lead=office, issue_areas=[areas[i % 15]], parties=[party(office, "lead"), *seats]
        )
    fields = {"kind": "council", "jurisdiction": office, "title": "All of them", "eyes": "everyone"}
    definition = reports.save_report(by=SYSTEM, fields=fields)
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report_content.content_of(definition)
    content, begun = time.monotonic() - begun, time.monotonic()
    made = reports.request_report(definition=definition, by=SYSTEM)
    report_work.make_next()
    made.refresh_from_db()
    whole, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert made.state == "ready", made.problem
    assert made.pdf
    pages = len(pypdf.PdfReader(io.BytesIO(made.pdf)).pages)
    return (
        f"{n} partnerships: content {content:.1f} s, all of it {whole:.1f} s ({child.ru_utime:.1f} s of work in the child, with"
        f" {child.ru_maxrss // 1024} MB), {(after - before) // 1024} MB more here, {pages} pages, {len(made.pdf) // 1024} kB"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
