"""The bodies that change organizations, jurisdictions and departments, with their contacts and identifiers."""

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partnerships.api.serializers import (
    Choice,
    KeysField,
    RecordSerializer,
    RowSerializer,
    TermField,
    Zone,
    rows_of,
)
from partnerships.core import languages
from partnerships.core.choices import Stage, Vocabulary
from partnerships.directory import relations
from partnerships.directory.choices import Listing, Reader
from partnerships.directory.models import Contact, Department, Identifier, Jurisdiction, Organization
from partnerships.directory.rules import (
    departments_visible_to,
    jurisdictions_visible_to,
    organizations_visible_to,
)

MOST_CONTACTS, MOST_IDENTIFIERS = 50, 20
WITH_READERS = Organization.PROFILE_FIELDS + Organization.PRIVATE_FIELDS


class ContactSerializer(RowSerializer):
    """A contact. A row changes the contact with the same email address, or else the one with the same name."""

    role = TermField(Vocabulary.CONTACT_ROLE, required=False, allow_null=True)
    language = Choice(languages.choices(), required=False)

    class Meta:
        model = Contact
        fields = ("name", "role", "email", "phone", "note", "language", "visible_to")


class IdentifierSerializer(RowSerializer):
    """The identifier of a record in another system. It’s a claim until another office or an official list confirms it."""

    ignored = ("confirmed",)

    class Meta:
        model = Identifier
        fields = ("scheme", "value")


def _contacts(record, rows) -> list[dict]:
    """The rows, each with the id of the contact that it changes: the one with the same email address or else name."""
    existing, found = list(record.contacts.all()) if record else [], []
    for row in rows:
        email, name = row.get("email", "").casefold(), row["name"].casefold()
        by_email = [one for one in existing if email and one.email.casefold() == email]
        by_name = [one for one in existing if one.name.casefold() == name]
        (kept,) = (by_email or by_name)[:1] or [None]
        if kept:
            existing.remove(kept)
        found.append(dict(row) | ({"id": kept.pk} if kept else {}))
    return found


def _identifiers(record, rows) -> list[dict]:
    existing = {(one.scheme, one.value): one.pk for one in record.identifiers.all()} if record else {}
    return [
        dict(row) | ({"id": existing[key]} if (key := (row["scheme"], row["value"])) in existing else {})
        for row in rows
    ]


_ROWS = {"contacts": _contacts, "identifiers": _identifiers}


class _DirectorySerializer(RecordSerializer):
    """Matches the rows of contacts and identifiers with the saved ones."""

    def save_values(self, view, record, values, **given):
        rows = {name: with_ids(record, values.pop(name)) for name, with_ids in _ROWS.items() if name in values}
        if "not_duplicates" in values:
            given |= {"not_duplicates": values.pop("not_duplicates"), "distinct_because": self.why_changed}
        return super().save_values(view, record, values, **rows, **given)


def _not_duplicates(rows):
    return KeysField(
        rows,
        by="public_id",
        required=False,
        write_only=True,
        help_text="IDs of records with a similar name that this one isn’t. Say in “why” how you know.",
    )


class OrganizationChangeSerializer(_DirectorySerializer):
    """The fields of an organization that you can change. You can’t change its email domain here. Only its own people
    can show its profile, fields and contacts to more readers.
    """

    pointers = {r"^open-": "open_fields-"}

    contacts = rows_of(ContactSerializer, MOST_CONTACTS)
    identifiers = rows_of(IdentifierSerializer, MOST_IDENTIFIERS)
    not_duplicates = _not_duplicates(organizations_visible_to)
    open_fields = serializers.DictField(
        child=Choice(Reader.choices),
        required=False,
        help_text=f"Who can see a field: {', '.join(WITH_READERS)}. Fields that you leave out keep their setting.",
    )
    seats_may_count = serializers.BooleanField(
        write_only=True,
        required=False,
        help_text="When you unlist it: whether its seats still count in figures, without its name.",
    )

    class Meta:
        model = Organization
        fields = (
            "name", "side", "listing", "listing_source", "kind", "other_names", "aims", "website", "area", "area_note",
            "languages", "issue_areas", "address", "led_by", "communities", ..., "kept_by", "contacts", "identifiers",
            "open_fields", "closed_on", "source", "last_verified_on", "seats_may_count", "not_duplicates", "why",
        )  # fmt: skip
        extra_kwargs = {"kept_by": {"allow_null": False, "help_text": "The jurisdiction that keeps the record."}}

    def validate_open_fields(self, values):
        wrong = {
            name: [ErrorDetail("You can’t choose who sees this field.", "unknown_field")]
            for name in values.keys() - {*WITH_READERS}
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def validate(self, values):
        record = self.context.get("record")
        # An office's page asks for it as well: without it no one could change the record later.
        if record is None and not values.get("kept_by"):
            raise serializers.ValidationError(
                {"kept_by": ErrorDetail("Give the office that keeps the record.", "required")}
            )
        source = values.get("listing_source", record.listing_source if record else "")
        differs = record is None or any(
            name in values and values[name] != getattr(record, name) for name in ("listing", "listing_source")
        )
        if differs and values.get("listing", record and record.listing) == Listing.NAMED and not source:
            words = "Say where its name is already public, or choose “unlisted”."
            raise serializers.ValidationError({"listing_source": ErrorDetail(words, "required")})
        return values

    def save_values(self, view, record, values, **given):
        may_count = values.pop("seats_may_count", False)
        return super().save_values(view, record, values, may_count=may_count, **given)


class JurisdictionChangeSerializer(_DirectorySerializer):
    """The fields of a jurisdiction that you can change. A new stage is added to its history with today’s date."""

    stage = Choice(Stage.choices, required=False, allow_null=True)
    zone = Zone(required=False, help_text="A time zone, such as America/Chicago.")
    neighbors = KeysField(jurisdictions_visible_to, by="public_id", required=False)
    overlaps = KeysField(jurisdictions_visible_to, by="public_id", required=False)
    identifiers = rows_of(IdentifierSerializer, MOST_IDENTIFIERS)

    class Meta:
        model = Jurisdiction
        fields = (
            "name", "other_names", "kind", "state", "parent", "zone", "stage", "neighbors", "overlaps", "website", "about",
            ..., "identifiers", "source", "last_verified_on", "why",
        )  # fmt: skip

    def validate_stage(self, value):
        return value or ""

    def save_values(self, view, record, values, **given):
        related = {key: values.pop(key) for key in relations.KEYS if key in values}
        return super().save_values(view, record, values, **related, **given)


class DepartmentChangeSerializer(_DirectorySerializer):
    """The fields of a department that you can change. It stays in its jurisdiction."""

    contacts = rows_of(ContactSerializer, MOST_CONTACTS)
    identifiers = rows_of(IdentifierSerializer, MOST_IDENTIFIERS)
    not_duplicates = _not_duplicates(departments_visible_to)

    class Meta:
        model = Department
        fields = (
            "name", "other_names", "kind", "jurisdiction", "parent", "is_equity_office", "issue_areas", "website", "about",
            ..., "contacts", "identifiers", "closed_on", "source", "last_verified_on", "not_duplicates", "why",
        )  # fmt: skip

    def validate_jurisdiction(self, jurisdiction):
        record = self.context.get("record")
        if record is not None and record.jurisdiction_id != jurisdiction.pk:
            words = "A department stays in its jurisdiction. Send it as it is, or leave it out."
            raise serializers.ValidationError(words, "read_only")
        return jurisdiction
