"""Helpers that read one environment variable each and refuse a bad value by its name."""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

YES, NO = {"yes", "true", "1", "on"}, {"no", "false", "0", "off"}
SQLITE_OLDEST = (3, 37, 0)


def refuse(name, what):
    raise ImproperlyConfigured(f"{name}: {what}")


def _raw(name, required):
    value = os.environ.get(name, "").strip()
    if not value and required:
        refuse(name, "is not set, and production needs it. See docs/operating.md.")
    return value


def text(name, *, default="", required=False):
    return _raw(name, required) or default


def flag(name, *, default):
    value = _raw(name, False).lower()
    if value and value not in YES | NO:
        refuse(name, f"says “{value}”. Write yes or no.")
    return value in YES if value else default


def words(name, *, default, required=False):
    """A comma-separated list."""
    value = _raw(name, required)
    if "*" in value.split(","):
        refuse(name, "may not be “*”. Name the hosts that people use.")
    return [word.strip() for word in value.split(",") if word.strip()] or default


def number(name, *, default, least, most):
    value = _raw(name, False) or str(default)
    if not value.isdigit() or not least <= int(value) <= most:
        refuse(name, f"says “{value}”. Write a whole number from {least} to {most}.")
    return int(value)


def url(name, *, default, required=False):
    value = (_raw(name, required) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        refuse(name, f"says “{value}”. Write an address such as https://registry.example.org.")
    if required and parts.scheme != "https":
        refuse(name, "must start with https:// in production.")
    return value


def folder(name, default):
    path = Path(_raw(name, False) or default).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        refuse(name, f"the folder {path} cannot be made ({problem.strerror}).")
    return path


def secret(name, *, kept_in, required):
    """A secret from the environment; outside production one made once and kept in a file only its owner reads."""
    value = _raw(name, required)
    if value:
        if len(value) < 50 or len(set(value)) < 5:
            refuse(name, "is too short or too plain. Use 50 random characters or more.")
        return value
    try:
        with os.fdopen(os.open(kept_in, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    value = kept_in.read_text()
    if len(value) < 50:
        refuse(name, f"the file {kept_in} is damaged. Delete it, and a new one is made.")
    return value


def database(name, *, default_file, required):
    value = _raw(name, required) or f"sqlite:///{default_file}"
    try:
        config = environ.Env.db_url_config(value)
    except Exception:
        refuse(name, "cannot be read. Write postgres://USER:PASSWORD@HOST:5432/NAME or sqlite:////PATH.")
    if config["ENGINE"].endswith("sqlite3"):
        return _sqlite(name, config)
    if config["ENGINE"] != "django.db.backends.postgresql":
        refuse(name, "names a database that the registry does not know. Use postgres:// or sqlite://.")
    # A connection that is kept saves 10 ms a request; health checks replace one that the server has closed.
    return config | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def _sqlite(name, config):
    import sqlite3

    if sqlite3.sqlite_version_info < SQLITE_OLDEST:
        refuse(
            name, f"SQLite {sqlite3.sqlite_version} is too old; {'.'.join(map(str, SQLITE_OLDEST))} or later is needed."
        )
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
    }
    return config | {"OPTIONS": options, "CONN_MAX_AGE": None}


def mail(name, *, required):
    value = _raw(name, required)
    if value and (urlsplit(value).scheme not in ("smtp", "smtps") or not urlsplit(value).hostname):
        refuse(name, "cannot be read. Write smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://… (TLS).")
    return value


def cache(name):
    value = _raw(name, False)
    if not value:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if urlsplit(value).scheme not in ("redis", "rediss"):
        refuse(name, "cannot be read. Write redis://HOST:6379/1.")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": value}


if sys.version_info < (3, 11):
    sys.exit(f"The registry needs Python 3.11 or later; this is {sys.version.split()[0]}.")
