"""robots.txt and the sitemap, for search engines: every page of a record that everyone can see. And security.txt.

The sitemap has parts, each with the records of a kind whose primary keys are in a range, so no part grows with the table.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnerships.core import clock, record_types
from partnerships.core.errors import NotFound
from partnerships.directory import site_texts
from partnerships.web.frame import page_language

_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
GOOD_FOR = timedelta(days=180)  # RFC 9116 wants less than a year
PART = 10_000  # primary keys; a file may have 50,000 addresses
KINDS = ("partnership", "organization", "jurisdiction", "department", "result", "measure")
CLOSED = ("/by-link/", "/account/", "/sign-in/", "/search/")  # nothing there is for search engines


@page_language.english_only
@require_safe
def robots(request):
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@page_language.english_only
@require_safe
def security(request):
    """How to report a problem with the site's security (RFC 9116): the contact page, and email addresses on it."""
    addresses = dict.fromkeys(_ADDRESS.findall(site_texts.site_text("contact").text))
    contacts = [*(f"mailto:{address}" for address in addresses), settings.BASE_URL + reverse("site_contact")]
    expires = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + GOOD_FOR
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en, es"]
    lines.append(f"Canonical: {settings.BASE_URL}{reverse('security')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@page_language.english_only
@require_safe
def sitemap(request):
    """The index: the parts of each kind. The number of parts follows from the newest record that everyone can see."""
    parts = []
    for kind in KINDS:
        newest = record_types.get(kind).visible_to(None).order_by().aggregate(newest=Max("pk"))["newest"] or 0
        parts += [reverse("sitemap_part", args=[kind, n]) for n in range(-(-newest // PART))]
    return _answer(request, "public/sitemap.xml", parts)


@page_language.english_only
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
