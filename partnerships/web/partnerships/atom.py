"""Atom feeds (RFC 4287) of the public lists: what was published or changed last, for feed readers.

A feed takes the filters of its list and is the same for all readers: what an anonymous visitor sees.
"""

from datetime import UTC, datetime
from hashlib import blake2b

from django.conf import settings
from django.http import HttpResponse
from django.template.defaultfilters import linebreaks_filter
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from partnerships.core.exports import COLUMNS
from partnerships.core.filters import TRACKING
from partnerships.measurement.exports import RESULTS
from partnerships.registry import document_queries
from partnerships.registry.exports import PARTNERSHIPS
from partnerships.web.components.partnerships import current_parties
from partnerships.web.frame import page_language
from partnerships.web.frame.words import label

ENTRIES = 30
SITE = "Partnership Registry"
# Parameters of a list that say nothing about which records are in it.
_NOT_IN_FEEDS = ("ordering", "cursor", COLUMNS)
_EMPTY_SINCE = datetime(2000, 1, 1, tzinfo=UTC)  # a feed needs a date, and one without entries has no other


class _Feed(Atom1Feed):
    def latest_post_date(self):
        return super().latest_post_date() if self.items else _EMPTY_SINCE


@page_language.english_only
@require_safe
def partnerships(request):
    params = _filters(request)
    rows = _latest(PARTNERSHIPS, params).page(ENTRIES, *document_queries.DOCUMENT_COLUMNS, "published_at").rows
    documents = document_queries.documents(None, rows, brief=True)
    published = [row[-1] for row in rows]
    return _answer(request, params, "Partnerships", "partnerships", map(_of_partnership, documents, published))


@page_language.english_only
@require_safe
def results(request):
    params = _filters(request)
    rows = _latest(RESULTS, params).page(ENTRIES).rows
    return _answer(request, params, "Results", "results", map(_of_result, rows))


def _filters(request):
    params = request.GET.copy()
    for name in list(params):
        if name in _NOT_IN_FEEDS or TRACKING.match(name):
            del params[name]
    return params


def _latest(sheet, filters):
    params = filters.copy()
    params["ordering"] = "-updated"
    return sheet.listing(None, params)


def _of_partnership(document, published_at) -> dict:
    names = [party["name"] for party in current_parties(document)]
    return _entry(
        path=reverse("partnership", args=[document["id"]]),
        title=document["title"],
        author=document["lead"]["name"],
        lines=[
            ("Type", label(document["kind"], "kind")),
            ("Status", label(document["status"], "status")),
            ("Lead agency", document["lead"]["name"]),
            ("Partners", ", ".join(names)),
        ],
        text=document["summary"],
        areas=[label(key, "issue") for key in document["issue_areas"]],
        is_illustration=document["is_illustration"],
        updated_at=datetime.fromisoformat(document["updated_at"]),
        published_at=published_at,
    )


def _of_result(result) -> dict:
    return _entry(
        path=result.get_absolute_url(),
        title=result.title,
        author=str(result.lead),
        lines=[("Population", result.population), ("Office", str(result.lead))],
        text=result.detail,
        areas=[area.name for area in result.issue_areas.all()],
        is_illustration=result.is_illustration,
        updated_at=result.updated_at,
    )


def _entry(*, path, title, author, lines, text, areas, is_illustration, updated_at, published_at=None) -> dict:
    """The arguments of feedgenerator's `add_item`. The address of a record is its id, since it never changes."""
    lines = [("Illustration", "made up to show how a page works"), *lines] if is_illustration else lines
    facts = format_html_join("", "<li>{}: {}</li>", [line for line in lines if line[1]])
    return {
        "unique_id": settings.BASE_URL + path,
        "link": settings.BASE_URL + path,
        "title": title,
        "author_name": author,
        "description": format_html("<ul>{}</ul>{}", facts, linebreaks_filter(text)),
        "categories": areas,
        "pubdate": published_at,
        "updateddate": updated_at,
    }


def _answer(request, params, title, page, entries):
    own = settings.BASE_URL + request.path + (f"?{params.urlencode()}" if params else "")
    title = f"{title} that match your filters" if params else title
    feed = _Feed(
        title=f"{title}, {SITE}",
        link=settings.BASE_URL + reverse(page),
        description="",
        language="en-US",
        author_name=SITE,
        feed_url=own,
        feed_guid=own,
    )
    for entry in entries:
        feed.add_item(**entry)
    text = feed.writeString("utf-8").encode()
    etag = f'"{blake2b(text, digest_size=16).hexdigest()}"'
    response = HttpResponse(text, content_type=feed.content_type, headers={"ETag": etag, "Cache-Control": "no-cache"})
    return get_conditional_response(request, etag=etag, response=response)
