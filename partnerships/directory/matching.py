"""Scores how likely two records are the same organization or department, and says why. Pure functions.

Above 80 they are most likely the same; from 50 to 80 a person should check; below 50 they are different.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _

from partnerships.core.stored_texts import StoredText
from partnerships.core.text import fold_words
from partnerships.directory.domains import domain_of
from partnerships.directory.models import Contact, Identifier, Jurisdiction
from partnerships.directory.name_similarity import MOST_APART, name_similarity
from partnerships.directory.name_words import words_of
from partnerships.directory.skeletons import look_the_same

if TYPE_CHECKING:
    from partnerships.directory.name_similarity import NameSimilarity

LIKELY, PERHAPS = 80, 50
# Hosts where anyone can have a page: only the whole address identifies its owner.
SHARED_HOSTS = (
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "linktr.ee",
    "sites.google.com",
    "medium.com",
    "meetup.com",
    "eventbrite.com",
    "youtube.com",
    "x.com",
    "twitter.com",
    "tiktok.com",
)
OF_GOVERNMENTS = (".gov", ".us", ".edu", ".mil")
# How much a shared fact raises the score, as a share of what the names leave open, 0 to 1.
IDENTIFIER, WEBSITE, PHONE, MAIL, ADDRESS, PLACE = 0.9, 0.5, 0.45, 0.4, 0.35, 0.1
# The same number with a very different name, since groups may share the number of a fiscal sponsor, and one that no one
# has checked: someone has to look.
SPONSORED = 0.6
OTHER_IDENTIFIER, OTHER_PLACE, OTHER_BODY = 60, 70, 40
SCHEMES = {"ein": "EIN", "uei": "UEI", "geoid": "GEOID", "ocd": "OCD division id"}


@dataclass(frozen=True)
class Known:
    """What is known of a record, as far as the person who compares may read it.

    `places`: (path in the tree, name) of each jurisdiction that it serves. `body`: the jurisdiction of a department.
    `unconfirmed`: those of its identifiers that no one has checked.
    """

    name: str
    other_names: tuple[str, ...] = ()
    website: str = ""
    identifiers: frozenset[tuple[str, str]] = frozenset()
    unconfirmed: frozenset[tuple[str, str]] = frozenset()
    mail_domains: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    address: str = ""
    places: tuple[tuple[str, str], ...] = ()
    body: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.other_names)


@dataclass(frozen=True)
class Similarity:
    score: int  # 0 to 100
    reasons: tuple[str, ...] = ()


def similarity(one: Known, other: Known) -> Similarity:
    """How likely the two are the same, with the reasons for and against as sentences."""
    names, reasons = _best_names(one, other)
    open_part, most, is_numbered = 1 - names.score / 100, names.most, False
    for strength, words in _evidence_for(one, other, names.score):
        open_part *= 1 - strength
        reasons.append(words)
        is_numbered |= strength in (IDENTIFIER, SPONSORED)
    against = list(_evidence_against(one, other))
    is_apart = names.most == MOST_APART
    most = min([100 if is_numbered and not is_apart else most, *(at_most for at_most, _ in against)])
    if is_apart:
        reasons.append(StoredText(_("But a number, direction, place or part of the names differs.")))
    reasons += [words for _, words in against]
    return Similarity(min(round(100 * (1 - open_part)), most), tuple(reasons))


def same_name(one: str, other: str) -> bool:
    """Whether two names look the same or have the same words: a number alone never says that two records are the same."""
    if look_the_same(one, other):
        return True
    forms, other_forms = ([word.form for word in words_of(name) if word.form] for name in (one, other))
    return bool(forms) and forms == other_forms


def facts_of(known: Known) -> set:
    """The facts by which a record can be found, no matter its name: identifiers, website, email domains and phone
    numbers.
    """
    host, path = site_of(known.website)
    found = {*known.identifiers, *known.mail_domains, *known.phones}
    return found | {f"//{host}{path}", f"//{host}"} if host and host not in SHARED_HOSTS else found


def _best_names(one: Known, other: Known) -> "tuple[NameSimilarity, list[str]]":
    """The likeness of the most similar names, and the reasons to show."""
    best = max(
        ((name_similarity(a, b), a, b) for a in one.names for b in other.names), key=lambda found: found[0].score
    )
    found, a, b = best
    if found.score < PERHAPS:
        return found, []
    reasons = [found.words]
    other_name = _("“%(name)s” is another name of it.")
    reasons += [StoredText(other_name, name=name) for name in {a, b} & {*one.other_names, *other.other_names}]
    return found, reasons


def _evidence_for(one: Known, other: Known, names: int) -> Iterator[tuple[float, str]]:
    """(strength, reason) for each fact that both have."""
    for scheme, value in sorted(one.identifiers & other.identifiers):
        words = {"label": SCHEMES.get(scheme, scheme), "value": value}
        is_checked = (scheme, value) not in one.unconfirmed | other.unconfirmed
        yield (
            IDENTIFIER if is_checked and names >= 30 else SPONSORED,
            StoredText(_("Both have the %(label)s %(value)s."), **words),
        )
    if site := _shared_site(one.website, other.website):
        yield WEBSITE, StoredText(_("Both have the website %(site)s."), site=site)
    for domain in sorted(one.mail_domains & other.mail_domains)[:1]:
        yield MAIL, StoredText(_("Both use email addresses at %(domain)s."), domain=domain)
    for phone in sorted(one.phones & other.phones)[:1]:
        number = f"{phone[:3]}-{phone[3:6]}-{phone[6:]}"
        yield PHONE, StoredText(_("Both have the phone number %(number)s."), number=number)
    if one.address and _folded(one.address) == _folded(other.address):
        yield ADDRESS, StoredText(_("Both have the same address."))
    place = next((name for path, name in one.places for there, _ in other.places if _overlap(path, there)), "")
    if place and names >= PERHAPS:
        yield PLACE, StoredText(_("Both serve %(place)s."), place=place)


def _evidence_against(one: Known, other: Known) -> Iterator[tuple[int, str]]:
    """(maximum score, reason) for each fact that speaks against."""
    for scheme in ("ein", "uei"):
        numbers = [{value for kind, value in known.identifiers if kind == scheme} for known in (one, other)]
        if all(numbers) and not numbers[0] & numbers[1]:
            yield OTHER_IDENTIFIER, StoredText(_("But each has its own %(label)s."), label=SCHEMES[scheme])
    if one.places and other.places and not any(_overlap(a, b) for a, _ in one.places for b, _ in other.places):
        yield OTHER_PLACE, StoredText(_("But they serve different places."))
    if one.body and other.body and one.body != other.body:
        yield OTHER_BODY, StoredText(_("But they belong to different jurisdictions."))


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def site_of(website: str) -> tuple[str, str]:
    """Host and path of a web address in a normalized form: “https://www.x.org/” → (“x.org”, “”)."""
    try:
        parts = urlsplit(website.strip() if "//" in website else f"//{website.strip()}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "", ""
    return host.removeprefix("www."), parts.path.rstrip("/").lower()


def _shared_site(one: str, other: str) -> str:
    (host, path), (other_host, other_path) = site_of(one), site_of(other)
    if not host or host != other_host:
        return ""
    if path == other_path:
        is_everybodys = any(host == shared or host.endswith(f".{shared}") for shared in SHARED_HOSTS)
        return "" if is_everybodys and not path else host + path
    return "" if (path and other_path) or host in SHARED_HOSTS or host.endswith(OF_GOVERNMENTS) else host


def number_of(scheme: str, value: str) -> tuple[str, str]:
    """An identifier in the form that is compared: an EIN as its nine digits, others in capitals without spaces."""
    if scheme == "ein":
        return scheme, "".join(char for char in value if char.isdigit())
    return scheme, "".join(value.split()).upper()


def standard_spelling(scheme: str, value: str) -> str | None:
    """An EIN as 12-3456789, a UEI in capitals, an OCD division id in lower case, others as they are. None for what is none."""
    if scheme == "ein":
        digits = re.sub(r"[\s-]", "", value)
        return f"{digits[:2]}-{digits[2:]}" if re.fullmatch("[0-9]{9}", digits) else None
    if scheme == "uei":
        text = "".join(value.split()).upper()
        return text if re.fullmatch("[A-Z0-9]{12}", text) else None
    if scheme == "ocd":
        text = value.strip().lower()
        return text if re.fullmatch("ocd-division/country:[a-z]{2}(/[^/:\\s]+:[^/:\\s]+)*", text) else None
    return value


def spellings(scheme: str, value: str) -> set[str]:
    """The ways in which the identifier with this normalized value may have been typed."""
    return {value, f"{value[:2]}-{value[2:]}"} if scheme == "ein" else {value, value.lower()}


def phone_of(text: str) -> str:
    """The ten digits of a US phone number, or ""."""
    digits = re.sub(r"\D", "", re.split(r"(?i)ext|x|#", text)[0])
    digits = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    return digits if len(digits) == 10 else ""


def numbers_of(identifiers: Iterable[Identifier]) -> frozenset[tuple[str, str]]:
    return frozenset(number_of(row.scheme, row.value) for row in identifiers)


def phones_of(contacts: Iterable[Contact]) -> frozenset[str]:
    return frozenset({phone_of(contact.phone) for contact in contacts} - {""})


def domains_of(contacts: Iterable[Contact]) -> frozenset[str]:
    """The email domains of these contacts that may belong to an organization."""
    return frozenset({domain_of(contact.email) for contact in contacts if "@" in contact.email} - {""})


LONGEST_LINE = 10_000  # characters of other names that are read


def names_of_line(text: str) -> tuple[str, ...]:
    """The separate names in a line of other names.

    A comma separates names unless the line has another separator, or unless what follows isn't a name (“, Inc.”, “,
    MN”).
    """
    return _split_names(text)[:6]


def with_name(line: str, name: str) -> str:
    """The line of other names with this one at its end, unless it is there already."""
    names = _split_names(line)
    there = {tuple(fold_words(one)) for one in names}
    return line if tuple(fold_words(name)) in there else "; ".join((*names, name))


def _split_names(text: str) -> tuple[str, ...]:
    text = text[:LONGEST_LINE]
    parts = [part.strip() for part in re.split(r"[;|\n]", text)]
    if len(parts) == 1:
        parts = re.sub(r",(?=\s*(?:inc|llc|ltd|[a-z]{2})\b\.?\s*(?:,|$))", "\0", text, flags=re.IGNORECASE).split(",")
        parts = [part.replace("\0", ",").strip() for part in parts]
    return tuple(part for part in parts if fold_words(part))


def _folded(address: str) -> list[str]:
    return [word.form for word in words_of(" ".join(fold_words(address)))]


def similar_names(name: str, rows: Sequence[tuple[str, Jurisdiction]]) -> list[Jurisdiction]:
    """The five of `rows` (pairs of name and record) whose names are most similar, best first, if they are very similar."""
    scored = [(name_similarity(name, other).score, record) for other, record in rows]
    best = sorted((pair for pair in scored if pair[0] >= PERHAPS), key=lambda pair: -pair[0])[:5]
    return [record for _, record in best]
