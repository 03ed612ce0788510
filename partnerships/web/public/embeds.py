"""Dashboards for frames on other sites.

They have no session, cookies, scripts or forms, so a click there can't do anything as a signed-in person. These are the
only responses that other sites may frame.
"""

from functools import wraps
from hashlib import blake2b

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from partnerships.accounts.queries import frame_facts
from partnerships.core.errors import MergedInto
from partnerships.directory import label_overrides
from partnerships.web.frame import errors, page_language
from partnerships.web.public.dashboards import address, of_area, of_place, shown, words_of


def framed(view):
    """Decorator for a view that returns (jurisdiction, issue area) or a response.

    The result, including errors, is the same for everyone. Templates don't get the request, since context processors
    would read the session.
    """

    @wraps(view)
    @xframe_options_exempt
    @csp_replace({"frame-ancestors": ["*"]} | {key: ["'none'"] for key in ("script-src", "connect-src", "form-action")})
    def answer(request, *args, **kwargs):
        try:
            found = view(request, *args, **kwargs)
        except MergedInto:
            raise
        except Exception as problem:
            if (refusal := errors.refusal_of(problem)) is None:
                raise
            response = HttpResponse(
                render_to_string("public/dashboard/refused.html", {"refusal": refusal}), status=refusal.status
            )
            response["Cache-Control"] = "no-store"
        else:
            response = found if isinstance(found, HttpResponse) else _render_embed(request, *found)
        # A page with Cross-Origin-Embedder-Policy only shows frames that have these headers too.
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response

    return page_language.english_only(require_safe(answer))  # unless the URL names another language


def _render_embed(request, place, area):
    has_sample, version = frame_facts()
    label_overrides.reload_if_changed(version)
    with words_of(place), translation.override(page_language.chosen(request) or settings.LANGUAGE_CODE):
        body = render_to_string("public/dashboard/embed.html", shown(place, area) | {"has_sample": has_sample}).encode()
    etag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    response = HttpResponse(body, headers={"ETag": etag, "Cache-Control": "no-cache"})
    return get_conditional_response(request, etag=etag, response=response)


@framed
def of_jurisdiction(request, public_id):
    return of_place(request, public_id)


@framed
def of_issue_area(request, key):
    area = of_area(request, key)
    return (None, area) if area.key == key else redirect(address(None, area, "embed"))
