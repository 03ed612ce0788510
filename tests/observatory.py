"""The score that Mozilla's HTTP Observatory gives an answer, by its published rules (MDN, “Tests and scoring”).

It starts at 100 and loses points for what is wrong. From 90 on, it gains points for more than is needed. What only a
scan from outside can check (a valid certificate, the browsers' preload list) doesn't count.
"""

import re
from dataclasses import dataclass, field

ENOUGH_FOR_BONUS = 90
SIX_MONTHS = 15_768_000
BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}
UNSAFE = BROAD | {"'unsafe-inline'", "data:"}
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


@dataclass
class Answer:
    """An HTTPS answer: headers (lower-case names), cookies (name → attributes), body.

    `plain`: status and Location of the same address over HTTP.
    """

    headers: dict[str, str]
    cookies: dict[str, dict] = field(default_factory=dict)
    body: str = ""
    plain: tuple[int, str] = (0, "")


def answer(client, address) -> Answer:
    """Request this address over HTTPS and over HTTP."""
    response, plain = client.get(address, secure=True), client.get(address)
    headers = {name.lower(): value for name, value in response.items()}
    cookies = {name: dict(morsel) for name, morsel in response.cookies.items()}
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(headers, cookies, body.decode(), (plain.status_code, plain.get("Location", "")))


def score(answer: Answer) -> tuple[int, dict[str, int]]:
    """Return the score, and the points that each rule added or took."""
    rules = (
        _policy,
        _cookies,
        _sharing,
        _redirection,
        _referrer,
        _transport,
        _scripts,
        _sniffing,
        _framing,
        _resources,
    )
    given = {rule.__name__.strip("_"): rule(answer) for rule in rules}
    base = 100 + sum(points for points in given.values() if points < 0)
    bonus = sum(points for points in given.values() if points > 0)
    return max(0, base + (bonus if base >= ENOUGH_FOR_BONUS else 0)), given


def directives(answer) -> dict[str, set[str]]:
    parts = (part.split() for part in answer.headers.get("content-security-policy", "").lower().split(";"))
    return {words[0]: set(words[1:]) for words in parts if words}


def _policy(answer):
    found = directives(answer)
    if not found:
        return -25
    default = found.get("default-src", {"*"})
    script, style = found.get("script-src", default), found.get("style-src", default)
    if script & UNSAFE or found.get("object-src", default) & BROAD:
        return -20
    active = [source for name, sources in found.items() if name not in ("img-src", "media-src") for source in sources]
    if any(source.startswith(("http:", "ftp:")) for source in active):
        return -20
    if "'unsafe-eval'" in script | style:
        return -10
    passive = found.get("img-src", default) | found.get("media-src", default)
    if any(source.startswith(("http:", "ftp:")) for source in passive):
        return -10
    if style & UNSAFE:
        return 0
    return 10 if default == {"'none'"} and found.get("form-action", {"*"}) <= {"'self'", "'none'"} else 5


def _cookies(answer):
    worst = 5 if answer.cookies else 0
    for name, attributes in answer.cookies.items():
        is_session = re.search("sess|login", name) is not None
        same_site = attributes.get("samesite", "").lower()
        if not attributes.get("secure"):
            worst = min(worst, -40 if is_session else -20)
        if is_session and not attributes.get("httponly"):
            worst = min(worst, -30)
        if same_site not in ("", "lax", "strict") or ("csrf" in name and not same_site):
            worst = min(worst, -20)
        if not same_site:
            worst = min(worst, 0)
    return worst


def loose_cookies(cookies) -> list[str]:
    """Which of these cookies (name → attributes) another site of the same domain could set, or the browser would drop.

    The Observatory gives no points for this. Browsers keep a cookie with the prefix __Host- only if it's secure, for the
    whole site, and for this host alone (RFC 6265bis).
    """
    return [
        name
        for name, attributes in cookies.items()
        if not (name.startswith("__Host-") and attributes["secure"] and attributes["path"] == "/")
        or attributes["domain"]
    ]


def _sharing(answer):
    return -50 if answer.headers.get("access-control-allow-credentials", "").lower() == "true" else 0


def _redirection(answer):
    status, to = answer.plain
    return 0 if status in (301, 302, 307, 308) and to.startswith("https://") else -20


def _referrer(answer):
    policy = answer.headers.get("referrer-policy")
    return 0 if policy is None else 5 if policy.split(",")[-1].strip() in PRIVATE_REFERRERS else -5


def _transport(answer):
    age = re.search(r"max-age=(\d+)", answer.headers.get("strict-transport-security", ""))
    return -20 if age is None else 0 if int(age[1]) >= SIX_MONTHS else -10


def _scripts(answer):
    """Score the scripts. Those of our own site need no integrity attribute. Others need it, and HTTPS."""
    sources = [tag for tag in re.findall(r"<script\b[^>]*>", answer.body) if re.search(r"src=[\"']?(https?:)?//", tag)]
    if any(not re.search(r"src=[\"']?https://", tag) for tag in sources):
        return -50
    return -5 if any("integrity=" not in tag for tag in sources) else 5 if sources else 0


def _sniffing(answer):
    return 0 if answer.headers.get("x-content-type-options", "").lower() == "nosniff" else -5


def _framing(answer):
    ancestors = directives(answer).get("frame-ancestors")
    if ancestors and not ancestors & BROAD:
        return 5
    return 0 if answer.headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN") else -20


def _resources(answer):
    policy = answer.headers.get("cross-origin-resource-policy")
    return {None: 0, "same-origin": 10, "same-site": 10, "cross-origin": 0}.get(policy, -5)
