"""Entries of the audit log in words, for components/_history.html. They are in English on every page."""

import re

from django.conf import settings
from django.utils import translation

from partnerships.accounts.queries import names_of
from partnerships.web.words import label

VERBS = {
    "create": "added this record",
    "update": "changed this record",
    "close": "added notes and decisions",
    "note": "updated the status",
    "numbers": "entered numbers",
    "linked": "linked it to measures that add up to it",
    "merge": "merged another record into it",
    "merged": "merged it into another record",
    "unmerge": "undid a merge",
    "split": "split it into two records",
    "publish": "published it",
    "withdraw": "unpublished it",
    "share": "shared the draft",
    "unshare": "stopped sharing the draft",
    "contribute": "changed a partner’s contribution, for that partner",
    "confirm": "confirmed the record for a partner",
    "dispute": "disagreed with the record for a partner",
    "remark": "showed a statement to the partners",
    "unremark": "withdrew a statement",
    "reply": "replied to a statement for a partner",
    "suspend": "suspended this account",
    "reinstate": "reinstated this account",
    "keeping": "changed the retention settings",
    "token": "created an API token",
    "untoken": "revoked an API token",
    "retoken": "replaced the secret of an API token",
    "webhook": "added a webhook",
    "rewebhook": "changed a webhook",
    "resecret": "replaced the secret of a webhook",
    "pausehook": "paused a webhook",
    "resumehook": "resumed a webhook",
    "unwebhook": "deleted a webhook",
    "service": "added a service account",
    "reservice": "replaced the secret of a service account",
    "unservice": "revoked a service account",
}


# Keys that mark the state of a measure's numbers, or the order of rows, and mean nothing to readers.
NOT_SHOWN = {"revision", "taken_out", "position", "key"}


@translation.override(settings.LANGUAGE_CODE)
def changes_in_words(changes, say=None) -> list[dict]:
    """Changes as dicts with at, by, what, why and fields.

    `say(path, value)` returns the words for a single value, and `say.name_of(path)` what people call it. Without it, both
    stay as the log has them. Fields that are empty before and after are left out.
    """
    return [
        {
            "at": change.at,
            "by": name_of_person(change.by),
            "what": VERBS.get(change.verb, change.verb),
            "why": change.why,
            "fields": [one for one in _fields(change, say) if one["before"] or one["after"]],
        }
        for change in changes
    ]


def _fields(change, say):
    for key in sorted({**change.before, **change.after}.keys() - NOT_SHOWN):
        yield {
            "label": _name(key, say),
            "before": in_words(change.before.get(key), say, key),
            "after": in_words(change.after.get(key), say, key),
        }


@translation.override(settings.LANGUAGE_CODE)
def member_changes_in_words(changes) -> list[dict]:
    """Changes of an organization's or office's users, with one field for each person whose role changed."""
    moves = [(change, dict(change.before["members"]), dict(change.after["members"])) for change in changes]
    names = names_of({pk for _, was, now in moves for pk in {*was, *now}})
    return [
        {
            "at": change.at,
            "by": name_of_person(change.by),
            "what": "changed the users",
            "why": change.why,
            "fields": [
                {
                    "label": names.get(pk, "Someone whose account is gone"),
                    "before": label(was.get(pk), "member_role") or "No role",
                    "after": label(now.get(pk), "member_role") or "No role",
                }
                for pk in sorted({*was, *now})
                if was.get(pk) != now.get(pk)
            ],
        }
        for change, was, now in moves
    ]


def name_of_person(person) -> str:
    """The name of the person who made a change. Their email address isn't for everyone who reads a history."""
    return str(person) if person else ""


def _name(path, say):
    return say.name_of(path) if hasattr(say, "name_of") else name_of(path.rpartition(".")[2])


def name_of(key: str) -> str:
    return key.removeprefix("of_").replace("_", " ").replace("-", " ").capitalize()


def in_words(value, say=None, path="") -> str:
    """A value of the audit log as text: one line per field, “Yes” or “No”, and "" for an empty value.

    Rows with several fields have a blank line between them.
    """
    if value is None or value == "" or value == []:
        return ""
    if value is True or value is False:
        return "Yes" if value else "No"
    if isinstance(value, list):
        rows = [in_words(item, say, path) for item in value]
        return ("\n\n" if any("\n" in row for row in rows) else "\n").join(rows)
    if isinstance(value, dict):
        known = {key: item for key, item in value.items() if key not in NOT_SHOWN and item is not False}
        parts = [(f"{path}.{key}", in_words(item, say, f"{path}.{key}")) for key, item in known.items()]
        lines = [(at, re.sub(r"\s*\n\s*", "; ", text)) for at, text in parts if text]
        return lines[0][1] if len(lines) == 1 else "\n".join(f"{_name(at, say)}: {text}" for at, text in lines)
    return say(path, value) if say else str(value)
