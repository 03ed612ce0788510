"""Erasing an account: the texts that name the person, before the press, and the list of those that were left, after it."""

from itertools import groupby

from django import forms
from django.contrib.auth import logout
from django.db.models import Count, Model
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.accounts import queries
from partnerships.core import record_types
from partnerships.core.access import is_administrator
from partnerships.core.errors import NotFound, ValidationError
from partnerships.records import erasing, privacy
from partnerships.records.imports.erasing import imports_naming
from partnerships.records.live_texts import MOST_SHOWN
from partnerships.web.frame.csv import download
from partnerships.web.frame.editing import redirect_after_save, signed_in
from partnerships.web.frame.steps import Step, posted_data, take_step

MOST = 50  # erasures in the list


class _TextsForm(forms.Form):
    """What an erasure takes along. `named` are the names of offices and organizations that have the person's email address as
    a contact; `others`: how many texts that name them aren't shown, None for someone who may not redact those.
    """

    contacts = forms.BooleanField(label=_("Erase these contacts too"), required=False, initial=True)
    others = forms.BooleanField(label=_("Redact the texts that aren’t shown here too"), required=False, initial=True)

    def __init__(self, *args, named, others, help_of_contacts, **kwargs):
        super().__init__(*args, **kwargs)
        if named:
            self.fields["contacts"].help_text = help_of_contacts % {"names": ", ".join(named)}
        else:
            del self.fields["contacts"]
        if others:
            words = ngettext(
                "%(number)s more text names them. You may not read it, or this page has no room for it.",
                "%(number)s more texts name them. You may not read them, or this page has no room for them.",
                others,
            )
            self.fields["others"].help_text = words % {"number": f"{others:,}"}
        else:
            del self.fields["others"]


class _OwnForm(_TextsForm):
    address = forms.EmailField(label=_("Your email address, to confirm"), max_length=254)

    field_order = ("contacts", "others", "address")


class _SureForm(_TextsForm):
    sure = forms.BooleanField(label=_("Yes, permanently erase this account"))


def _names_with_address_of(person) -> list[str]:
    rows = privacy.contacts_with_address_of(person)
    return list(dict.fromkeys(str(row.organization or row.department or row.jurisdiction) for row in rows))


def _context_of(request, person, found_by, matches) -> dict:
    """The texts that name the person, by record, each with whether its box is checked."""
    checked = set(request.POST.getlist("texts")) if request.method == "POST" else None
    records = [
        {
            "heading": heading_of(owner),
            "url": url_of(owner),
            "matches": [
                {
                    "token": one.token,
                    "label": erasing.label_of(one.place, owner),
                    "snippet": one.snippet,
                    "is_checked": one.is_safe if checked is None else one.token in checked,
                }
                for one in of_owner
            ],
        }
        for owner, of_owner in ((key, list(rows)) for key, rows in groupby(matches.shown, key=lambda one: one.owner))
    ]
    return {
        "records": records,
        "total": matches.total,
        "is_own": person.pk == request.user.pk,
        "most": MOST_SHOWN if len(matches.shown) == MOST_SHOWN else None,
        "others": matches.others,
        "may_redact_others": is_administrator(request.user),
        "shared": sorted(found_by.shared - found_by.too_short),
        "too_short": sorted(found_by.too_short),
        "imports": sum(1 for _import in imports_naming(found_by.certain, person=person)),
        "marker": erasing.ERASED,
    }


def heading_of(owner) -> str:
    """What people call a record, or a row that belongs to none."""
    kind = next((one for one in record_types.all_types() if one.model is type(owner)), None)
    label = capfirst(str(kind.label) if kind else gettext(str(owner._meta.verbose_name)))
    has_name = type(owner).__str__ is not Model.__str__
    name = str(owner) if has_name else getattr(owner, "name", "") or getattr(owner, "title", "")
    return f"{label}: {name}" if name and not name.startswith(label) else name or label


def url_of(owner) -> str:
    """The address of its page, if it has one."""
    try:
        return owner.get_absolute_url() if hasattr(owner, "get_absolute_url") else ""
    except NoReverseMatch:
        return ""


def _choice(request, data) -> erasing.Choice:
    return erasing.Choice(frozenset(request.POST.getlist("texts")), data.get("others", False))


def _search(request, person):
    found_by = erasing.Search(person)
    return found_by, erasing.matches_of(person, found_by, by=request.user)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def erase_own(request):
    """Erase one's own account."""
    person = request.user
    found_by, matches = _search(request, person)
    form = _OwnForm(
        request.POST or None,
        named=_names_with_address_of(person),
        others=matches.others if is_administrator(person) else 0,
        help_of_contacts=gettext(
            "Your address is also a contact of %(names)s. Meetings and check-ins that name it would lose it."
        ),
    )

    def act(data):
        if data["address"].strip().lower() != person.email:
            words = gettext("This isn’t the email address of this account. Nothing was erased.")
            raise ValidationError({"address": words})
        erasure = privacy.erase_person(
            person=person, by=person, contacts=data.get("contacts", False), choice=_choice(request, data)
        )
        assert erasure  # since a choice was given
        logout(request)
        words = gettext("Your account and its data were erased.")
        if erasure.unlisted or erasure.left.exists():
            listed = gettext(
                "Some texts still name you. The offices that keep them have a list of these for 30 days, without the texts."
            )
            return redirect_after_save(request, f"{words} {listed}", reverse("home"))
        return words

    def page(_record):
        words = gettext(
            "No one else has access to %(name)s. Its record stays, and someone else can ask to represent it."
        )
        return Step(
            title=gettext("Erase your account?"),
            text=gettext(
                "We’ll permanently delete your name, your email address, your emails and your roles, in the history too. "
                "Records that you wrote stay, without your name. You can’t undo this."
            ),
            points=(
                gettext("What your organization said about a record stays, because the organization said it."),
                gettext("Earlier backups of the registry keep your data until they’re deleted."),
                *(words % {"name": one} for one in queries.organizations_used_only_by(person)),
            ),
            points_title=gettext("What stays"),
            button=gettext("Erase account"),
            back=reverse("account"),
            template_name="account/erase.html",
            more=_context_of(request, person, found_by, matches),
        )

    return take_step(request, form, act, page, to=reverse("home"))


@never_cache
@require_http_methods(["GET", "POST"])
def erase_person(request, pk):
    """Erase someone's account, for administrators."""
    person = queries.account(request.user, pk)
    if person.pk == request.user.pk:
        return redirect("account_erase")
    found_by, matches = _search(request, person)
    form = _SureForm(
        posted_data(request),
        named=_names_with_address_of(person),
        others=matches.others,
        help_of_contacts=gettext(
            "This address is also a contact of %(names)s. Meetings and check-ins that name it would lose it."
        ),
    )
    name, page_url = str(person), reverse("person", args=[person.pk])

    def act(data):
        erasure = privacy.erase_person(
            person=person, by=request.user, contacts=data.get("contacts", False), choice=_choice(request, data)
        )
        assert erasure  # since a choice was given
        return redirect_after_save(request, gettext("The account was erased."), reverse("erasure", args=[erasure.pk]))

    def page(_record):
        left = queries.bodies_managed_only_by(person)
        return Step(
            title=gettext("Erase the account of %(name)s?") % {"name": name},
            text=gettext(
                "We’ll permanently delete this person’s name, email address, emails and roles, in the history too. You "
                "can’t undo this."
            ),
            points=(
                gettext("Records that they wrote stay, without their name."),
                gettext("Earlier backups of the registry keep their data until they’re deleted."),
                *(gettext("%(body)s would have no manager.") % {"body": body} for body in left),
            ),
            points_title=gettext("What stays"),
            button=gettext("Erase account"),
            back=page_url,
            crumbs=[(gettext("People"), reverse("people")), (name, page_url)],
            template_name="account/erase.html",
            more=_context_of(request, person, found_by, matches),
        )

    return take_step(request, form, act, page, to=page_url)


@never_cache
@require_safe
def erasures(request):
    """The erasures of the last 30 days that left texts in what the person's offices keep."""
    found = erasing.erasures_visible_to(request.user).select_related("by")[:MOST]
    if not (found or is_administrator(request.user)):
        raise NotFound
    number = dict(
        erasing.left_texts_visible_to(request.user)
        .filter(erasure__in=[one.pk for one in found])
        .values_list("erasure")
        .annotate(Count("pk"))
    )
    return render(request, "account/erasures.html", {"rows": [(one, number.get(one.pk, 0)) for one in found]})


@never_cache
@require_safe
def erasure(request, pk):
    """The texts that still named someone after their account was erased, by record and field."""
    found = erasing.erasure(request.user, pk)
    context = {
        "erasure": found,
        "rows": _left_rows(request, found),
        "sees_all": is_administrator(request.user),
        "crumbs": [(gettext("Erased accounts"), reverse("erasures"))],
    }
    return render(request, "account/erasure.html", context)


def _left_rows(request, found) -> list[tuple[str, str, str]]:
    hidden = gettext("A record that you can’t see")
    return [
        (heading_of(one.record) if one.record else hidden, url_of(one.record) if one.record else "", one.label)
        for one in erasing.left_in(found, request.user)
    ]


@never_cache
@require_safe
def erasure_file(request, pk):
    found = erasing.erasure(request.user, pk)
    rows = (
        (name, request.build_absolute_uri(url) if url else "", label) for name, url, label in _left_rows(request, found)
    )
    return download("left-after-erasure.csv", [gettext("Record"), gettext("Link"), gettext("Field")], rows)
