"""robots.txt and the sitemap, for search engines: every page of a record that everyone can see.

The sitemap has parts, each with the records of a kind whose primary keys are in a range, so no part grows with the table.
"""

from django.conf import settings
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.core import record_types
from partnerships.core.errors import NotFound

PART = 10_000  # primary keys; a file may have 50,000 addresses
KINDS = ("partnership", "organization", "jurisdiction", "department", "result", "measure")
CLOSED = ("/by-link/", "/account/", "/sign-in/", "/search/")  # nothing there is for search engines


@require_safe
def robots(request):
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request):
    """The index: the parts of each kind. The number of parts follows from the newest record that everyone can see."""
    parts = []
    for kind in KINDS:
        newest = record_types.get(kind).visible_to(None).order_by().aggregate(newest=Max("pk"))["newest"] or 0
        parts += [reverse("sitemap_part", args=[kind, n]) for n in range(-(-newest // PART))]
    return _answer(request, "public/sitemap.xml", parts)


@require_safe
def sitemap_part(request, kind, part):
    if kind not in KINDS:
        raise NotFound
    rows = record_types.get(kind).visible_to(None).filter(pk__gt=part * PART, pk__lte=(part + 1) * PART)
    found = rows.order_by("pk").values_list("public_id", flat=True)
    urls = [reverse(kind, args=[public_id]) for public_id in found]
    if not urls:
        raise NotFound
    return _answer(request, "public/sitemap_part.xml", urls)


def _answer(request, template, paths):
    context = {"urls": [settings.BASE_URL + path for path in paths]}
    return render(request, template, context, content_type="application/xml; charset=utf-8")
