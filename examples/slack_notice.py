"""Post to a Slack channel which partnerships have changed since the last run.

    SLACK_WEBHOOK_URL=https://hooks.slack.com/services/… python slack_notice.py https://registry.example.org mark.txt

The first run only notes in the file where it starts. Run it every hour or every morning. (A manager can also add a
webhook for Slack in the registry, which tells a channel within a minute and needs no program.)
"""

import json
import os
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MOST = 20  # partnerships that one message names


def main(registry, file, channel):
    kept = Path(file)
    mark, changed = pull(registry, kept.read_text().strip() if kept.exists() else "start")
    if kept.exists() and changed:
        post(channel, message(registry, changed))
    kept.write_text(mark)  # after the post, so that a failed one is tried again


def pull(registry, mark):
    """Return (the new mark, the partnerships that changed since this one)."""
    changed, url = [], f"{registry}/api/v1/partnerships/?updated_since={mark}"
    while url:
        page = read(url)
        changed += page["results"]
        mark, url = page["as_of"], page["next"]
    return mark, changed


def read(url):
    while True:
        try:
            with urlopen(url, timeout=60) as answer:
                return json.load(answer)
        except HTTPError as refused:
            if refused.code != 429:  # too many requests in a minute
                raise
            time.sleep(int(refused.headers["Retry-After"]))


def message(registry, changed):
    lines = [f"{len(changed)} partnerships have changed." if len(changed) > 1 else "A partnership has changed."]
    for one in changed[:MOST]:
        title = one["title"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        lines.append(f"• <{registry}/partnerships/{one['id']}/|{title}>")
    if len(changed) > MOST:
        lines.append(f"and {len(changed) - MOST} more")
    return "\n".join(lines)


def post(channel, text):
    body = json.dumps({"text": text}).encode()
    urlopen(Request(channel, body, {"Content-Type": "application/json"}), timeout=60).close()


if __name__ == "__main__":
    if len(sys.argv) != 3 or "SLACK_WEBHOOK_URL" not in os.environ:
        sys.exit(__doc__)
    main(sys.argv[1].rstrip("/"), sys.argv[2], os.environ["SLACK_WEBHOOK_URL"])
