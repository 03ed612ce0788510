"""The change log in words, for components/_history.html."""

VERBS = {
    "create": "added this record",
    "update": "changed this record",
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
}


def changes_in_words(changes) -> list[dict]:
    return [
        {
            "at": change.at,
            "by": str(change.by) if change.by else "",
            "what": VERBS.get(change.verb, change.verb),
            "why": change.why,
            "fields": [
                {
                    "label": name_of(key),
                    "before": in_words(change.before.get(key)),
                    "after": in_words(change.after.get(key)),
                }
                for key in sorted({**change.before, **change.after})
            ],
        }
        for change in changes
    ]


def name_of(key: str) -> str:
    return key.replace("_", " ").capitalize()


def in_words(value) -> str:
    """A plain value of the change log as text: lists line by line, yes and no, nothing as nothing."""
    if value is None or value == "" or value == []:
        return ""
    if value is True or value is False:
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "\n".join(in_words(item) for item in value)
    if isinstance(value, dict):
        parts = [(key, in_words(item)) for key, item in value.items()]
        return ", ".join(f"{name_of(key).lower()}: {text}" for key, text in parts if text)
    return str(value)
