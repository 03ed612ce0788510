"""The kind of record that everything else is about."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from partnerships.core.choices import Vocabulary
from partnerships.core.record_types import BoxSearch, Column, Field, RecordType, register
from partnerships.registry import actions, queries, rules, undo_fields
from partnerships.registry.models import Partnership

_FIELDS = (
    Field(
        "title",
        published="Its name.",
        announced=_("title"),
        column=Column(
            gettext_noop("Title"),
            example="Safe homes",
            also=("partnership", "partnership title", "name"),
            is_needed=True,
        ),
        is_in_files=True,
    ),
    Field(
        "kind",
        published="The type of partnership.",
        announced=_("kind"),
        column=Column(
            gettext_noop("Type"),
            example="Joint project",
            also=("kind", "partnership kind", "partnership type"),
            is_needed=True,
        ),
        is_in_files=True,
    ),
    Field(
        "purpose",
        vocabulary=Vocabulary.PURPOSE,
        published="A key of the open vocabulary of purposes.",
        announced=_("purpose"),
        column=Column(gettext_noop("Purpose"), is_needed=True),
        is_in_files=True,
    ),
    Field(
        "origin",
        vocabulary=Vocabulary.ORIGIN,
        published="Why it formed: a key of an open vocabulary.",
        announced=_("why it formed"),
        column=Column(gettext_noop("Origin")),
    ),
    Field(
        "origin_note",
        published="Why it formed, in words.",
        announced=_("why it formed"),
        column=Column(gettext_noop("Why it formed"), also=("origin note",)),
        is_searched=True,
    ),
    # News tell in a sentence of their own how its status has changed.
    Field(
        "status",
        published="Its status.",
        column=Column(gettext_noop("Status"), gettext_noop("If empty: Forming."), "Active"),
        is_in_files=True,
    ),
    Field(
        "status_reason",
        help=gettext_noop("Required when it ends."),
        published="The reason for its status.",
        announced=_("reason for the status"),
        column=Column(gettext_noop("Reason for the status"), also=("status reason",)),
    ),
    Field(
        "lessons",
        published="What was learned.",
        announced=_("lessons learned"),
        column=Column(gettext_noop("Lessons learned"), also=("lessons",)),
    ),
    Field(
        "summary",
        help=gettext_noop("In plain words: what is this partnership for?"),
        published="What it is for.",
        announced=_("what it is for"),
        column=Column(gettext_noop("What it is for"), also=("summary", "description", "about")),
        is_searched=True,
        is_in_files=True,
    ),
    Field(
        "common_agenda",
        published="The agenda that all partners share.",
        announced=_("common agenda"),
        column=Column(gettext_noop("Common agenda")),
        is_searched=True,
    ),
    Field(
        "engagement",
        help=gettext_noop(
            "How much influence the community was promised. Inform, consult, involve and collaborate are levels of the IAP2 "
            "Spectrum. “Defer to community” is from the Spectrum of Community Engagement to Ownership."
        ),
        published="How much influence the community is promised, from 0 (not involved) to 5 (the community decides).",
        announced=_("promise to the community"),
        column=Column(gettext_noop("Promised to the community"), example="Involve", also=("engagement level",)),
        is_in_files=True,
    ),
    Field(
        "starts_on",
        published="The start date.",
        announced=_("start date"),
        column=Column(
            gettext_noop("Start date"), example="2026-01-31", also=("start", "first day", "starts on", "starts")
        ),
        is_in_files=True,
    ),
    Field(
        "ends_on",
        published="The end date.",
        announced=_("end date"),
        column=Column(gettext_noop("End date"), example="2027-12-31", also=("end", "last day", "ends on", "ends")),
        is_in_files=True,
    ),
    Field("lead", announced=_("lead agency")),
    Field(
        "issue_areas",
        announced=_("issue areas"),
        column=Column(
            gettext_noop("Issue areas"),
            gettext_noop("By name. Separate several with semicolons."),
            "Housing; Health",
            also=("issues", "issue area"),
        ),
        is_in_files=True,
    ),
    Field(
        "communities",
        help=gettext_noop("The communities that it matters to most. Optional."),
        vocabulary=Vocabulary.COMMUNITY,
        published="The communities that it matters to most: keys of an open vocabulary.",
        announced=_("communities most affected"),
        column=Column(
            gettext_noop("Communities most affected"),
            "By name. Separate several with semicolons.",
            "Renters; Youth",
            also=("communities", "affected communities", "who is most affected"),
        ),
        is_in_files=True,
    ),
    Field("backbone_is_shared"),
    Field(
        "source",
        announced=_("source of the facts"),
        column=Column(
            gettext_noop("Source"),
            gettext_noop("Where the facts come from."),
            "Annual report 2025",
            also=("source of the facts",),
        ),
    ),
    Field("last_verified_on", help=gettext_noop("The date when someone last checked that this is right.")),
    Field(
        "internal_notes",
        help=gettext_noop(
            "Only staff of the lead agency can read this. It’s kept as long as the record, and a public-records request "
            "may reach it."
        ),
    ),
    Field("documents", announced=_("documents")),
)

register(
    RecordType(
        model=Partnership,
        label=_("Partnership"),
        fields=_FIELDS,
        visible_to=rules.partnerships_visible_to,
        box_search=BoxSearch(along=("lead",), drafts=lambda rows: rows.filter(is_published=False)),
        find=queries.partnership,
        listed_in="partnerships",
        list_of=queries.partnership_list,
        office="lead",
        is_followed=True,
        is_named=True,
        hidden=gettext_noop("A partnership that you can’t see"),
        may_write=rules.may_write_partnership,
        may_read_history=rules.may_read_all,
        read_for_snapshots=actions.read_for_snapshots,
        snapshot=actions.snapshot,
        save=actions.save_partnership,
        undo_argument=undo_fields.save_arguments,
        follows=undo_fields.FOLLOWS,
        vocabularies={"parties.side": "side", "parties.circle": "circle", "parties.roles.role": "role"}
        | {"asks.answer": "ask_answer", "statements.verdict": "verdict"},
    )
)
