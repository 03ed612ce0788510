"""Merging two contacts of the same jurisdiction, department or organization."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.core.snapshots import get_model_field
from partnerships.directory import queries
from partnerships.directory.models import Contact
from partnerships.records import merging_contacts
from partnerships.records.privacy import may_erase_contact
from partnerships.web.components.forms.merging import ContactsForm, value_words
from partnerships.web.frame.editing import CHANGED, STALE, add_errors, redirect_after_save, status_of, version_of


@never_cache
@require_http_methods(["GET", "POST"])
def merge(request, pk):
    """Without `other` in the URL, choose the other contact. With it, compare the two."""
    kept = queries.contact(request.user, pk)
    require(may_erase_contact(request.user, kept))
    body = merging_contacts.body_of(kept)
    others = [one for one in queries.contacts_of(request.user, body) if one.pk != kept.pk]
    lost = _chosen_contact(request.GET.get("other"), others)
    refusal = merging_contacts.refusal(kept, lost) if lost else ""
    form = ContactsForm(request.POST or None, kept=kept, lost=lost) if lost else None
    if form and request.method == "POST" and form.is_valid():
        act = {"kept": kept, "lost": lost, "by": request.user, "take": form.take, "why": form.cleaned_data["why"]}
        try:
            merging_contacts.merge_contacts(version=version_of(request), **act)
        except EditConflict:
            form.add_error(None, ValidationError(CHANGED, code=STALE))
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return redirect_after_save(request, gettext("The contacts are merged."), body.get_absolute_url())
    title = gettext("Merge %(record)s") % {"record": kept.name}
    if lost:
        title = gettext("Merge %(kept)s and %(lost)s") % {"kept": kept.name, "lost": lost.name}
    context = {
        "title": title,
        "contact": kept,
        "other": lost,
        "others": others,
        "refusal": refusal,
        "hides_form": bool(refusal),
        "record": body,
        "form": form,
        "rows": [_row(name, kept, lost) for name in merging_contacts.FIELDS] if lost else (),
        "page": reverse("contact_merge", args=[kept.pk]),
        "back": body.get_absolute_url(),
    }
    return render(request, "organizations/contact_merge.html", context, status=status_of(form) if form else 200)


def _row(name, kept, lost) -> tuple[str, str, str]:
    label = gettext(str(get_model_field(Contact, name).verbose_name).capitalize())
    return label, value_words(name, kept), value_words(name, lost)


def _chosen_contact(number, others):
    """The contact with this number among `others`; None without a number. Raises NotFound."""
    if number is None:
        return None
    found = next((one for one in others if str(one.pk) == number), None)
    if found is None:
        raise NotFound
    return found
