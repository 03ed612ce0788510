"""What the API says of interactions, and what a caller may send. People with accounts are never named: who took part for the
office and who follows up are chosen on its page.
"""

from django.db.models import prefetch_related_objects
from rest_framework import serializers

from partnerships.api.representations import with_shape
from partnerships.api.serializers import RecordField, RecordSerializer, Text, refusal_at
from partnerships.api.shapes import KEPT, day, flag, key, many, moment, public_id, record, shape, text, text_or_none
from partnerships.directory import queries as directory
from partnerships.directory.models import BODIES, body_of
from partnerships.interactions.choices import InteractionDirection, InteractionKind
from partnerships.interactions.models import Interaction
from partnerships.interactions.rules import reads_for_office

MOST_CONTACTS = 50
OF_OFFICE = ("follow_up_on", "followed_up_on")

INTERACTION = record(
    id=public_id("Its ID. It never changes."),
    office=public_id("The jurisdiction whose office logged it."),
    organization=public_id("The organization that it was with.", empty=True),
    department=public_id("The department that it was with.", empty=True),
    jurisdiction=public_id("The jurisdiction that it was with.", empty=True),
    kind=key("What it was.", InteractionKind),
    direction=key("Who reached out.", ["", *InteractionDirection.values]),
    date={"type": "string", "format": "date", "description": "The local date of the office."},
    time=text_or_none("The local time of the office, such as 18:30."),
    summary=text("What it was about, in a line."),
    text=text("What was said."),
    contacts=many("The names of the contacts who took part, as far as you can see them.", {"type": "string"}),
    partnerships=many("The partnerships that it was about, as far as you can see them.", public_id("An ID.")),
    is_shared=flag("Whether the other side can read it. Otherwise, only the office can."),
    follow_up_on=day("When to follow up. Only for the office."),
    followed_up_on=day("When someone followed up. Only for the office."),
    remarks=many(
        "What both sides added, oldest first.",
        shape(
            at=moment("When."),
            is_from_office=flag("Whether the office wrote it. Otherwise, the other side did."),
            text=text("The remark."),
        ),
    ),
    **KEPT,
)


def interactions(person, records) -> list[dict]:
    records = list(records)
    prefetch_related_objects(records, "remarks")
    return [_interaction(one, is_own=reads_for_office(person, one)) for one in records]


def _interaction(record, *, is_own):
    return with_shape(
        INTERACTION,
        record,
        *(() if is_own else OF_OFFICE),
        time=record.time.strftime("%H:%M") if record.time else None,
        contacts=sorted(contact.name for contact in record.contacts_seen),
        partnerships=sorted(partnership.public_id for partnership in record.partnerships_seen),
        remarks=[
            {name: getattr(one, name) for name in ("at", "is_from_office", "text")} for one in record.remarks.all()
        ],
    )


class InteractionChangeSerializer(RecordSerializer):
    """The fields of an interaction that you can change. Send `office` and one of `organization`, `department` and
    `jurisdiction` with a new one, which keeps them. `contacts`: names of contacts of that side.
    """

    office = RecordField(directory.jurisdiction)
    contacts = serializers.ListField(child=Text(), max_length=MOST_CONTACTS, required=False)

    class Meta:
        model = Interaction
        fields = (
            "office", "organization", "department", "jurisdiction", "kind", "direction", "date", "time", "summary", "text",
            "contacts", "partnerships", "is_shared", "follow_up_on", "why",
        )  # fmt: skip

    def save_values(self, view, record, values, **given):
        if record is not None:
            for name in values.keys() & {"office", *BODIES}:
                words = "An interaction stays with its office and the other side. Send this as it is, or leave it out."
                raise refusal_at((name,), words, "read_only")
        if "contacts" in values:
            side = body_of(record) if record else next((values[name] for name in BODIES if values.get(name)), None)
            values["contacts"] = self._contacts(view.request.user, side, values["contacts"])
        return super().save_values(view, record, values, **given)

    @staticmethod
    def _contacts(person, side, names):
        """The contacts of the other side with these names. Raises DRF's ValidationError at a name without one or with several."""
        by_name: dict[str, list] = {}
        for contact in directory.contacts_of(person, side) if side else ():
            by_name.setdefault(contact.name, []).append(contact)
        for position, name in enumerate(names):
            if len(by_name.get(name, ())) != 1:
                words = (
                    f"Several contacts are called “{name[:60]}”. Choose one on the page of the interaction."
                    if name in by_name
                    else f"“{name[:60]}” isn’t a contact of the other side. Add the contact to its record first."
                )
                raise refusal_at(("contacts", position), words, "several" if name in by_name else "unknown_value")
        return [by_name[name][0] for name in names]
