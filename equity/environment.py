"""Read one environment variable each, and raise Refusal with its name when the value is bad."""

import ipaddress
import os
import secrets
import sqlite3
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

YES, NO = {"yes", "true", "1", "on"}, {"no", "false", "0", "off"}
SQLITE_OLDEST = (3, 37, 0)
BROKERS = ("redis", "rediss", "amqp", "amqps")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - only compared  # nosec
# The cache holds rate limits: one entry for each key and minute or day. With Django's 300 entries, a few hundred other
# visitors would evict an attacker's. 100,000 entries take about 50 MB at most.
PROCESS_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Refusal(ImproperlyConfigured):
    """The registry can't do this with the current setup. The message is a whole sentence, and manage.py prints it alone."""


def refuse(name, what):
    raise Refusal(f"{name}: {what}")


def need(*names):
    """Raise Refusal if any of these variables isn't set. The message names all that are missing."""
    missing = [name for name in names if not os.environ.get(name, "").strip()]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise Refusal(f"{', '.join(missing)} {are} not set, and production needs it. See docs/operating.md.")


def forbid(name, why):
    """Raise Refusal if this flag is on."""
    if flag(name, default=False):
        refuse(name, why)


def _raw(name, required):
    value = os.environ.get(name, "").strip()
    if not value and required:
        need(name)
    return value


def text(name, *, default="", required=False):
    return _raw(name, required) or default


def flag(name, *, default):
    value = _raw(name, False).lower()
    if value and value not in YES | NO:
        refuse(name, f"says “{value}”. Write yes or no.")
    return value in YES if value else default


def choice(name, *, default, of):
    value = _raw(name, False).upper() or default
    if value not in of:
        refuse(name, f"says “{value}”. Write one of {', '.join(of)}.")
    return value


def zone(name, *, default):
    value = _raw(name, False) or default
    if value not in available_timezones():
        refuse(name, f"says “{value}”, which isn’t a time zone. Write one like America/Chicago.")
    return value


def words(name, *, default, required=False):
    """The words of a comma-separated list. Raises Refusal for a word `*`."""
    value = _raw(name, required)
    if "*" in value.split(","):
        refuse(name, "may not be “*”. Name the hosts that people use.")
    return [word.strip() for word in value.split(",") if word.strip()] or default


def origins(name, *, default):
    values = words(name, default=default)
    for value in values:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            refuse(name, f"says “{value}”. Write addresses without a path, such as https://registry.example.org.")
    return values


def number(name, *, default, least, most):
    value = _raw(name, False) or str(default)
    if not (value.isascii() and value.isdigit() and len(value) < 16) or not least <= int(value) <= most:
        refuse(name, f"says “{value}”. Write a whole number from {least} to {most}.")
    return int(value)


def ports(name, *, default):
    """The port numbers of a comma-separated list."""
    values = words(name, default=[])
    for value in values:
        if not (value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= 65535):
            refuse(name, f"says “{value}”. Write port numbers such as 443, 8443.")
    return sorted(map(int, values)) or default


def url(name, *, default, required=False):
    value = (_raw(name, required) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        refuse(name, f"says “{value}”. Write an address such as https://registry.example.org.")
    if parts.path or parts.query or parts.fragment:
        refuse(name, f"says “{value}”. Write the address without a path.")
    if required and parts.scheme != "https":
        refuse(name, "must start with https:// in production.")
    return value


def in_url(host):
    """The host as a URL and a Host header have it: an IPv6 address in brackets, in its short form and without its zone."""
    try:
        return f"[{ipaddress.IPv6Address(host.partition('%')[0]).compressed}]"
    except ValueError:
        return host


def local_url(host, port):
    """The URL of a server that listens on this host; of one that listens on every address, on this machine."""
    return f"http://{'127.0.0.1' if host in EVERYWHERE else in_url(host)}:{port}"


def folder(name, default):
    path = Path(_raw(name, False) or default).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        refuse(name, f"the folder {path} cannot be made ({problem.strerror}).")
    if not os.access(path, os.W_OK | os.X_OK):
        refuse(name, f"the user who runs this can’t write to the folder {path}. Give it to that user with chown.")
    return path


def secret(name, *, kept_in, required):
    """A secret from the environment.

    Outside production, it can be missing: the first start generates it and stores it in the file `kept_in`, which only
    its owner can read.
    """
    value = _raw(name, required)
    if value:
        if len(value) < 50 or len(set(value)) < 5 or value.startswith("django-insecure-"):
            refuse(name, "is too short or too plain. Use 50 random characters or more.")
        return value
    try:
        with os.fdopen(os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    try:
        value = kept_in.read_text()
    except OSError as problem:
        refuse(name, f"the file {kept_in} cannot be read ({problem.strerror}).")
    if len(value) < 50:
        refuse(name, f"the file {kept_in} is damaged. Delete it, and a new one is made.")
    return value


def database(name, *, default_file, required):
    value = _raw(name, required) or f"sqlite:///{default_file}"
    if urlsplit(value).scheme not in ("postgres", "postgresql", "sqlite"):
        refuse(name, "must begin with postgres:// or sqlite://.")
    try:
        config = environ.Env.db_url_config(value)
    except Exception:
        config = {}
    if not config.get("ENGINE") or not config.get("NAME") or urlsplit(value).fragment:
        refuse(
            name,
            "cannot be read. Write postgres://USER:PASSWORD@HOST:5432/NAME or sqlite:////PATH. "
            "In a password, write / as %2F, # as %23, ? as %3F and % as %25.",
        )
    if config["ENGINE"] == "django.db.backends.sqlite3":
        if required:
            refuse(
                name, "names SQLite, and production needs PostgreSQL. Write postgres://USER:PASSWORD@HOST:5432/NAME."
            )
        return _sqlite(name, config)
    # JIT compilation takes longer than any statement that a page needs.
    config.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off -c max_parallel_workers_per_gather=0")
    # A persistent connection saves 10 ms a request. Health checks replace one that the server has closed.
    return config | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def _sqlite(name, config):
    if sqlite3.sqlite_version_info < SQLITE_OLDEST:
        oldest = ".".join(map(str, SQLITE_OLDEST))
        refuse(name, f"SQLite {sqlite3.sqlite_version} is too old; the registry needs {oldest} or later.")
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
    except sqlite3.OperationalError:
        refuse(name, "this SQLite was built without text search (FTS5). Use another Python, or PostgreSQL.")
    finally:
        memory.close()
    pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds to wait for a writer of another process; each form is one transaction
        "init_command": pragmas + "PRAGMA secure_delete=ON;",  # overwrite erased data, so that no one can read it
    }
    return config | {"ENGINE": "equity.sqlite3", "OPTIONS": options, "CONN_MAX_AGE": None}


def broker(name, *, required):
    """The broker URL for Celery. memory:// keeps messages inside the one process of `manage.py serve`."""
    value = _raw(name, required) or "memory://localhost/"
    scheme = urlsplit(value).scheme
    if scheme == "memory" and required:
        refuse(name, "says memory://, which only one process can use. Write redis://… or amqp://….")
    if scheme != "memory" and (scheme not in BROKERS or not urlsplit(value).hostname):
        refuse(name, "cannot be read. Write redis://HOST:6379/0 or amqp://USER:PASSWORD@HOST:5672/VHOST.")
    return value


def broker_options(url):
    """Transport options for Celery, with timeouts so that a broker that doesn't answer can't block its clients."""
    scheme = urlsplit(url).scheme
    if scheme.startswith("redis"):
        return {"socket_timeout": 10, "socket_connect_timeout": 4, "visibility_timeout": 600}
    return {"polling_interval": 0.5} if scheme == "memory" else {}


def mail(name, *, required):
    value = _raw(name, required)
    if value and (urlsplit(value).scheme not in ("smtp", "smtps") or not urlsplit(value).hostname):
        refuse(name, "cannot be read. Write smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://… (TLS).")
    return value


def provider(*, secure):
    """The OpenID Connect provider for sign-in, as a dict with id, secret, issuer, name, hosts and domains.

    None if not set up. Raises Refusal if it's only partly set up, since no one could sign in with it.
    """
    given = sorted(name for name in os.environ if name.startswith("OIDC_") and os.environ[name].strip())
    if not given:
        return None
    needed = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    missing = [name for name in needed if name not in given]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise Refusal(f"{', '.join(missing)} {are} not set, but {given[0]} is. See docs/operating.md.")
    issuer, identity, secret = (text(name) for name in needed)
    parts = urlsplit(issuer)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        refuse("OIDC_ISSUER", f"says “{issuer}”. Write an address such as https://login.example.org/city.")
    if secure and parts.scheme != "https":
        refuse("OIDC_ISSUER", "must start with https:// in production.")
    named = {"name": text("OIDC_NAME", default=parts.hostname), "hosts": words("OIDC_HOSTS", default=[])}
    named["domains"] = [_domain(one) for one in words("OIDC_DOMAINS", default=[])]
    return {"issuer": issuer, "id": identity, "secret": secret} | named


def _domain(value) -> str:
    domain = value.lower().removeprefix("@")
    if "." not in domain or not all(part.replace("-", "").isalnum() for part in domain.split(".")):
        refuse(
            "OIDC_DOMAINS",
            f"says “{value}”. Write the domains of your office's email addresses, such as city.example.org.",
        )
    return domain


def sender(name, *, default, required):
    """The sender of our emails, with or without a display name."""
    value = _raw(name, required) or default
    try:
        validate_email(parseaddr(value)[1])
    except ValidationError:
        refuse(name, f"says “{value}”. Write an address such as Registry <registry@example.org>.")
    return value


def cache(name):
    value = _raw(name, False)
    if not value:
        return PROCESS_CACHE
    if urlsplit(value).scheme not in ("redis", "rediss") or not urlsplit(value).hostname:
        refuse(name, "cannot be read. Write redis://HOST:6379/1.")
    # A cache that doesn't answer delays a request by a second, not by minutes.
    patience = {"socket_connect_timeout": 1, "socket_timeout": 1}
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": value, "OPTIONS": patience}
