"""Entries of the audit log in words, for components/_history.html."""

from partnerships.accounts.queries import names_of
from partnerships.web.words import label

VERBS = {
    "create": "added this record",
    "update": "changed this record",
    "close": "noted what came of it",
    "note": "said how it stands",
    "numbers": "entered numbers",
    "linked": "linked it with measures that add up to it",
    "merge": "made it one with another record",
    "merged": "became a part of another record",
    "unmerge": "took two records apart again",
    "split": "made a part of it a record of its own",
    "publish": "published it",
    "withdraw": "made it a draft again",
    "share": "showed the draft to one more",
    "unshare": "stopped showing the draft to one",
    "contribute": "changed what a party adds, for that party",
    "confirm": "said for a party that the record is right",
    "dispute": "said for a party what it sees another way",
    "remark": "showed a statement to the parties",
    "unremark": "took a statement back",
    "reply": "replied to a statement, for a party",
    "suspend": "suspended this account",
    "reinstate": "reinstated this account",
    "keeping": "changed how long things are kept",
    "token": "made an API token",
    "untoken": "revoked an API token",
    "retoken": "replaced the secret of an API token",
    "webhook": "added a webhook",
    "rewebhook": "changed a webhook",
    "resecret": "replaced the secret of a webhook",
    "pausehook": "paused a webhook",
    "resumehook": "resumed a webhook",
    "unwebhook": "deleted a webhook",
}


# Keys that mark the state of a measure's numbers and mean nothing to readers.
NOT_SAID = {"revision", "taken_out"}


def changes_in_words(changes, say=None) -> list[dict]:
    """Changes as dicts with at, by, what, why and fields.

    `say(path, value)` returns the words for a single value. Without it, the value stays as the log has it.
    """
    return [
        {
            "at": change.at,
            "by": name_of_person(change.by),
            "what": VERBS.get(change.verb, change.verb),
            "why": change.why,
            "fields": [
                {
                    "label": name_of(key),
                    "before": in_words(change.before.get(key), say, key),
                    "after": in_words(change.after.get(key), say, key),
                }
                for key in sorted({**change.before, **change.after}.keys() - NOT_SAID)
            ],
        }
        for change in changes
    ]


def member_changes_in_words(changes) -> list[dict]:
    """Changes of an organization's or office's users, with one field for each person whose role changed."""
    moves = [(change, dict(change.before["members"]), dict(change.after["members"])) for change in changes]
    names = names_of({pk for _, was, now in moves for pk in {*was, *now}})
    return [
        {
            "at": change.at,
            "by": name_of_person(change.by),
            "what": "changed who belongs here",
            "why": change.why,
            "fields": [
                {
                    "label": names.get(pk, "Someone whose account is gone"),
                    "before": label(was.get(pk), "member_role") or "No place",
                    "after": label(now.get(pk), "member_role") or "No place",
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


def name_of(key: str) -> str:
    return key.removeprefix("of_").replace("_", " ").replace("-", " ").capitalize()


def in_words(value, say=None, path="") -> str:
    """A value of the audit log as text: one line per item of a list, “Yes” or “No”, and "" for an empty value."""
    if value is None or value == "" or value == []:
        return ""
    if value is True or value is False:
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "\n".join(in_words(item, say, path) for item in value)
    if isinstance(value, dict):
        parts = [(key, in_words(item, say, f"{path}.{key}")) for key, item in value.items()]
        return ", ".join(f"{name_of(key).lower()}: {text}" for key, text in parts if text)
    return say(path, value) if say else str(value)
