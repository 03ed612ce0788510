"""The body of a message: JSON for programs, for Slack, and for Microsoft Teams."""

import html
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from partnerships.core import record_types
from partnerships.notifications.news import News
from partnerships.webhooks.choices import WebhookFormat

MOST_LINES = 20
TEST = "webhook.test"
# Characters that have a meaning in Slack's text (https://docs.slack.dev/messaging/formatting-message-text).
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MORE = re.compile(r"And \d+ more\.")
_EXAMPLE = " (example)"  # after the title of an illustration


def of_news(format: str, news: News, at: datetime) -> str:
    """The body that says what happened to one record at this moment. `news` has the lines that may be said."""
    lines = list(news.lines)
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"And {len(lines) - MOST_LINES} more."]
    mark = _EXAMPLE if news.is_illustration else ""
    data = {
        "record": {
            "type": news.record_type,
            "id": news.public_id,
            "title": news.title,
            "url": news.page,
            "list": record_types.get(news.record_type).listed_in.replace("_", "-"),
            "is_illustration": news.is_illustration,
            "version": news.version,
        },
        "changes": [{"kind": kind, "text": line} for kind, line in news.facts[:MOST_LINES]],
    }
    return _body(format, f"{news.record_type}.changed", at, data, news.title + mark, news.page, lines)


def texts_of(payload: str) -> list[str]:
    """The title and the lines in a payload of `of_news`, whatever its format."""
    body = orjson.loads(payload)
    if "data" in body:
        return [body["data"]["record"]["title"], *(one["text"] for one in body["data"]["changes"])]
    if "attachments" in body:
        (attachment,) = body["attachments"]
        title, *lines = [run["text"] for part in attachment["content"]["body"] for run in part["inlines"]]
    else:
        link, *lines = html.unescape(body["text"]).split("\n")
        title = link.partition("|")[2].removesuffix(">*")
    lines = [line.removeprefix("• ") for line in lines]
    return [title.removesuffix(_EXAMPLE), *(line for line in lines if not _MORE.fullmatch(line))]


def of_test(format: str, name: str, page: str, at: datetime) -> str:
    """The body of a test message of the webhook with this name."""
    lines = ["This is a test. If you can read it, the webhook works."]
    return _body(format, TEST, at, {"webhook": name}, f"Test of “{name}”", page, lines)


def _body(
    format: str, kind: str, at: datetime, data: dict[str, Any], title: str, page: str, lines: Sequence[str]
) -> str:
    if format == WebhookFormat.SLACK:
        body = _slack(title, page, lines)
    elif format == WebhookFormat.TEAMS:
        body = _teams(title, page, lines)
    else:
        text = "\n".join([title, *lines, page])
        body = {"type": kind, "timestamp": at, "data": data, "text": text}
    return orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode()


def _slack(title: str, page: str, lines: Sequence[str]) -> dict[str, Any]:
    link = f"*<{page.translate(_SLACK)}|{title.translate(_SLACK)}>*"
    return {"text": "\n".join([link, *(f"• {line.translate(_SLACK)}" for line in lines)])}


def _teams(title: str, page: str, lines: Sequence[str]) -> dict[str, Any]:
    """An Adaptive Card. Its text runs know no Markdown, so a title can't become a link to somewhere else."""
    parts = [_run(title, weight="Bolder", size="Medium"), *(_run(f"• {line}") for line in lines)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": parts,
        "actions": [{"type": "Action.OpenUrl", "title": "Open in the registry", "url": page}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _run(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text} | style]}
