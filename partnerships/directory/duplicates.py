"""Likely duplicates among the records that a person may know of, with scores and with reasons that they may read.

The database finds the candidates, about fifty at most, in a fixed number of queries. Only these are scored.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.core.access import SYSTEM, Author, Person, Viewer, belongs_somewhere, is_staff
from partnerships.core.errors import PossibleDuplicates
from partnerships.core.search_similar import most_similar
from partnerships.core.stored_texts import StoredText
from partnerships.directory.choices import Listing
from partnerships.directory.distinct_pairs import distinct_from
from partnerships.directory.matching import (
    LIKELY,
    PERHAPS,
    Known,
    Similarity,
    domains_of,
    facts_of,
    names_of_line,
    numbers_of,
    phones_of,
    similarity,
    site_of,
    spellings,
)
from partnerships.directory.models import Body, Contact, Department, Jurisdiction, Organization
from partnerships.directory.queries import shows_profile
from partnerships.directory.rules import (
    contacts_visible_to,
    departments_visible_to,
    fields_shown,
    identifiers_visible_to,
    may_read_all,
    organizations_visible_to,
)
from partnerships.directory.same_names import had_name, named_like, skeletons_of

SHOWN = 5
AT_ONCE = 20
BY_FACTS = 10  # candidates that are found by an identifier, a website, an email domain or a name, per record
FORMER_NAME = 90  # how likely a record is the same that had this name before


@dataclass(frozen=True)
class Duplicate:
    score: int  # 0 to 100
    reasons: tuple[str, ...]
    record: Body


def similar_organizations(
    person: Viewer, wanted: Known, *, exclude: Organization | None = None, strict: bool = False, most: int = SHOWN
) -> list[Duplicate]:
    """Organizations that the person may see and that may be the wanted one, likeliest first. At most twelve queries.

    `strict`, for people without an account: compares names only, and returns only likely ones. `exclude`: the record
    itself, which is left out together with those that are marked as not its duplicates.
    """
    key = exclude.pk if exclude is not None else None
    return similar_organizations_to_each(person, {key: wanted}, strict=strict, most=most)[key]


def similar_organizations_to_each(person: Viewer, wanted: dict, *, strict: bool = False, most: int = SHOWN) -> dict:
    """`similar_organizations` for many at once: key → Known in, key → likely duplicates out. Twelve queries per twenty keys.

    The key of an existing record is its primary key. Any other key (a row of a file) must not be a number. `strict`: as
    there.
    """
    found: dict = {}
    rows, keys = organizations_visible_to(person), list(wanted)
    unlisted = rows.filter(listing=Listing.UNLISTED).values("pk") if belongs_somewhere(person) else None
    for start in range(0, len(keys), AT_ONCE):
        some = {key: wanted[key] for key in keys[start : start + AT_ONCE]}
        near = most_similar("organization", {key: one.names for key, one in some.items()}, drafts=unlisted)
        named = _named_like(rows, some)
        by_facts = [] if strict else _by_facts(person, rows, some.values())
        there = list(rows.filter(pk__in={*by_facts, *_all_of(near), *_all_of(named)}).order_by("pk"))
        known = list(_public_names(there) if strict else _known_organizations(person, there))
        readable = {one.pk for one in there if not strict and may_read_all(person, one)}
        found |= _scored("organization", some, near, named, known, strict, most, readable)
    return found


def known_facts(person: Person, organizations: Sequence[Organization]) -> dict[int, Known]:
    """Primary key → what this person may read of it, as input for `similar_organizations_to_each`.

    Five queries, no matter how many.
    """
    return {one.pk: known for one, known in _known_organizations(person, organizations)}


def similar_departments(
    person: Person,
    wanted: Known,
    jurisdiction: Jurisdiction,
    *,
    exclude: Department | None = None,
    strict: bool = False,
    most: int = SHOWN,
) -> list[Duplicate]:
    """`similar_organizations` among the departments of this jurisdiction. At most eight queries."""
    key = exclude.pk if exclude is not None else None
    return similar_departments_to_each(person, {key: wanted}, jurisdiction, strict=strict, most=most)[key]


def similar_departments_to_each(
    person: Person, wanted: dict, jurisdiction: Jurisdiction, *, strict: bool = False, most: int = SHOWN
) -> dict:
    """`similar_departments` for many at once, with keys as in `similar_organizations_to_each`. Eight queries per twenty keys."""
    found: dict = {}
    rows, keys = departments_visible_to(person).filter(jurisdiction=jurisdiction), list(wanted)
    for start in range(0, len(keys), AT_ONCE):
        some = {key: wanted[key] for key in keys[start : start + AT_ONCE]}
        near = most_similar("department", {key: one.names for key, one in some.items()}, among=rows.values("pk"))
        named = _named_like(rows, some)
        there = list(rows.filter(pk__in={*_all_of(near), *_all_of(named)}).order_by("pk"))
        if strict:
            known = [(one, Known(one.name, names_of_line(one.other_names))) for one in there]
        else:
            known = list(_known_departments(person, there))
        readable = set() if strict else {one.pk for one in there}
        found |= _scored("department", some, near, named, known, strict, most, readable)
    return found


def _scored(
    kind: str,
    wanted: dict[int | str | None, Known],
    near: dict[int | str | None, list[int]],
    named: dict[int | str | None, list[int]],
    candidates: Sequence[tuple[Body, Known]],
    strict: bool,
    most: int,
    readable: Collection[int],
) -> dict[int | str | None, list[Duplicate]]:
    """`near`: key → ids of records with similar names. `named`: those with a name that looks the same, or that had one.
    `candidates`: pairs (record, what is known of it). `readable`: ids of those whose former names the person may know.
    """
    apart = distinct_from(kind, [key for key in wanted if isinstance(key, int)])
    least, found = LIKELY if strict else PERHAPS, {}
    candidates = [(record, known, facts_of(known)) for record, known in candidates]
    for key, one in wanted.items():
        alike, others, facts = (
            {*near[key], *named[key]},
            (apart.get(key, set()) | {key} if isinstance(key, int) else set()),
            facts_of(one),
        )
        likely = [
            Duplicate(like.score, like.reasons, record)
            for record, known, its_facts in candidates
            if record.pk not in others and (record.pk in alike or facts & its_facts)
            for like in [_likeliest(similarity(one, known), record.pk in named[key] and record.pk in readable)]
            if like.score >= least
        ]
        found[key] = sorted(likely, key=lambda duplicate: -duplicate.score)[:most]
    return found


def _likeliest(found: Similarity, had_this_name: bool) -> Similarity:
    if had_this_name and found.score < FORMER_NAME:
        return Similarity(FORMER_NAME, (StoredText(_("It has or had a name that looks the same.")), *found.reasons))
    return found


def _named_like(rows: QuerySet[Any], wanted: Mapping[Any, Known]) -> dict[Any, list[int]]:
    """Key → ids of these records that have or had a name that looks like one of that key. One query."""
    texts = {key: skeletons_of(one.names) for key, one in wanted.items()}
    found = rows.filter(named_like(name for one in wanted.values() for name in one.names)).order_by("pk")
    pairs = list(found.values_list("pk", "name_skeletons__text")[: BY_FACTS * len(wanted)])
    return {key: [pk for pk, text in pairs if text in of_key] for key, of_key in texts.items()}


def _all_of(found: Mapping[Any, Iterable[int]]) -> set[int]:
    return {pk for pks in found.values() for pk in pks}


def may_be_duplicate(by: Author, record: Organization | Department | None, fields: Mapping[str, Any]) -> bool:
    """Whether saving these fields needs `refuse_duplicates`: the record is new, or gets a name that it never had."""
    return by is not SYSTEM and bool(fields.get("name")) and not (record and had_name(record, fields["name"]))


def refuse_duplicates(
    record: Organization | Department, *, by: Author, not_duplicates: Iterable[Body] | None = (), reason: str = ""
) -> list[Body]:
    """Raise PossibleDuplicates if a record that was just saved was there already, as far as the person may know.

    Call it in the transaction in which a person saved the record (`may_be_duplicate`). `not_duplicates`: those that the
    person said it isn't, which takes a `reason`; None means all. Returns those of them that it may have been.
    """
    person = cast("Person", by)  # `may_be_duplicate` leaves out SYSTEM
    strict = not is_staff(person)
    if isinstance(record, Department):
        wanted = next(known for _, known in _known_departments(person, [record]))
        found = similar_departments(person, wanted, record.jurisdiction, exclude=record, strict=strict)
    else:
        wanted = _all_known(record)
        found = similar_organizations(person, wanted, exclude=record, strict=strict)
    distinct = {one.record.pk for one in found} if not_duplicates is None else {one.pk for one in not_duplicates}
    if [one for one in found if one.record.pk not in distinct]:
        words = gettext(
            "This may be a duplicate of %(other)s (%(public_id)s). Use that record, or say why this is a different one."
        )
        first = found[0].record
        raise PossibleDuplicates(words % {"other": first, "public_id": first.public_id}, found)
    if found and not reason.strip():
        raise PossibleDuplicates(gettext("Say why it’s a different one."), found)
    return [one.record for one in found]


def _all_known(organization: Organization) -> Known:
    """What the record says, also to people who may not read all of it."""
    contacts = list(organization.contacts.all())
    return Known(
        organization.name,
        other_names=names_of_line(organization.other_names),
        website=organization.website,
        identifiers=numbers_of(organization.identifiers.all()),
        mail_domains=domains_of(contacts),
        phones=phones_of(contacts),
        address=organization.address,
        places=tuple((place.path, place.name) for place in organization.area.all()),
    )


def _by_facts(person: Viewer, rows: QuerySet[Organization], wanted: Collection[Known]) -> list[int]:
    """Ids of organizations that share an identifier, the website or the email domain with one of these."""
    domains = {domain for one in wanted for domain in one.mail_domains}
    values = {spelling for one in wanted for number in one.identifiers for spelling in spellings(*number)}
    sites = {spelling for one in wanted for spelling in _addresses(*site_of(one.website))}
    same = Q()
    if domains:
        same |= Q(mail_domain__in=domains)
    if values:
        same |= Q(pk__in=identifiers_visible_to(person).filter(value__in=values).values("organization"))
    if sites:
        same |= Q(website__in=sites)
    most = BY_FACTS * len(wanted)
    return list(rows.filter(same).order_by("pk").values_list("pk", flat=True)[:most]) if same else []


def _addresses(host: str, path: str) -> list[str]:
    """The ways in which a website may have been typed."""
    if not host:
        return []
    starts = [f"{scheme}://{www}{host}{path}" for scheme in ("http", "https") for www in ("", "www.")]
    return [start + end for start in starts for end in ("", "/")]


def _public_names(organizations: Sequence[Organization]) -> Iterator[tuple[Organization, Known]]:
    """Only the names, as everyone may read them."""
    shown = fields_shown(None, organizations)
    for one in organizations:
        names = names_of_line(one.other_names) if "other_names" in shown[one.pk] else ()
        yield one, Known(one.name, other_names=names)


def _known_organizations(person: Viewer, organizations: Sequence[Organization]) -> Iterator[tuple[Organization, Known]]:
    """What this person may read of each organization. At most four queries, no matter how many."""
    prefetch_related_objects(organizations, "identifiers", "area")
    shown, contacts = fields_shown(person, organizations), _contacts(person, "organization", organizations)
    for one in organizations:
        yield one, _known_organization(person, one, shown[one.pk], contacts.get(one.pk, ()))


def _known_organization(person: Viewer, one: Organization, shown: frozenset[str], contacts: Iterable[Contact]) -> Known:
    """What the person may read of one organization. `shown`: its `fields_shown`; `contacts`: those that they may see."""

    def read(name: str) -> str:
        return getattr(one, name) if name in shown else ""

    numbers = one.identifiers.all() if shows_profile(person, one) else ()
    return Known(
        one.name,
        other_names=names_of_line(read("other_names")),
        website=read("website"),
        identifiers=numbers_of(numbers),
        unconfirmed=numbers_of(row for row in numbers if not row.is_confirmed),
        mail_domains=domains_of(contacts) | ({one.mail_domain} - {""} if may_read_all(person, one) else set()),
        phones=phones_of(contacts),
        address=read("address"),
        places=tuple((place.path, place.name) for place in (one.area.all() if "area" in shown else ())),
    )


def _known_departments(person: Person, departments: Sequence[Department]) -> Iterator[tuple[Department, Known]]:
    prefetch_related_objects(departments, "identifiers")
    contacts = _contacts(person, "department", departments)
    for one in departments:
        rows = contacts.get(one.pk, ())
        known = Known(
            one.name,
            other_names=names_of_line(one.other_names),
            website=one.website,
            identifiers=numbers_of(one.identifiers.all()),
            unconfirmed=numbers_of(row for row in one.identifiers.all() if not row.is_confirmed),
            mail_domains=domains_of(rows),
            phones=phones_of(rows),
        )
        yield one, known


def _contacts(person: Viewer, kind: str, records: Sequence[Body]) -> dict[int, list[Contact]]:
    """Primary key → those of its contacts that the person may read."""
    found: dict = {}
    for contact in contacts_visible_to(person).filter(**{f"{kind}__in": records}):
        found.setdefault(getattr(contact, f"{kind}_id"), []).append(contact)
    return found
