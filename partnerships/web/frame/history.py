"""Entries of the audit log in words, for components/_history.html: in the language of the page, whatever was stored."""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from partnerships.accounts.choices import LEFT
from partnerships.accounts.queries import names_of
from partnerships.core import record_types
from partnerships.records import undoing
from partnerships.registry.statement_links import BY_LINK
from partnerships.web.frame.words import label

# What an entry says: who did what.
VERBS = {
    "create": _("%(by)s added this record"),
    "update": _("%(by)s changed this record"),
    "close": _("%(by)s added notes and decisions"),
    "note": _("%(by)s updated the status"),
    "number": _("%(by)s confirmed an identifier"),
    "unnumber": _("%(by)s withdrew the confirmation of an identifier"),
    "numbers": _("%(by)s entered numbers"),
    "linked": _("%(by)s linked it to measures that add up to it"),
    "merge": _("%(by)s merged another record into it"),
    "merged": _("%(by)s merged it into another record"),
    "unmerge": _("%(by)s undid a merge"),
    "redact": _("%(by)s redacted it"),
    "split": _("%(by)s split it into two records"),
    "publish": _("%(by)s published it"),
    "withdraw": _("%(by)s unpublished it"),
    "share": _("%(by)s shared the draft"),
    "unshare": _("%(by)s stopped sharing the draft"),
    "contribute": _("%(by)s changed a partner’s contribution, for that partner"),
    "confirm": _("%(by)s confirmed the record for a partner"),
    "dispute": _("%(by)s disagreed with the record for a partner"),
    "remark": _("%(by)s showed a statement to the partners"),
    "unremark": _("%(by)s withdrew a statement"),
    "reply": _("%(by)s replied to a statement for a partner"),
    "suspend": _("%(by)s suspended this account"),
    "reinstate": _("%(by)s reinstated this account"),
    "keeping": _("%(by)s changed the retention settings"),
    "token": _("%(by)s created an API token"),
    "untoken": _("%(by)s revoked an API token"),
    "retoken": _("%(by)s replaced the secret of an API token"),
    "webhook": _("%(by)s added a webhook"),
    "rewebhook": _("%(by)s changed a webhook"),
    "resecret": _("%(by)s replaced the secret of a webhook"),
    "pausehook": _("%(by)s paused a webhook"),
    "resumehook": _("%(by)s resumed a webhook"),
    "unwebhook": _("%(by)s deleted a webhook"),
    "service": _("%(by)s added a service account"),
    "reservice": _("%(by)s replaced the secret of a service account"),
    "takeservice": _("%(by)s took over a service account"),
    "unservice": _("%(by)s revoked a service account"),
    "round.create": _("%(by)s started this round"),
    "round.name": _("%(by)s named who answers for a partner"),
    "round.code": _("%(by)s printed a code for a partner"),
    "round.roll": _("Answering began"),
    "round.object": _("%(by)s objected to someone on their side, or withdrew that"),
    "round.update": _("%(by)s changed the deadline"),
    "round.remind": _("%(by)s sent reminders"),
    "round.cancel": _("%(by)s canceled the round, or asked for that"),
    "round.agree": _("%(by)s answered for a partner whether to cancel the round"),
    "round.open": _("Answers opened"),
    "round.respond": _("%(by)s responded to a gap"),
    "round.publish": _("%(by)s decided for a partner whether everyone may read the round"),
}


# Keys that mark the state of a measure's numbers, or the order of rows, and mean nothing to readers.
NOT_SHOWN = {"revision", "taken_out", "position", "key"}
# A key of the logs of accounts that no form names, for `name_of`.
_ENDS = _("Ends")


def changes_in_words(changes, say=None) -> list[dict]:
    """Changes as dicts with at, heading, why and fields.

    `say(path, value)` returns the words for a single value, and `say.name_of(path)` what people call it. Without it, both
    stay as the log has them. Fields that are empty before and after are left out.
    """
    return [
        {
            "at": change.at,
            "heading": _heading(_verb_of(change), change),
            "why": why_in_words(change.why),
            "fields": [one for one in _fields(change, say) if one["before"] or one["after"]],
        }
        for change in changes
    ]


def _verb_of(change) -> str:
    return VERBS.get(f"{change.record_type}.{change.verb}") or VERBS.get(change.verb, "%(by)s")


def _fields(change, say):
    keys, shown = {**change.before, **change.after}.keys() - NOT_SHOWN, record_types.history_fields(change.record_type)
    for key in sorted(keys if shown is None else keys & {*shown}):
        yield {
            "label": _name(key, say),
            "before": in_words(change.before.get(key), say, key),
            "after": in_words(change.after.get(key), say, key),
        }


_LEFT = _("%(by)s recorded that someone left")


def member_changes_in_words(changes) -> list[dict]:
    """Changes of an organization's or office's users, with one field for each person whose role changed, and who followed
    someone who left.
    """
    moves = [
        (change, *(dict(values.get("members", ())) for values in (change.before, change.after))) for change in changes
    ]
    names = names_of({pk for _change, was, now in moves for pk in {*was, *now}})
    return [
        {
            "at": change.at,
            "heading": _heading(_LEFT if change.verb == LEFT else _("%(by)s changed the users"), change),
            "why": why_in_words(change.why),
            "fields": _follower_in_words(change)
            or [
                {
                    "label": names.get(pk, gettext("Someone whose account is gone")),
                    "before": label(was.get(pk), "member_role") or gettext("No role"),
                    "after": label(now.get(pk), "member_role") or gettext("No role"),
                }
                for pk in sorted({*was, *now})
                if was.get(pk) != now.get(pk)
            ],
        }
        for change, was, now in moves
    ]


def _follower_in_words(change) -> list[dict]:
    """Who left, and who follows; empty for a change of roles."""
    if change.verb != LEFT:
        return []
    ((_kind, name),) = change.before["left"].items()
    follower = next(iter(change.after["left"]["by"].values()), "") or gettext("No one")
    return [{"label": gettext("Who follows %(name)s") % {"name": name}, "before": "", "after": follower}]


def _heading(words, change) -> str:
    no_person = gettext("A partner’s contact") if change.why == BY_LINK else gettext("The registry")
    return gettext(words) % {"by": name_of_person(change.by) or no_person}


# Reasons that we write. They're stored in English.
_REASONS = (
    (re.compile(rf"{undoing.OPENING} (?P<month>\w+) (?P<day>\d+), (?P<year>\d+)(?:: (?P<own>.*))?", re.DOTALL),
     _("Undo of the change on %(date)s"), _("Undo of the change on %(date)s: %(own)s")),
    (re.compile(r"Sample registry: (?P<key>.+)"), _("Part of the sample data."), ""),
    (re.compile(r"Import of (?P<file>.+)"), _("Import of %(file)s"), ""),
    (re.compile(r"Official list: (?P<name>.+)"), _("Official list: %(name)s"), ""),
    (re.compile(r"Undid the import of (?P<file>.+)"), _("Undid the import of %(file)s"), ""),
    (re.compile(r"Proposed with claim (?P<number>\d+)\."), _("Proposed with claim %(number)s."), ""),
    (re.compile(r"Suggested by the public \(suggestion (?P<number>\d+)\)"),
     _("Suggested by the public (suggestion %(number)s)"), ""),
    (re.compile(r"(?P<name>.+) was merged into it\."), _("%(name)s was merged into it."), ""),
    (re.compile(r"(?P<name>.+) is a separate record again\."), _("%(name)s is a separate record again."), ""),
    (re.compile(r"Claim (?P<number>\d+) was approved\."), _("Claim %(number)s was approved."), ""),
    (re.compile(r"Claim (?P<number>\d+) was revoked\."), _("Claim %(number)s was revoked."), ""),
)  # fmt: skip
_PLAIN_REASONS = (
    _("The account was erased."),
    _("Someone left."),
    _("Confirmed as current."),
    _("With the code of the partner."),
    _("By a contact of the partner, with the link that we emailed."),
    _("A contact was erased."),
    _("The account of someone who is named here was erased."),
    _("Accepted an invitation."),
    _("Two records of a partner were merged."),
    _("The merge of two records of a partner was undone."),
    _("Two accounts of one person were merged."),
    _("The merge of two accounts was undone."),
    _("The record of a partner was split."),
)


def why_in_words(why: str) -> str:
    """The reason of a change: what people wrote as it is, and what we wrote in the reader's language."""
    if why in _PLAIN_REASONS:
        return gettext(why)
    for pattern, words, with_own in _REASONS:
        if found := pattern.fullmatch(why):
            values = found.groupdict()
            if "month" in values:
                date = gettext("%(month)s %(day)s, %(year)s")
                values["date"] = date % (values | {"month": gettext(values["month"])})
            return gettext(with_own if values.get("own") else words) % values
    return why


def name_of_person(person) -> str:
    """The name of the person who made a change. Their email address isn't for everyone who reads a history."""
    return str(person) if person else ""


def _name(path, say):
    return say.name_of(path) if hasattr(say, "name_of") else name_of(path.rpartition(".")[2])


def name_of(key: str) -> str:
    words = key.removeprefix("of_").replace("_", " ").replace("-", " ").capitalize()
    return gettext(words) if words else ""


def in_words(value, say=None, path="") -> str:
    """A value of the audit log as text: one line per field, “Yes” or “No”, and "" for an empty value.

    Rows with several fields have a blank line between them.
    """
    if value is None or value == "" or value == []:
        return ""
    if value is True or value is False:
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        rows = [in_words(item, say, path) for item in value]
        return ("\n\n" if any("\n" in row for row in rows) else "\n").join(rows)
    if isinstance(value, dict):
        known = {key: item for key, item in value.items() if key not in NOT_SHOWN and item is not False}
        parts = [(f"{path}.{key}", in_words(item, say, f"{path}.{key}")) for key, item in known.items()]
        lines = [(at, re.sub(r"\s*\n\s*", "; ", text)) for at, text in parts if text]
        return lines[0][1] if len(lines) == 1 else "\n".join(f"{_name(at, say)}: {text}" for at, text in lines)
    return say(path, value) if say else str(value)
