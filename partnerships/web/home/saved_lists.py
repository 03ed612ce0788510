"""Saved lists: save the current list, show all of a person's lists, rename one, remove one."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts import queries
from partnerships.accounts.rules import may_write_saved_list
from partnerships.accounts.saved_lists import TAKEN, remove_list, rename_list, save_list
from partnerships.core.access import belongs_somewhere, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.records.list_files import SHEETS, files_of
from partnerships.web.assessment import portfolios
from partnerships.web.frame.editing import add_errors, redirect_after_save, seen_now, signed_in, status_of
from partnerships.web.frame.lists.parameters import page_of_saved, saved_parameters
from partnerships.web.frame.nouns import LISTS
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.home.forms import RemoveForm, RenameForm, SavedListForm

FOR_MEMBERS = {"actions", "rounds"}  # lists for people with a membership


def _listing(request, key):
    """The list for this key and these parameters, which raises the same errors as its page.

    Raises NotFound for an unknown key.
    """
    if key == "rounds":
        return portfolios.parse_request(request)[-1].listing
    if key not in SHEETS:
        raise NotFound
    return SHEETS[key].listing(request.user, request.GET)


@never_cache
@require_safe
@signed_in
def saved_lists(request):
    rows = [
        {
            "saved": row,
            "url": page_of_saved(row),
            "title": LISTS[row.list],
            "may_write": may_write_saved_list(request.user, row),
        }
        for row in queries.saved_lists(request.user)
    ]
    files = [(file, LISTS[file.list]) for file in files_of(request.user)]
    context = {
        "rows": rows,
        "files": files,
        "lists": _lists_of(request.user),
        "crumbs": _crumbs()[:1],
    }
    return render(request, "lists/saved.html", context)


def _lists_of(person):
    """(title, URL) of the lists that the person may open and save."""
    keys = LISTS if belongs_somewhere(person) else LISTS.keys() - FOR_MEMBERS
    return [(LISTS[key], reverse(key)) for key in LISTS if key in keys]


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def new(request, key):
    listing = _listing(request, key)
    form = SavedListForm(posted_data(request), offices=queries.offices_written_by(request.user))
    if form.is_bound and form.is_valid():
        try:
            made = save_list(by=request.user, key=key, query=saved_parameters(request.GET), **form.chosen)
        except ValidationError as problem:
            add_errors(problem, form)
            if form.has_error("name", TAKEN):
                form.offer_to_replace()
        else:
            words = gettext("We saved this list as “%(name)s”.") % {"name": made.name}
            return redirect_after_save(request, words, page_of_saved(made))
    query = request.GET.urlencode()
    context = {
        "form": form,
        "title": LISTS[key],
        "what": _size_words(LISTS[key], listing),
        "back": reverse(key) + (f"?{query}" if query else ""),
        "crumbs": [(LISTS[key], reverse(key))],
    }
    return render(request, "lists/new.html", context, status=status_of(form))


def _size_words(title, listing) -> str:
    """What would be saved: “Partnerships: 12 rows today, with 1 filter.” A search counts as a filter."""
    total, is_more = listing.total()
    rows = ngettext("%(number)s row", "%(number)s rows", total) % {"number": f"{total:,}{'+' if is_more else ''}"}
    filters = len(listing.filters.in_use) + (listing.query is not None)
    if not filters:
        return gettext("%(list)s: %(rows)s today, without a filter.") % {"list": title, "rows": rows}
    words = ngettext(
        "%(list)s: %(rows)s today, with %(filters)s filter.",
        "%(list)s: %(rows)s today, with %(filters)s filters.",
        filters,
    )
    return words % {"list": title, "rows": rows, "filters": filters}


@never_cache
@require_http_methods(["GET", "POST"])
def rename(request, pk):
    one = queries.saved_list(request.user, pk)
    form = RenameForm(posted_data(request), initial={"name": one.name, "was": one.name})

    def act(data):
        rename_list(by=request.user, saved=one, **data)
        return gettext("We renamed the list.")

    text = _owner_words(one)
    title = gettext("Rename “%(name)s”") % {"name": one.name}
    return _step(request, one, form, act, title, text, gettext("Save name"))


@never_cache
@require_http_methods(["GET", "POST"])
def remove(request, pk):
    one = queries.saved_list(request.user, pk)
    form = RemoveForm(posted_data(request), initial={"was": one.name})

    def act(data):
        remove_list(by=request.user, saved=one, **data)
        return gettext("“%(name)s” was removed.") % {"name": one.name}

    stays = gettext("Only the saved list is removed. Its records stay, and links to it still work.")
    title, text = gettext("Remove “%(name)s”?") % {"name": one.name}, f"{_owner_words(one)} {stays}"
    return _step(request, one, form, act, title, text, gettext("Remove list"))


def _owner_words(one):
    if one.jurisdiction:
        return gettext("Everyone at %(office)s sees this list.") % {"office": one.jurisdiction}
    return gettext("Only you see this list.")


def _step(request, one, form, act, title, text, button):
    require(may_write_saved_list(request.user, one))
    to = reverse("account_lists")

    def page(_):
        return Step(title=title, text=text, button=button, back=to, crumbs=_crumbs())

    def refused():
        seen_now(form, was=queries.saved_list(request.user, one.pk).name)

    return take_step(request, form, act, page, to=to, refused=refused)


def _crumbs():
    return [(gettext("Your account"), reverse("account")), (gettext("Saved lists"), reverse("account_lists"))]
