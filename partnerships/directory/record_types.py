"""The kinds of record of the directory."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from partnerships.core.choices import Vocabulary
from partnerships.core.record_types import BoxSearch, Column, Field, RecordType, register
from partnerships.directory import actions, queries, rules, snapshots, undo_fields
from partnerships.directory.choices import Listing
from partnerships.directory.models import Department, IssueArea, Jurisdiction, Organization

_VOCABULARIES = {"contacts.role": "contact_role", "contacts.visible_to": "reader", "identifiers.scheme": "identifier"}
_VOCABULARIES |= {f"{snapshots.CONFIRMED}.scheme": "identifier"}
_PRIVATE = gettext_noop(
    "Private until the organization shows it to more people. Kept as long as the record. A public-records request may "
    "reach it."
)
_MANY = gettext_noop("Separate several with semicolons.")
_SOURCE = Column(
    gettext_noop("Source"),
    gettext_noop("Where the facts come from."),
    "Annual report 2025",
    also=("source of the facts",),
)
_ISSUES = Column(
    gettext_noop("Issue areas"),
    gettext_noop("By name. Separate several with semicolons."),
    "Housing; Health",
    also=("issues", "issue area"),
)
_WEBSITE = Column(gettext_noop("Website"), example="https://example.org", also=("web site", "url", "web", "homepage"))
_OTHER_NAMES = Column(gettext_noop("Other names"), _MANY, "EN", also=("also known as", "aka", "acronym"))
_OTHER_NAMES_HELP = gettext_noop(
    "Former names and short names, by which people look for it. Separate several with semicolons."
)
_CLOSED_ON = Field(
    "closed_on",
    section="name",
    help=gettext_noop(
        "Only if it has closed: its last day. Everyone who sees its name sees this, too. Its record stays. From then on it "
        "can’t become a partner anywhere, and we email its contacts only about a round that asks them. Clear the date if it "
        "opens again."
    ),
    announced=_("the day when it closed"),
    column=Column(
        gettext_noop("Closed on"),
        gettext_noop("Its last day, if it has closed."),
        "2026-06-30",
        also=("closed", "closed since", "closing date", "date closed"),
    ),
)

# News announce a field of a profile only to people who the organization lets read it.
_OF_ORGANIZATION = (
    Field(
        "name",
        section="name",
        announced=_("name"),
        column=Column(
            gettext_noop("Name"),
            example="Example neighbors",
            also=("organization", "organization name"),
            is_needed=True,
        ),
        is_merged=True,
    ),
    Field(
        "other_names",
        section="name",
        help=_OTHER_NAMES_HELP,
        published="Other names.",
        announced=_("other names"),
        column=_OTHER_NAMES,
        is_merged=True,
    ),
    Field(
        "side",
        section="name",
        help=gettext_noop("The organization itself says which of the two it is."),
        announced=_("side"),
        column=Column(
            gettext_noop("Side"), gettext_noop("Community or Institution. If empty: Community."), "Community"
        ),
    ),
    Field(
        "kind",
        section="name",
        vocabulary=Vocabulary.ORGANIZATION_KIND,
        published="A key of the open vocabulary of kinds of organization.",
        announced=_("kind"),
        column=Column(gettext_noop("Type"), example="Coalition", also=("kind", "organization kind")),
        is_merged=True,
    ),
    _CLOSED_ON,
    Field(
        "aims",
        section="work",
        published="What it works for.",
        announced=_("aims"),
        column=Column(gettext_noop("Mission"), example="Safe homes for all", also=("aims", "about", "description")),
        is_searched=True,
        is_in_files=True,
        is_merged=True,
    ),
    Field(
        "website",
        section="reach",
        published="Its website.",
        announced=_("website"),
        column=_WEBSITE,
        is_in_files=True,
        is_merged=True,
    ),
    Field(
        "issue_areas",
        section="work",
        published="Keys of issue areas.",
        announced=_("issue areas"),
        column=_ISSUES,
        is_merged=True,
    ),
    Field(
        "area",
        section="place",
        published="Ids of the jurisdictions that it serves.",
        announced=_("area served"),
        column=Column(
            gettext_noop("Area served"),
            gettext_noop("Jurisdictions, by name, ID or GEOID. Separate several with semicolons."),
            "City of Saint Paul",
        ),
        is_merged=True,
    ),
    Field(
        "area_note",
        section="place",
        published="The area that it serves, in words.",
        announced=_("area served"),
        column=Column(gettext_noop("Area served, in words"), example="The east side", also=("area note",)),
        is_in_files=True,
        is_merged=True,
    ),
    Field(
        "languages",
        section="place",
        vocabulary=Vocabulary.LANGUAGE,
        published="Keys of languages.",
        announced=_("languages"),
        column=Column(gettext_noop("Languages"), _MANY, "Spanish; Hmong", also=("language",)),
        is_merged=True,
    ),
    Field(
        "listing",
        section="listing",
        help=gettext_noop(
            "If an office enters it, it stays unlisted until the organization or a published source says otherwise."
        ),
        # An office names an organization where a published source does; the full profile is the organization's own to open.
        column=Column(
            gettext_noop("Listing"),
            gettext_noop("Unlisted, or Named only with the source that names it."),
            "Unlisted",
            choices=tuple((one.value, one.label) for one in (Listing.NAMED, Listing.UNLISTED)),
        ),
    ),
    Field(
        "listing_source",
        help=gettext_noop("Required for “Named only”: where its name is already public."),
        column=Column(gettext_noop("Published source that names it"), also=("listing source",)),
    ),
    Field("kept_by"),
    Field(
        "led_by",
        section="place",
        help=_PRIVATE,
        vocabulary=Vocabulary.COMMUNITY,
        published="Keys of communities. Only where the organization opened it.",
        announced=_("who it is led by"),
        column=Column(gettext_noop("Led by"), gettext_noop("Private. Separate several with semicolons.")),
        is_merged=True,
    ),
    Field(
        "communities",
        section="place",
        help=_PRIVATE,
        vocabulary=Vocabulary.COMMUNITY,
        published="Keys of communities served. Only where it opened them.",
        announced=_("communities served"),
        column=Column(
            gettext_noop("Communities served"),
            gettext_noop("Private. Separate several with semicolons."),
            also=("communities",),
        ),
        is_merged=True,
    ),
    Field(
        "address",
        section="reach",
        help=_PRIVATE,
        published="Only where the organization opened it.",
        announced=_("address"),
        column=Column(
            gettext_noop("Address"),
            gettext_noop("Private."),
            "1 Main Street",
            also=("street address", "mailing address"),
        ),
        is_merged=True,
    ),
    Field("source", column=_SOURCE, is_merged=True),
    Field(
        "last_verified_on",
        column=Column(gettext_noop("Last verified"), example="2026-03-31", also=("last verified on", "verified")),
        is_merged=True,
    ),
    Field(
        "mail_domain",
        section="domain",
        help=gettext_noop("For example, example.org. If empty, no one joins by email domain."),
    ),
)
_OF_DEPARTMENT = (
    Field(
        "name",
        announced=_("name"),
        column=Column(
            gettext_noop("Name"),
            example="Department of Housing",
            also=("department", "department name"),
            is_needed=True,
        ),
        is_merged=True,
    ),
    Field("other_names", help=_OTHER_NAMES_HELP, announced=_("other names"), column=_OTHER_NAMES, is_merged=True),
    Field(
        "kind",
        announced=_("kind"),
        column=Column(gettext_noop("Type"), gettext_noop("If empty: Department."), "Office", also=("kind",)),
        is_merged=True,
    ),
    Field(
        "is_equity_office",
        announced=_("whether it leads racial equity work"),
        column=Column(
            gettext_noop("Leads racial equity work"), gettext_noop("Yes or no."), "no", also=("equity office",)
        ),
    ),
    Field(
        "about", announced=_("what it is"), column=Column(gettext_noop("About"), also=("description",)), is_merged=True
    ),
    Field("website", announced=_("website"), column=_WEBSITE, is_merged=True),
    Field("issue_areas", announced=_("issue areas"), column=_ISSUES, is_merged=True),
    Field("parent", is_merged=True),
    _CLOSED_ON,
    Field("source", column=_SOURCE, is_merged=True),
    Field("last_verified_on", is_merged=True),
)
_OF_JURISDICTION = (
    Field("name", announced=_("name")),
    Field("other_names", help=_OTHER_NAMES_HELP, announced=_("other names"), column=_OTHER_NAMES),
    Field("kind", announced=_("kind")),
    Field("state", announced=_("state")),
    Field("stage", announced=_("stage")),
    Field("stages", announced=_("stages")),
    Field("about", announced=_("what it is")),
    Field("website", announced=_("website")),
    Field("population", announced=_("population")),
)
_OF_ISSUE_AREA = (Field("name", announced=_("name")), Field("about", announced=_("what it is")))

register(
    RecordType(
        model=Organization,
        label=_("Organization"),
        fields=_OF_ORGANIZATION,
        visible_to=rules.organizations_visible_to,
        box_search=BoxSearch(along=("kind",), drafts=lambda rows: rows.filter(listing=Listing.UNLISTED)),
        find=queries.organization,
        listed_in="organizations",
        list_of=queries.organization_list,
        office="kept_by",
        is_followed=True,
        is_named=True,
        hidden=gettext_noop("An organization that you can’t see"),
        prefetch=("kind", "area", "languages", "issue_areas", "led_by", "communities"),
        may_write=rules.may_write_organization,
        may_read_history=rules.may_read_all,
        save=actions.save_organization,
        read_for_snapshots=snapshots.read_for_snapshots,
        snapshot=snapshots.snapshot,
        undo_argument=undo_fields.save_arguments,
        follows=(snapshots.CONFIRMED,),
        vocabularies=_VOCABULARIES,
    ),
    RecordType(
        model=Department,
        label=_("Department"),
        fields=_OF_DEPARTMENT,
        visible_to=rules.departments_visible_to,
        box_search=BoxSearch(along=("jurisdiction",)),
        find=queries.department,
        listed_in="departments",
        list_of=queries.department_list,
        office="jurisdiction",
        is_followed=True,
        is_named=True,
        prefetch=("jurisdiction", "parent", "identifiers", "issue_areas"),
        may_write=rules.may_write_department,
        may_read_history=rules.may_read_all_of_place,
        save=actions.save_department,
        read_for_snapshots=snapshots.read_for_snapshots,
        snapshot=snapshots.snapshot,
        undo_argument=undo_fields.save_arguments,
        follows=(snapshots.CONFIRMED,),
        vocabularies=_VOCABULARIES,
    ),
    RecordType(
        model=Jurisdiction,
        label=_("Jurisdiction"),
        fields=_OF_JURISDICTION,
        visible_to=rules.jurisdictions_visible_to,
        box_search=BoxSearch(),
        find=queries.jurisdiction,
        listed_in="jurisdictions",
        is_followed=True,
        is_named=True,
        prefetch=("parent", "identifiers", "stages", "relations_as_first__second", "relations_as_second__first"),
        may_write=rules.may_write_jurisdiction,
        may_read_history=rules.may_read_all_of_place,
        save=actions.save_jurisdiction,
        read_for_snapshots=snapshots.read_for_snapshots,
        snapshot=snapshots.snapshot,
        undo_argument=undo_fields.save_arguments,
        follows=(snapshots.CONFIRMED,),
        vocabularies=_VOCABULARIES | {"stages.stage": "stage"},
    ),
    RecordType(
        model=IssueArea,
        label=_("Issue area"),
        fields=_OF_ISSUE_AREA,
        visible_to=rules.issue_areas_visible_to,
        box_search=BoxSearch(),
        find=queries.issue_area,
        listed_in="issue_areas",
        is_followed=True,
        is_named=True,
        prefetch=("parent",),
    ),
)
