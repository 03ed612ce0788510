"""What the name and type of a new organization tell: whether it is a government, and which side it is likely on.

Both are guesses that the preview shows. People decide.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models.functions import Lower
from django.utils.translation import gettext_noop as _

from partnerships.core.choices import Side
from partnerships.core.importing import Item
from partnerships.core.models import type_key
from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading
from partnerships.directory.rules import departments_visible_to, jurisdictions_visible_to
from partnerships.records.imports.items import BATCH

if TYPE_CHECKING:
    from partnerships.records.imports.items import Job

GOVERNMENT = "government"  # the code of a problem with one: its group leads to where governments are added
_TYPES = frozenset((
    "government", "govt", "gov", "gov t", "govmt", "public", "public agency", "public sector", "government agency",
    "government entity", "city", "county", "state", "federal", "municipal", "municipality", "local government",
    "city government", "county government", "state government", "federal government", "tribal government", "tribal nation",
    "school district", "public school district", "township", "town", "city department", "county department",
    "state department", "city agency", "county agency", "state agency", "jurisdiction", "department",
))  # fmt: skip
# Names that have one of these are no governments, although they name one: “Friends of the City of Richfield”.
_NO_GOVERNMENT = re.compile(
    r"\b(friends|foundation|association|coalition|alliance|union|network|partners(hip)?|parents?|pt[ao]|citizens|"
    r"neighbors|residents|volunteers?|advocates|inc|llc|university|college|hospital|chamber|league|society|club|church|"
    r"united way|habitat|naacp|ywca|ymca|conservancy|services?|project|museum|theat(er|re))\b",
    re.IGNORECASE,
)
_GOVERNMENT = re.compile(
    r"^(the )?(city|county|town|township|village|borough|state) of \w|"
    r"^([\w.’']+ ){1,2}(county|township)$|"
    r"\b(school district|public schools|unified schools?|independent schools?|i\.?s\.?d\.? *#? ?\d+)\b|"
    r"\b(dep(artmen)?t\.?|bureau|division|ministry) of \w|"
    r"\b(health|police|fire|sheriff[’']?s|public works|\w+ rights|parks|planning) (dep(artmen)?t|office)\b|"
    r"\b(city|county|state) (attorney|auditor|sheriff|library|libraries|board|commission|(public )?health|\w+ rights)|"
    r"\b(water|park|transit|watershed|library|fire|sewer|conservation) district\b|"
    r"\b(housing|transit|port|redevelopment|airport|transportation) authority\b|"
    r"\boffice of (the )?(mayor|governor|racial|equity|\w+ rights|immigrant|city|county|attorney|health)",
    re.IGNORECASE,
)
# Words of names, and keys of types, that institutions have. What a page shows is the word as it is in the name.
_INSTITUTION = re.compile(
    r"\b(university|college|polytechnic|institute of technology|law school|hospitals?|medical center|health system|"
    r"clinics?|foundation|philanthrop(y|ies)|endowment|bank|credit union|united way|chamber of commerce)\b",
    re.IGNORECASE,
)
_KINDS = ("university", "hospital", "funder", "business")


def is_government_type(text: str) -> bool:
    return normalize_heading(text) in _TYPES


def refuse_governments(job: "Job", items: Sequence[Item]) -> None:
    """Refuse new rows that are a government or an office of one, and say where those belong.

    A type that the row has, or that the person chose, says that it's an organization, whatever its name.
    """
    columns = {job.label("kind"), job.label("side")}
    left = []
    for item in items:
        if item.record is not None:
            continue
        wrong = [one for one in item.problems if one.column in columns and is_government_type(one.text)]
        for problem in wrong:
            problem.code, problem.words = GOVERNMENT, _type_words(problem.text)
        if not item.problems and "kind" not in item.values and "name" in item.values:
            left.append(item)
    known = _known_names(job, [item.values["name"] for item in left])
    for item in left:
        name = item.values["name"]
        if see := known.get(name.casefold()):
            words = _(
                "“%(name)s” is already in the registry, as a jurisdiction or department. Skip this row: you can choose it as "
                "a partner. If you mean an organization, choose its type."
            )
        elif _GOVERNMENT.search(name) and not _NO_GOVERNMENT.search(name):
            words = _(
                "“%(name)s” looks like a government or one of its offices. Those aren’t organizations here: a city, county or "
                "school district is a jurisdiction, and its offices are departments. Add it there, and skip this row. If it’s "
                "an organization, choose its type."
            )
        else:
            continue
        item.refuse(StoredText(words, name=name), job.label("kind"), code=GOVERNMENT, about=name, see=see)


def _type_words(text: str) -> StoredText:
    words = _(
        "“%(text)s” isn’t a type of organization. A city, county, state or school district is a jurisdiction here, and its "
        "offices are departments. Add them there, and skip these rows."
    )
    return StoredText(words, text=text)


def _known_names(job: "Job", names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Folded name → (kind of record, public id) of the jurisdictions and departments with these names."""
    found: dict[str, tuple[str, str]] = {}
    wanted = sorted({name.lower() for name in names})
    for rows in (departments_visible_to(job.person), jurisdictions_visible_to(job.person)):
        for start in range(0, len(wanted), BATCH):
            named = rows.annotate(low=Lower("name")).filter(low__in=wanted[start : start + BATCH])
            for one in named.order_by("-pk"):
                found[one.name.casefold()] = (type_key(one), one.public_id)
    return found


def suggest_sides(job: "Job", items: Sequence[Item]) -> None:
    """Give new organizations without a side in the file one: the person's choice, else what name and type suggest.

    `extra["side"]`: what the preview shows of it, with the reason, so that the person can change it.
    """
    for item in items:
        chosen = any("side" in job.fixes.cells.get(row, {}) for row in item.rows)
        if item.record is not None or item.problems or ("side" in item.values and not chosen):
            continue
        by, reason = _reason(item)
        side = item.values.setdefault("side", (Side.INSTITUTION if by else Side.COMMUNITY).value)
        item.extra["side"] = {"value": side, "by": by, "reason": reason, "is_chosen": chosen}


def _reason(item: Item) -> tuple[str, str]:
    """Why a new organization is likely an institution, as (“kind” or “name”, its type or the word); or two empty texts."""
    kind = item.values.get("kind")
    if kind is not None:
        return ("kind", kind.label) if kind.key in _KINDS else ("", "")
    word = _INSTITUTION.search(item.values.get("name", ""))
    return ("name", word[0].lower()) if word else ("", "")
