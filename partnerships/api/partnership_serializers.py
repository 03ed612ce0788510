"""The body that changes a partnership: its own fields, its partners, and the facts of its kind."""

from django.db.models import prefetch_related_objects
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partnerships.api.serializers import (
    MOST_ROWS,
    Choice,
    KeysField,
    PartyField,
    RecordField,
    RecordSerializer,
    RowSerializer,
    StrictSerializer,
    Text,
    rows_of,
)
from partnerships.core.errors import NotFound
from partnerships.core.models import type_key
from partnerships.directory import queries as directory
from partnerships.directory.models import BODIES
from partnerships.registry import queries as registry
from partnerships.registry.choices import KIND_FACTS, Circle, Role
from partnerships.registry.document import FACTS
from partnerships.registry.models import (
    MANY_ROWS,
    ONE_ROW,
    AdvisoryBody,
    Agreement,
    Ask,
    Document,
    JointProject,
    Partnership,
    Practice,
    Seat,
    Training,
)
from partnerships.registry.rules import partnerships_visible_to


class PartnerSerializer(StrictSerializer):
    """A partner and its part in the partnership. Values that you leave out stay.

    You can send its type, name, side and confirmation along, as they were read. They change nothing.
    """

    ignored = ("type", "name", "side", "confirmed")

    id = RecordField(None)
    roles = serializers.ListField(child=Choice(Role.choices), max_length=len(Role.values), required=False)
    circle = Choice(Circle.choices, allow_null=True, required=False)
    starts_on = serializers.DateField(allow_null=True, required=False)
    ends_on = serializers.DateField(allow_null=True, required=False)
    contribution = Text(allow_blank=True, required=False)
    backbone_hours_per_month = serializers.IntegerField(min_value=1, max_value=2000, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        party = self.fields["id"]
        assert isinstance(party, RecordField)
        party.find = self._body

    def _body(self, person, public_id):
        """Find an office or organization. Those that already take part can be named by people who can't see them
        elsewhere.
        """
        seats = parties_by_id(self.context.get("record"))
        if public_id in seats:
            return seats[public_id].entity
        find = {"J": directory.jurisdiction, "D": directory.department, "G": directory.organization}
        return find.get(public_id[:1].upper(), _raise_not_found)(person, public_id)


def _raise_not_found(person, public_id):
    raise NotFound


def parties_by_id(record) -> dict:
    """{public id of an office or organization: its party in the partnership}, with roles. Read once for a record
    object.
    """
    if record is None:
        return {}
    prefetch_related_objects([record], "parties__roles", *(f"parties__{name}" for name in BODIES))
    return {party.entity.public_id: party for party in record.parties.all()}


def _party(values, seats):
    """The arguments of the save action for one partner. `seats`: the result of `parties_by_id`."""
    values = dict(values)
    entity, hours = values.pop("id"), values.pop("backbone_hours_per_month", None)
    row = dict.fromkeys(BODIES) | {type_key(entity): entity}
    seat = seats.get(entity.public_id)
    kept = [role.role for role in seat.roles.all()] if seat else []
    roles = [
        {"role": role} | ({"hours_per_month": hours} if hours and role == Role.BACKBONE else {})
        for role in dict.fromkeys(values.pop("roles", kept))
    ]
    if "circle" in values:
        values["circle"] = values["circle"] or ""
    return row | values | {"roles": roles}


class DocumentSerializer(RowSerializer):
    """A link to a document."""

    class Meta:
        model = Document
        fields = ("title", "url")


class AgreementTermsSerializer(RowSerializer):
    """The terms of an agreement. Values that you leave out stay."""

    class Meta:
        model = Agreement
        fields = FACTS["agreement"]


class TrainingSerializer(RowSerializer):
    """A training. Values that you leave out stay."""

    class Meta:
        model = Training
        fields = FACTS["training"]


class AdvisoryBodySerializer(RowSerializer):
    """An advisory body. Values that you leave out stay."""

    class Meta:
        model = AdvisoryBody
        fields = FACTS["advisory_body"]


class JointProjectSerializer(RowSerializer):
    """A joint project. Values that you leave out stay."""

    class Meta:
        model = JointProject
        fields = FACTS["joint_project"]


class SeatSerializer(RowSerializer):
    """A seat of an advisory body. `held_by`: the ID of a partner."""

    held_by = PartyField(required=False, allow_null=True)

    class Meta:
        model = Seat
        fields = ("title", "held_by", "chosen_by", "starts_on", "ends_on")


class AskSerializer(RowSerializer):
    """A request of the community to a government, and the answer."""

    class Meta:
        model = Ask
        fields = ("text", "asked_on", "answer", "answer_reason", "answer_due_on", "answered_on", "delivered_on")


class PracticeSerializer(RowSerializer):
    """A practice that one partner shared with others. `shared_by` and `adopted_by`: IDs of partners."""

    shared_by = PartyField(required=False, allow_null=True)
    adopted_by = serializers.ListField(child=PartyField(), max_length=MOST_ROWS, required=False)

    class Meta:
        model = Practice
        fields = ("title", "shared_by", "shared_on", "adopted_on", "adopted_by")


class FactsSerializer(StrictSerializer):
    """The facts of the kind of partnership. Values that you leave out stay, and null removes. A list replaces the saved
    one.
    """

    agreement = AgreementTermsSerializer(required=False, allow_null=True)
    training = TrainingSerializer(required=False, allow_null=True)
    advisory_body = AdvisoryBodySerializer(required=False, allow_null=True)
    joint_project = JointProjectSerializer(required=False, allow_null=True)
    seats = rows_of(SeatSerializer, MOST_ROWS)
    asks = rows_of(AskSerializer, MOST_ROWS)
    practices = rows_of(PracticeSerializer, MOST_ROWS)


class LinkSerializer(StrictSerializer):
    """Something that the partnership led to: a later partnership, a policy or tool, or both."""

    id = RecordField(registry.partnership, required=False, allow_null=True)
    came_of_it = Text(required=False, allow_blank=True)
    url = Text(required=False, allow_blank=True)


class PartnershipChangeSerializer(RecordSerializer):
    """The fields of a partnership that you can change. A list replaces the saved one. The ID of a party is that of its
    office or organization.
    """

    pointers = {r"^(agreement|training|advisory_body|joint_project|seats|asks|practices)\b": r"facts-\1"}

    parties = rows_of(PartnerSerializer, MOST_ROWS)
    grew_out_of = KeysField(partnerships_visible_to, by="public_id", required=False)
    led_to = rows_of(LinkSerializer, MOST_ROWS)
    facts = FactsSerializer(required=False)
    documents = rows_of(DocumentSerializer, MOST_ROWS)

    class Meta:
        model = Partnership
        fields = (
            ..., "lead", "issue_areas", "communities", "parties", "grew_out_of", "led_to", "facts", "documents", "source",
            "last_verified_on", "why",
        )  # fmt: skip

    def validate(self, values):
        """Raise ValidationError for facts of another kind, unless the record already has them, as on its page."""
        record, facts = self.context.get("record"), values.get("facts", {})
        kind = values.get("kind") or (record.kind if record else "")
        own = {*KIND_FACTS.get(kind, ())} | {name for name in ONE_ROW if record and hasattr(record, name)}
        as_read = self.context["as_read"].get("facts", {})
        words = "A partnership of this kind has no such facts. Leave them out, or correct the kind."
        wrong = {
            name: [ErrorDetail(words, "other_kind")]
            for name, value in facts.items()
            if value and name not in own and self.initial_data["facts"][name] != as_read.get(name)
        }
        if wrong:
            raise serializers.ValidationError({"facts": wrong})
        return values

    def save_values(self, view, record, values, **given):
        seats = parties_by_id(record)
        if "parties" in values:
            rows = values.pop("parties")
            bodies = {key: seat.entity for key, seat in seats.items()}
            rows += [{"id": body} for body in self.left_out("parties", bodies, [row["id"] for row in rows])]
            given["parties"] = [_party(row, seats) for row in rows]
            partner_ids = [row["id"].public_id for row in rows]
        else:
            partner_ids = list(seats)
        facts = self._changed_facts(record, values.pop("facts", {}), partner_ids)
        if "documents" in values:
            facts["documents"] = self._with_row_ids(record, "documents", values.pop("documents"))
        if "grew_out_of" in values:
            links = record.links_earlier.select_related("earlier") if record else ()
            earlier, sent = {link.earlier.public_id: link.earlier for link in links}, values.pop("grew_out_of")
            given["grew_out_of"] = sent + self.left_out("grew_out_of", earlier, sent)
        if "led_to" in values:
            given["led_to"] = self._led_to(record, values.pop("led_to"))
        return super().save_values(view, record, values, facts=facts, **given)

    def _changed_facts(self, record, facts, partner_ids):
        """Those of the validated facts that differ from what the caller read, as arguments of the save action.

        `partner_ids`: the public ids of the partners, in the order in which they are saved.
        """
        as_read, sent, found = self.context["as_read"].get("facts", {}), self.initial_data.get("facts"), {}
        partner_positions = {public_id: position for position, public_id in enumerate(partner_ids)}
        for name, value in facts.items():
            if sent[name] == as_read.get(name):
                continue
            rows = self._with_row_ids(record, name, value) if name in MANY_ROWS else value
            found[name] = (
                _WITH_PARTIES[name](record, rows, as_read.get(name, ()), partner_positions)
                if name in _WITH_PARTIES
                else rows
            )
        return found

    def _with_row_ids(self, record, name, rows):
        """The rows, each with the id of the saved row at the same index. Rows of facts have no identity besides their
        order.
        """
        ids = list(getattr(record, name).values_list("pk", flat=True)) if record else []
        return [dict(row) | ({"id": ids[index]} if index < len(ids) else {}) for index, row in enumerate(rows)]

    def _led_to(self, record, rows):
        """The links to what it led to, as arguments of the save action. Links that the caller can't see stay."""
        links = list(record.links_later.select_related("later")) if record else []
        shown = [one["id"] for one in self.context["as_read"].get("led_to", ())]
        hidden, found = [one for one in links if one.later and one.later.public_id not in shown], []
        for row in rows:
            later, what = row.get("id"), row.get("came_of_it", "")
            link = next((one for one in links if _is_same_link(one, later, what, hidden)), None)
            if link:
                links.remove(link)
            values = {"came_of_it": what, "url": row.get("url", "")} | ({} if link in hidden else {"later": later})
            found.append(values | ({"id": link.pk, "later": link.later} if link else {}))
        stay = [one for one in hidden if one in links and not one.came_of_it]
        return found + [
            {"id": one.pk, "later": one.later, "came_of_it": one.came_of_it, "url": one.url} for one in stay
        ]


def _is_same_link(link, later, what, hidden):
    """Whether a row changes this link: it leads to the same partnership or, if the row names none, has the same words."""
    if later is not None:
        return link.later == later
    return link.came_of_it == what and (link.later is None or link in hidden)


def _seats(record, rows, as_read, partner_positions):
    held = {seat.pk: seat.held_by for seat in record.seats.select_related(*_HOLDER)} if record else {}
    return [
        _with_partner_position(row, "held_by", "seats", index, held.get(row.get("id")), as_read, partner_positions)
        for index, row in enumerate(rows)
    ]


def _practices(record, rows, as_read, partner_positions):
    existing = record.practices.select_related("shared_by").prefetch_related("adopted_by") if record else ()
    existing, found = {one.pk: one for one in existing}, []
    for index, row in enumerate(rows):
        was = existing.get(row.get("id"))
        row = _with_partner_position(
            row, "shared_by", "practices", index, was and was.shared_by, as_read, partner_positions
        )
        known = as_read[index]["adopted_by"] if index < len(as_read) else []
        if "adopted_by" in row:
            adopted = _positions_of(row["adopted_by"], partner_positions, "practices", index, "adopted_by")
        else:
            adopted = [partner_positions[one] for one in known if one in partner_positions]
        kept = [party.entity.public_id for party in was.adopted_by.all()] if was else []
        adopted += [partner_positions[one] for one in kept if one not in known and one in partner_positions]
        found.append(row | {"adopted_by": list(dict.fromkeys(adopted))})
    return found


_HOLDER = tuple(f"held_by__{name}" for name in BODIES)
_WITH_PARTIES = {"seats": _seats, "practices": _practices}


def _with_partner_position(row, name, of, index, was, as_read, partner_positions):
    """The row with the position of its partner in the list of partners.

    A partner that the caller can't see stays if the row is sent as it was read.
    """
    shown = as_read[index][name] if index < len(as_read) else None
    hidden = was.entity.public_id if was is not None and shown is None else None
    asked = row.get(name, shown)
    if asked is None:
        same = index < len(as_read) and as_read[index]["title"] == row["title"]
        return row | {name: partner_positions.get(hidden) if same else None}
    return row | {name: _positions_of([asked], partner_positions, of, index, name)[0]}


def _positions_of(public_ids, partner_positions, of, index, name):
    """The positions of these partners in the list of partners. Raises DRF's ValidationError at the value in the body."""
    try:
        return [PartyField.named(public_id, partner_positions) for public_id in public_ids]
    except serializers.ValidationError as problem:
        raise serializers.ValidationError({"facts": {of: {index: {name: problem.detail}}}}) from None


class EndSerializer(StrictSerializer):
    """The last day of a partnership, why it ends, and what was learned."""

    ends_on = serializers.DateField()
    status_reason = Text(source="reason")
    lessons = Text(required=False, allow_blank=True, default="")
    why = Text(required=False, allow_blank=True, default="")
