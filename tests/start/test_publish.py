"""`manage.py publish` finds a single changed byte, and repairs any manual damage."""

from io import StringIO

import pytest
from django.core.management import call_command

from partnerships.core.models import FacetCount, Outdated
from partnerships.registry.models import Publication
from partnerships.registry.publication import mark_outdated
from tests.cached_rows import once

pytestmark = [pytest.mark.django_db, pytest.mark.unpublished_writes, pytest.mark.both]


def publish(option):
    out, code = StringIO(), 0
    try:
        call_command("publish", option, stdout=out, stderr=StringIO())
    except SystemExit as end:
        code = end.code
    return code, out.getvalue()


@pytest.mark.slow
def test_one_altered_byte_turns_the_check_red_and_all_mends_it():
    once("sample", lambda: call_command("load_sample", stdout=StringIO()))
    assert publish("--check") == (0, f"All {Publication.objects.count()} documents match a rebuild.\n")
    # A stamp that differs from all later ones: on PostgreSQL, a whole test is one transaction with one stamp.
    Publication.objects.update(stamp=1)
    right = {p.public_id: (p.body, p.stamp) for p in Publication.objects.all()}
    counts = set(FacetCount.objects.exclude(count=0).values_list("facet", "value", "count"))

    public = Publication.objects.exclude(body=None)
    mark_outdated(list(public.values_list("partnership", flat=True)[:2]))
    code, output = publish("--check")
    assert (code, output.splitlines()) == (
        0,
        [
            f"2 of {len(right)} documents are outdated and weren’t compared. A worker rewrites them, and until then pages "
            "read the records.",
            f"All {len(right) - 2} documents match a rebuild.",
        ],
    )
    Outdated.objects.all().delete()

    altered = public.first()
    Publication.objects.filter(pk=altered.pk).update(body=altered.body[:-2] + " }")
    code, output = publish("--check")
    assert (code, output.splitlines()[0]) == (1, f"{altered.public_id}: the stored document differs from a rebuild")
    gone = Publication.objects.exclude(body=None).last()
    gone.delete()
    assert publish("--check")[0] == 1

    assert publish("--all")[0] == 0
    assert publish("--check")[0] == 0
    after = {p.public_id: (p.body, p.stamp) for p in Publication.objects.all()}
    assert {pk: body for pk, (body, _) in after.items()} == {pk: body for pk, (body, _) in right.items()}
    assert {pk for pk in right if after[pk] != right[pk]} == {altered.public_id, gone.public_id}
    assert set(FacetCount.objects.exclude(count=0).values_list("facet", "value", "count")) == counts
