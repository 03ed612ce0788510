"""The pages where people choose the filters of a list: all of them as one form, or the options of one menu.

The Filters page is for readers without script, and for when the options of a menu can't be loaded.
"""

from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.errors import NotFound
from partnerships.web.frame.lists.filters import is_wide


def filter_paths(address: str, name: str, list_page) -> list:
    """The paths of these pages, for the list at this address whose URL has this name.

    `list_page` makes its ListPage from a request.
    """
    of = {"name": name, "list_page": list_page}
    return [
        path(f"{address}filters/", filters, of, name=f"{name}_filters"),
        path(f"{address}filters/<slug:menu>/", menu_options, of, name=f"{name}_filter_menu"),
    ]


@never_cache
@require_safe
def filters(request, name, list_page):
    page = _page_of(request, name, list_page)
    back = page.url()
    context = {
        "title": gettext("Filters: %(title)s") % {"title": page.title},
        "action": page.path,
        "hidden": page.kept_by_filters(),
        "groups": page.filters.groups(),
        "back": back,
        "crumbs": [(page.title, back)],
    }
    return render(request, "lists/filters.html", context)


@never_cache
@require_safe
def menu_options(request, name, list_page, menu):
    """The options of a menu, which lists.js puts into it."""
    groups = _page_of(request, name, list_page).filters.groups_in(menu)
    if groups is None:
        raise NotFound
    number = sum(len(group.get("options", ())) + len(group.get("fields", ())) for group in groups)
    context = {
        "groups": groups,
        "is_wide": is_wide(groups),
        "status": ngettext("%(number)s option", "%(number)s options", number) % {"number": number},
    }
    return render(request, "lists/menu_options.html", context)


def _page_of(request, name, list_page):
    page = list_page(request)
    page.path = reverse(name)
    return page
