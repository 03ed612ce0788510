"""The parameters in the address of a list."""

from functools import wraps

from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from partnerships.core.filters import LANGUAGE, TRACKING
from partnerships.web.frame import page_language


def tidy_address(view):
    """Decorate the view of a list: an address without the empty parameters that forms without script send."""

    @wraps(view)
    def tidy(request, *args, **kwargs):
        if all(value.strip() for _, values in request.GET.lists() for value in values):
            return view(request, *args, **kwargs)
        params = without_empty(request.GET)
        if language := page_language.chosen(request):
            params[LANGUAGE] = language
        query = params.urlencode()
        return redirect(request.path + (f"?{query}" if query else ""))

    return tidy


def starting_parameters(request, opens_on: dict) -> QueryDict:
    """The parameters of the request. An address without any opens on those in `opens_on`: name → list of values."""
    params = without_empty(request.GET)
    if not params:
        for name, values in opens_on.items():
            params.setlist(name, values)
    return params


def saved_parameters(params: QueryDict) -> str:
    """The parameters in the form of saved lists: sorted by name, without the pagination cursor."""
    clean = without_empty(params)
    clean.pop("cursor", None)
    ordered = QueryDict(mutable=True)
    for name in sorted(clean):
        ordered.setlist(name, clean.getlist(name))
    return ordered.urlencode()


def page_of_saved(saved) -> str:
    """The URL of a saved list: its page with its parameters."""
    return reverse(saved.list) + (f"?{saved.query}" if saved.query else "")


def without_empty(params: QueryDict) -> QueryDict:
    """The parameters without empty ones, which forms send, and without those that email programs add for tracking."""
    clean = QueryDict(mutable=True)
    for name in params:
        values = [value for value in params.getlist(name) if value.strip()]
        if values and not TRACKING.match(name):
            clean.setlist(name, values)
    return clean
