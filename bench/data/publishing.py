"""Stored documents in bulk: built, written, counted and folded by the functions that publish each single change."""

import orjson

from partnerships.core import clock, search
from partnerships.core.stamps import next_stamp
from partnerships.registry import publication
from partnerships.registry.facets import above, counted, facets_of
from partnerships.registry.models import Partnership

PUBLICATION = ("partnership_id", "public_id", "body", "facets", "stamp", "at")


def rows_of(ids, counts, words):
    """Rows of Publication and of SearchEntry for these partnerships; adds to the counts beside filters and of words."""
    public = set(Partnership.objects.filter(pk__in=ids, is_published=True).values_list("pk", flat=True))
    documents, stamp, at = publication.build(ids), next_stamp(), clock.now()
    ancestors = above(documents.values())
    publications, entries = [], []
    for pk, document in sorted(documents.items()):
        is_public, facets = pk in public, facets_of(document, ancestors)
        body = publication.write(document) if is_public else None
        publications.append((pk, document["id"], body, orjson.dumps(facets).decode(), stamp if is_public else 0, at))
        entry = search.Entry(pk, is_public, *publication.search_text(document))
        row = search.row_of(publication.RESOURCE, entry)
        entries.append((row.resource, pk, is_public, row.title, row.names, row.body))
        if is_public:
            counts.update(counted(facets))
        words.update(search.counted_words(publication.RESOURCE, row))
    return publications, entries
