"""Blanks what may differ between two worlds in an answer: tokens, ids, and how often a record was saved.

Dates aren't blanked, since all worlds have the same time. Ids become the names of their records, so that another record
in the same place is a difference.
"""

import re
import zlib

from django.apps import apps

from partnerships.core.ids import SHAPE
from partnerships.core.models import Merge, Record

NOT_COMPARED = {"content-length", "set-cookie", "etag", "ratelimit"}
_ID = re.compile(SHAPE)
# The number of saves isn't secret: a form needs the `version` to detect edit conflicts.
_BLANKS = tuple(
    (re.compile(pattern), r"\1…")
    for pattern in (
        r'(name="(?:csrfmiddlewaretoken|form_key)" value=|name="draft_hand" value=|nonce=)"[^"]*"',
        r'(reg_|"prefix": ")[a-z2-7]{8}',
        # The start of a secret calendar link, and the challenge for a passkey.
        r'("prefix": "|<th scope="row">|End link<span class="sr">: |link that starts with )[a-z2-7]{6}\b',
        r'(<script id="js_data" type="application/json">)[^<]*',
        r'(<code class="break">|<path d=")[^<>]*',  # the key of a new authenticator app, and its QR code
        r"(cursor=)[^\"&\s>;]+",
        r'("as_of":)"[^"]*"',
        r'("version": ?|[,>] version |name="version" value=|ersion: )"?\d+"?',
        r'(value=")\d+(?=")',  # a record's number in a form
        r"(/)\d+(?=/)",  # and in an address
        r"((?:invitation|contact|party|person|claim|suggestion|email|meeting|speakers|term)[-: ])\d+",
        r"(contact:…:)\d+",
        r"(/(?:remark|reply|dispute|\d{4}-\d\d-\d\d)/)\d+",  # the end of an email's occurrence
        r'("occurrence": "(?:[^"]*/)?)\d+(?=")',
        r"(<code>msg_)[0-9a-f]{32}",
        r'("request_id": ")[^"]*',
        r"(/changes/)[0-9a-f-]{36}",
        r'((?:for|name|id)="(?:id_)?part-)\d+',
        r"((?:[?&]|&amp;)after=)\d+",
        r'(name="seen" value=|fingerprint": ?)"[^"]*"',
        r'("(?:record_id|subject_id|public_id)": ?)[^,\n]+',
        r"((?:claim|suggestion|check-in|agreement|invitation|members)[-/])\d+",
    )
)


class Blank:
    """Blanks answers of one world, whose ids it knows."""

    def __init__(self, world):
        self.names = {getattr(record, "public_id", ""): name for name, record in world.records.items()}
        self.names[world.unlisted_before.public_id] = "unlisted"
        for model in apps.get_models():
            if issubclass(model, Record):
                for record in model.objects.all():
                    self.names.setdefault(record.public_id, str(record))
        for merge in Merge.objects.all():
            self.names.setdefault(merge.lost_public_id, f"a part of another {merge.record_type}")

    def __call__(self, answer) -> bytes:
        headers = [f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in NOT_COMPARED]
        text = "\n".join([str(answer.status), *headers, answer.text])
        text = _ID.sub(lambda found: f"«{self.names.get(found[0], found[0])}»", text)
        for pattern, rest in _BLANKS:
            text = pattern.sub(rest, text)
        return zlib.compress(text.encode(), 1)
