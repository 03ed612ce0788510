"""The bodies that plan meetings, alone or as a series, and that record their outcome.

People are never named. The contacts of a partner are invited together; other people are invited on the meeting's page.
"""

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from partnerships.api.serializers import (
    MOST_ROWS,
    Choice,
    PartyField,
    RowSerializer,
    StrictSerializer,
    Text,
    WhySerializer,
    Zone,
    refusal_at,
    renamed,
    rows_of,
)
from partnerships.api.work_serializers import OfPartnershipSerializer
from partnerships.measurement import activity_queries
from partnerships.meetings import agenda, queries, recurrence, series
from partnerships.meetings.closing import close_meeting
from partnerships.meetings.models import Action, AgendaItem, Attendance, Decision, Meeting

MOST_DECISIONS = MOST_ACTIONS = 50  # as on the page
REPEAT = ("repeats", "every", "until", "times")
_SCOPES = (
    f"{series.ONE}: only this meeting. {series.FOLLOWING}: this one and all later ones of its series. "
    f"{series.ALL}: all upcoming ones."
)


def _parties_seen(person, partnership):
    return queries.parties_seen(person, partnership).values()


class AgendaItemSerializer(RowSerializer):
    """An agenda item. `owner`: the ID of the partner that presents it. Its notes are sent when the meeting is closed."""

    ignored = ("notes",)

    owner = PartyField(required=False, allow_null=True)

    class Meta:
        model = AgendaItem
        fields = ("title", "minutes", "owner")


class MeetingChangeSerializer(OfPartnershipSerializer):
    """The fields of a meeting that you can change. Each change of its time or place sends one email to everyone who is
    invited.
    """

    zone = Zone(required=False, help_text="A time zone, such as America/Chicago. By default the lead agency’s.")
    agenda = rows_of(AgendaItemSerializer, agenda.MOST)
    invite = serializers.ListField(
        child=PartyField(),
        required=False,
        write_only=True,
        max_length=MOST_ROWS,
        help_text="Partners whose contacts are invited, by id: all that have an email address and that you can see.",
    )
    repeats = Choice(
        [(key, label) for key, label in recurrence.REPEATS if key],
        required=False,
        write_only=True,
        help_text="Makes a series of a new meeting. Send until or times with it. The answer is its first meeting.",
    )
    every = serializers.IntegerField(required=False, write_only=True, help_text="Every so many weeks or months.")
    until = serializers.DateField(required=False, write_only=True, help_text="The last possible date of a series.")
    times = serializers.IntegerField(
        required=False, write_only=True, help_text=f"How many meetings the series has, up to {recurrence.MOST}."
    )
    scope = Choice(series.SCOPES, required=False, write_only=True, help_text=_SCOPES)

    class Meta:
        model = Meeting
        fields = (
            "partnership", "title", "date", "time", "zone", "minutes_long", "place", "link", "link_is_public",
            "access_notes", "interpretation", "is_public", "agenda", "invite", *REPEAT, "scope", "why",
        )  # fmt: skip

    def validate(self, values):
        is_new, wrong = self.context.get("record") is None, {}
        for name in REPEAT if not is_new else ("scope",):
            if name in values:
                words = (
                    "Only a meeting of a series has others." if is_new else "Only a new meeting can become a series."
                )
                wrong[name] = ErrorDetail(words, "read_only")
        if "repeats" not in values and (ends := values.keys() & {*REPEAT}) and is_new:
            wrong |= {name: ErrorDetail("Say with “repeats” how often it repeats.", "invalid") for name in ends}
        if wrong:
            raise serializers.ValidationError(wrong)
        if repeats := values.get("repeats"):
            ends = {name: values.get(name) for name in ("until", "times")}
            values["rule"] = recurrence.build_rule(repeats, values["date"], every=values.get("every", 1), **ends)
        return values

    def save_values(self, view, record, values, **given):
        given |= {"agenda": self._agenda(record, values)} if "agenda" in values else {}
        given |= {"participants": self._participants(record, values)} if values.get("invite") else {}
        own = {name: one for name, one in values.items() if name not in (*REPEAT, "scope", "invite")}
        scope, rule = values.get("scope", series.ONE), self.validated_data.get("rule")
        if record is None:
            own.setdefault("zone", own["partnership"].lead.zone)
        if rule:
            return series.plan_series(by=view.request.user, fields=own, rule=rule, why=self.why_changed, **given)
        if scope != series.ONE:
            own.pop("partnership", None)
            given |= {"fields": own, "why": self.why_changed}
            return view.act(record, series.change_series, meeting=record, scope=scope, **given)
        return super().save_values(view, record, own, **given)

    def _agenda(self, record, values):
        rows = [dict(row) for row in values.pop("agenda")]
        parties = self.named_parties(record, values, _parties_seen)
        for index, row in enumerate(rows):
            if row.get("owner"):
                row["owner"] = PartyField.named(row["owner"], parties, "agenda", index, "owner")
        return agenda.with_existing_rows(rows, record)

    def _participants(self, record, values):
        """Everyone who is already invited, and the contacts of these partners."""
        person, partnership = self.context["request"].user, record.partnership if record else values["partnership"]
        seen = queries.parties_seen(person, partnership)
        offered = queries.who_may_be_asked(person, partnership, seen)
        parties = {party.entity.public_id: party for party in seen.values()}
        keys = queries.invited_keys(record) if record else []
        for index, public_id in enumerate(values["invite"]):
            party = PartyField.named(public_id, parties, "invite", index)
            contacts = [key for key, _, pk in offered if pk == party.pk and key.startswith("contact:")]
            if not contacts:
                words = "You can’t see a contact of this partner with an email address. Add one to its record."
                raise refusal_at(("invite", index), words, "no_contacts")
            keys += [key for key in contacts if key not in keys]
        return queries.participants_from(keys, record, offered)


class CancelSerializer(WhySerializer):
    """The reason why a meeting is canceled, and which other meetings of its series are canceled with it."""

    scope = Choice(series.SCOPES, required=False, default=series.ONE, help_text=_SCOPES)


class PointNotesSerializer(StrictSerializer):
    """The notes of an agenda item, found by its title."""

    ignored = ("minutes",)

    title = Text()
    notes = Text(allow_blank=True, allow_null=True, max_length=3000)


class AttendanceSerializer(RowSerializer):
    """Whether people from a partner attended, and how many."""

    id = PartyField()

    class Meta:
        model = Attendance
        fields = ("id", "came", "people")


class DecisionSerializer(RowSerializer):
    """A decision. A row changes the decision with the same question. Partners that you leave out stay."""

    decided_by = serializers.ListField(child=PartyField(), required=False, max_length=MOST_ROWS)
    could_block = serializers.ListField(child=PartyField(), required=False, max_length=MOST_ROWS)

    class Meta:
        model = Decision
        fields = ("question", "options", "outcome", "community_input", "decided_by", "could_block")


class NewActionItemSerializer(RowSerializer):
    """An action item that a meeting agreed on. `owner`: the ID of the partner that is responsible."""

    owner = PartyField(source="owner_party")

    class Meta:
        model = Action
        fields = ("title", "detail", "owner", "due_on")


class CloseSerializer(WhySerializer):
    """The outcome of a meeting that has begun. Send it again to correct it: values that you leave out stay, and a list
    replaces the saved one. Action items are added each time.
    """

    notes = Text(required=False, allow_blank=True, allow_null=True, max_length=10_000)
    notes_are_public = serializers.BooleanField(
        required=False,
        help_text="Everyone can read notes and decisions then. Those who were invited get one email.",
    )
    agenda = rows_of(PointNotesSerializer, agenda.MOST)
    attendance = rows_of(AttendanceSerializer, MOST_ROWS)
    decisions = rows_of(DecisionSerializer, MOST_DECISIONS)
    action_items = rows_of(NewActionItemSerializer, MOST_ACTIONS)

    def save_by(self, view, meeting):
        """The meeting, after its outcome was saved. Raises what `close_meeting` raises, with the names of the body."""
        values = self.validated_data
        person, partnership = view.request.user, meeting.partnership
        known = {one.entity.public_id: one for one in _parties_seen(person, partnership)}
        # What names other partners, such as those that withdrew, can't be meant to go by what is left out.
        self.listed = {one.pk for one in activity_queries.seats_of(person, partnership)}
        rows = {
            "attendance": self._attendance(meeting, known) if "attendance" in values else None,
            "decisions": self._decisions(meeting, known) if "decisions" in values else None,
            "agenda_notes": self._agenda_notes(meeting),
            "actions": [
                row | {"owner_party": PartyField.named(row["owner_party"], known, "action_items", index, "owner")}
                for index, row in enumerate(values.get("action_items", ()))
            ],
        }
        fields = {name: values[name] or "" for name in ("notes",) if values.get(name) is not None}
        fields |= {name: values[name] for name in ("notes_are_public",) if name in values}
        pointers = {r"^attendance-(\d+)-party\b": r"attendance-\1-id", r"^actions\b": "action_items"}
        with renamed(pointers | {r"^(action_items-\d+)-owner_party\b": r"\1-owner"}):
            return view.act(meeting, close_meeting, meeting=meeting, fields=fields, why=values["why"], **rows)

    def _attendance(self, meeting, known):
        """The rows, and the saved ones of partners that the partnership doesn't list, so that these stay.

        `known`: public id → party, of those that the caller sees.
        """
        there = {row.party_id: row for row in meeting.attendance.all()}
        found = []
        for index, row in enumerate(map(dict, self.validated_data["attendance"])):
            party = PartyField.named(row.pop("id"), known, "attendance", index, "id")
            row["came"] = bool(row.get("came") or row.get("people"))
            kept = there.pop(party.pk, None)
            found.append(row | {"party": party} | ({"id": kept.pk} if kept else {}))
        return found + [{"id": row.pk, "party": row.party} for pk, row in there.items() if pk not in self.listed]

    def _decisions(self, meeting, known):
        there = {one.question.casefold(): one for one in meeting.decisions.all()}
        found = []
        for index, row in enumerate(map(dict, self.validated_data["decisions"])):
            kept = there.pop(row["question"].casefold(), None)
            for name in ("decided_by", "could_block"):
                if name in row:
                    steps = ("decisions", index, name)
                    named = [PartyField.named(one, known, *steps, place) for place, one in enumerate(row[name])]
                    hidden = (
                        getattr(kept, name).exclude(pk__in={*self.listed, *(one.pk for one in named)}) if kept else ()
                    )
                    row[name] = [*named, *hidden]
            found.append(row | ({"id": kept.pk} if kept else {}))
        return found

    def _agenda_notes(self, meeting):
        """{primary key of an agenda item: its notes}. Null changes nothing: people who may not read notes read null."""
        items, found = list(meeting.agenda.all()), {}
        for index, row in enumerate(self.validated_data.get("agenda", ())):
            item = next((one for one in items if one.title == row["title"]), None)
            if item is None:
                words = f"“{row['title'][:60]}” isn’t on the agenda."
                raise refusal_at(("agenda", index, "title"), words, "unknown_value")
            items.remove(item)
            if row["notes"] is not None:
                found[item.pk] = row["notes"]
        return found
