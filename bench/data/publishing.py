"""Stored documents in bulk: built, written and counted by the functions that publish each single change."""

from partnerships.core import clock, search
from partnerships.core.stamps import next_stamp
from partnerships.registry import publication
from partnerships.registry.document import build, search_text, write
from partnerships.registry.facets import ancestors_of, facets_of, facets_row, issue_paths
from partnerships.registry.models import Partnership

PUBLICATION = ("partnership_id", "public_id", "body", "stamp", "at")
FACETS = ("partnership_id", "facets", "lies_in", "updated_at")


def rows_of(ids, counts, words):
    """Return rows of Publication, PublicFacets and SearchEntry for these partnerships.

    Adds to the counts of facets and words.
    """
    public = set(Partnership.objects.filter(pk__in=ids, is_published=True).values_list("pk", flat=True))
    documents, stamp, at = build(ids), next_stamp(), clock.now()
    issues = issue_paths()
    ancestors = ancestors_of(documents.values(), issues)
    publications, found, entries = [], [], []
    for pk, document in sorted(documents.items()):
        is_public = pk in public
        body = write(document) if is_public else None
        publications.append((pk, document["id"], body, stamp if is_public else 0, at))
        entry = search.Entry(pk, is_public, *search_text(document, issues))
        row = search.row_of(publication.RESOURCE, entry)
        entries.append((row.resource, pk, is_public, row.title, row.names, row.body))
        if is_public:
            by = facets_row(pk, document, ancestors)
            found.append((pk, _array(by.facets), _array(by.lies_in), by.updated_at))
            counts.update(facets_of(document, ancestors))
        words.update(search.counted_words(publication.RESOURCE, row))
    return publications, found, entries


def _array(numbers):
    return f"{{{','.join(map(str, numbers))}}}"
