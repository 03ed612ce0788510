"""What only an organization itself decides: how it is listed, who reads its fields and contacts, its email domain.

An office that keeps the record may only keep or narrow what the organization chose.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext

from partnerships.core.access import SYSTEM, Author, Viewer, role_in, speaks_for_itself
from partnerships.core.errors import ValidationError
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.distinct_pairs import distinct_from
from partnerships.directory.domains import own_domain
from partnerships.directory.matching import names_of_line
from partnerships.directory.models import Organization
from partnerships.directory.rules import (
    LISTED,
    may_speak_for_organization,
    may_write_jurisdiction,
    organizations_visible_to,
)
from partnerships.directory.same_names import named_like, skeletons_of


def refuse_fields_of_the_organization(
    by: Author,
    organization: Organization | None,
    fields: dict[str, Any],
    contacts: Iterable[dict[str, Any]],
    *,
    distinct: Collection[int] = (),
) -> None:
    """Refuse choices that belong to the organization itself: a full profile, open fields and open contacts.

    An office or an administrator may only keep or narrow what the organization chose. `distinct`: primary keys of
    organizations that the person says this one is not, with a reason.
    """
    wrong, is_own = {}, organization is not None and may_speak_for_organization(by, organization)
    listing = organization.listing if organization else Listing.UNLISTED
    if fields.get("listing", listing) == Listing.PROFILED != listing and not is_own:
        wrong["listing"] = gettext(
            "Only the organization itself can open its profile. Choose “Named only” or “Unlisted”."
        )
    if fields.get("listing", listing) in LISTED and not is_own:
        if listing not in LISTED:
            wrong |= unlisted_error(by, organization, fields, distinct=distinct)
        elif skeletons_of(_names_after(organization, fields)) - skeletons_of(_names_after(organization, {})):
            wrong |= unlisted_error(by, organization, fields, at="name", distinct=distinct)
    if fields.get("listing", listing) != listing and organization is not None and not speaks_for_itself(by):
        wrong["listing"] = gettext(
            "A service account can’t change how an organization is listed. A person decides that."
        )
    kept_by = fields.get("kept_by")
    if kept_by and kept_by.pk != getattr(organization, "kept_by_id", None) and not may_write_jurisdiction(by, kept_by):
        wrong["kept_by"] = gettext(
            "You aren’t an editor at %(office)s. Choose a jurisdiction where you’re an editor."
        ) % {"office": kept_by}
    domain = getattr(organization, "mail_domain", "")
    if fields.get("mail_domain", domain) != domain and not (organization and role_in(by, organization) == "manager"):
        wrong["mail_domain"] = gettext("Only a manager of the organization can set its email domain.")
    if not is_own:
        was = organization or Organization()
        wrong |= _opened_fields(was, fields.get("open_fields", was.open_fields))
        wrong |= _opened_contacts(organization, contacts)
    if wrong:
        raise ValidationError({name: ValidationError(words, code="not_yours") for name, words in wrong.items()})


def _names_after(organization: Organization | None, fields: dict[str, Any]) -> tuple[str, ...]:
    """The names that an organization has when these fields are saved."""
    name, line = (str(fields.get(key) or getattr(organization, key, "")) for key in ("name", "other_names"))
    return (name, *names_of_line(line))


def unlisted_error(
    by: Viewer,
    organization: Organization | None,
    fields: dict[str, Any],
    *,
    at: str = "listing",
    distinct: Collection[int] = (),
) -> dict[str, str]:
    """The error, if any, for listing an organization that unlisted itself, under the field `at`.

    It also applies to another record with a name that looks like one of its names, if the person may know of the unlisted
    one and no one said, with a reason, that the other is a different one (`distinct`: who says so now).
    """
    if organization is not None and organization.has_withdrawn:
        return {at: _unlisted_itself()}
    alike = organizations_visible_to(by).filter(named_like(_names_after(organization, fields)), has_withdrawn=True)
    if organization is not None:
        known = distinct_from("organization", [organization.pk], with_reason=True)
        distinct = {*distinct, *known.get(organization.pk, ())}
    return {at: _unlisted_itself()} if alike.exclude(pk__in=distinct).exists() else {}


def _unlisted_itself() -> str:
    return gettext(
        "This organization unlisted itself. Only its own users can list it again. Invite them, or leave it unlisted."
    )


def hidden_namesakes(by: Author, organization: Organization, after: dict[str, Any]) -> list[Organization]:
    """The organizations that unlisted themselves and whose name looks like that of one that was just listed or named by
    someone who may not know of them.
    """
    if by is SYSTEM or organization.listing not in LISTED or not {"listing", "name", "other_names"} & after.keys():
        return []
    alike = Organization.objects.filter(named_like(_names_after(organization, {})), has_withdrawn=True)
    return list(alike.exclude(pk__in=organizations_visible_to(by).values("pk")).distinct().order_by("pk"))


def withdrawal_fields(by: Author, organization: Organization | None, fields: dict[str, Any]) -> dict[str, bool]:
    """`has_withdrawn` when the listing changes: whether the organization itself chose to be unlisted."""
    if organization is None or fields.get("listing", organization.listing) == organization.listing:
        return {}
    is_own = by is not SYSTEM and may_speak_for_organization(by, organization)
    return {"has_withdrawn": fields["listing"] == Listing.UNLISTED and (is_own or organization.has_withdrawn)}


def checked_mail_domain(organization: Organization, fields: dict[str, str]) -> str:
    """The email domain in its stored form. When it changes, it must match the website. Raises ValidationError."""
    domain = fields["mail_domain"].strip().lower().removeprefix("@")
    if domain == organization.mail_domain:
        return domain
    return own_domain(domain, fields.get("website", organization.website))


def _opened_fields(was: Organization, asked: dict[str, str]) -> dict[str, str]:
    words, then = (
        gettext("Only the organization itself can show a field to more people."),
        Organization(open_fields=asked),
    )
    names = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS
    return {f"open-{name}": words for name in names if _is_wider(then.reader_of(name), was.reader_of(name))}


def _opened_contacts(organization: Organization | None, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    words = gettext("Only the organization itself can show a contact to more people. Choose another option.")
    opening = {index: row for index, row in enumerate(rows) if _is_wider(row.get("visible_to"), Reader.STAFF)}
    was = dict(organization.contacts.values_list("pk", "visible_to")) if organization and opening else {}
    return {
        f"contacts-{index}-visible_to": words
        for index, row in opening.items()
        if _is_wider(row["visible_to"], was.get(row["id"], Reader.STAFF) if row.get("id") else Reader.STAFF)
    }


def _is_wider(reader: str | None, than: str) -> bool:
    return reader in Reader.values and Reader.values.index(reader) < Reader.values.index(than)


def stored_readers(asked: dict) -> dict:
    """The readers of fields as they are stored: without the default ones. Raises ValidationError."""
    known = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS
    if any(name not in known or reader not in Reader.values for name, reader in asked.items()):
        raise ValidationError({"open_fields": gettext("Choose who can see each field.")})
    usual = Organization()
    return {name: str(reader) for name, reader in sorted(asked.items()) if reader != usual.reader_of(name)}
