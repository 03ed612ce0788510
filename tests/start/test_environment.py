"""The settings that the registry refuses to start with, each named by its variable."""

import os
import runpy
import sqlite3
import subprocess
import sys

import pytest

from equity.environment import Refusal
from tests.start.running import OURS, ROOT, environment, manage

pytestmark = pytest.mark.slow

GOOD = {
    "PRODUCTION": "yes",
    "DATABASE_URL": "postgres://registry:secret@db.example.org:5432/registry",
    "CELERY_BROKER_URL": "redis://broker.example.org:6379/0",
    "EMAIL_URL": "smtp://mail.example.org:587",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP",
    "ALLOWED_HOSTS": "registry.example.org",
    "BASE_URL": "https://registry.example.org",
    "MAIL_FROM": "Registry <registry@example.org>",
}


COOKIE_NAMES = {
    "SESSION_COOKIE_NAME": "sessionid",
    "CSRF_COOKIE_NAME": "csrftoken",
    "MESSAGES_COOKIE_NAME": "messages",
    "KNOWN_BROWSER_COOKIE_NAME": "known-browser",
    "LANGUAGE_COOKIE_NAME": "language",
}


@pytest.fixture
def settings_from(monkeypatch, tmp_path):
    def read(**ours):
        for name in OURS:
            monkeypatch.delenv(name, raising=False)
        for name, value in ({"VAR_DIR": str(tmp_path)} | ours).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "equity" / "settings.py"))

    return read


def refusal(settings_from, **ours):
    with pytest.raises(Refusal) as refused:
        settings_from(**ours)
    return str(refused.value)


def test_production_starts_with_all_it_needs(settings_from):
    settings = settings_from(**GOOD)
    assert settings["DEBUG"] is False
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SESSION_COOKIE_SECURE"] is True
    names = {name: value for name, value in settings.items() if name.endswith("_COOKIE_NAME")}
    assert names == {name: f"__Host-{value}" for name, value in COOKIE_NAMES.items()}
    assert settings["DATABASES"]["default"]["CONN_MAX_AGE"] == 600
    assert settings["ALLOWED_HOSTS"] == ["registry.example.org"]


def test_without_https_cookies_keep_their_names(settings_from):
    settings = settings_from()
    assert {name: settings[name] for name in COOKIE_NAMES} == COOKIE_NAMES


@pytest.mark.parametrize(("ports", "allowed"), [("", [80, 443, 8080, 8443]), ("9443, 443", [443, 9443])])
def test_webhooks_have_some_ports(settings_from, ports, allowed):
    assert settings_from(WEBHOOK_PORTS=ports)["WEBHOOK_PORTS"] == allowed
    assert "Write port numbers" in refusal(settings_from, WEBHOOK_PORTS="https")


@pytest.mark.parametrize("name", [name for name in GOOD if name != "PRODUCTION"])
def test_production_names_what_is_missing(settings_from, name):
    message = refusal(settings_from, **{key: value for key, value in GOOD.items() if key != name})
    assert message == f"{name} is not set, and production needs it. See docs/operating.md."


def test_production_names_everything_that_is_missing_at_once(settings_from):
    message = refusal(settings_from, PRODUCTION="yes")
    assert [name for name in GOOD if name in message] == [name for name in GOOD if name != "PRODUCTION"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 80),
        ("SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz0123456789"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "other.example.org"),
        ("BASE_URL", "http://registry.example.org"),
        ("BASE_URL", "registry.example.org"),
        ("BASE_URL", "https://registry.example.org/path"),
        ("DATABASE_URL", "sqlite:////srv/registry.sqlite3"),
        ("DATABASE_URL", "mysql://registry@db.example.org/registry"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "postgres://db.example.org"),
        ("CELERY_BROKER_URL", "memory://"),
        ("CELERY_BROKER_URL", "redis://"),
        ("CELERY_BROKER_URL", "sqla+sqlite:///broker.sqlite3"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_URL", "console://"),
        ("MAIL_FROM", "Registry"),
        ("DEBUG", "yes"),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "many"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "³"),
        ("LOG_LEVEL", "loud"),
        ("LOCAL_ZONE", "Central"),
        ("CACHE_URL", "memcached://cache.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "registry.example.org"),
    ],
)
def test_production_names_what_is_unsafe(settings_from, name, value):
    assert refusal(settings_from, **GOOD | {name: value}).startswith(f"{name}: ")


PROVIDER = {"OIDC_ISSUER": "https://login.example.org/city", "OIDC_CLIENT_ID": "registry", "OIDC_CLIENT_SECRET": "hush"}


def test_a_provider_is_set_up_whole(settings_from):
    own = settings_from(**GOOD)
    assert (own["OIDC"], own["OIDC_SECOND_FACTOR"]) == (None, False)
    own = settings_from(**GOOD, **PROVIDER)
    known = {"issuer": "https://login.example.org/city", "id": "registry", "secret": "hush"}
    assert own["OIDC"] == known | {"name": "login.example.org", "hosts": [], "domains": []}
    more = {
        "OIDC_NAME": "City sign-in",
        "OIDC_HOSTS": "a.example.org, b.example.org:8443",
        "OIDC_DOMAINS": "@City.example.org",
        "OIDC_SECOND_FACTOR": "yes",
    }
    own = settings_from(**GOOD, **PROVIDER, **more)
    assert own["OIDC"] == known | {
        "name": "City sign-in",
        "hosts": ["a.example.org", "b.example.org:8443"],
        "domains": ["city.example.org"],
    }
    assert own["OIDC_SECOND_FACTOR"] is True


@pytest.mark.parametrize("name", PROVIDER)
def test_half_a_provider_is_refused_by_what_is_missing(settings_from, name):
    given = {key: value for key, value in PROVIDER.items() if key != name}
    message = refusal(settings_from, **GOOD, **given)
    assert message == f"{name} is not set, but {min(given)} is. See docs/operating.md."
    message = refusal(settings_from, OIDC_SECOND_FACTOR="yes")
    assert message.startswith("OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET are not set, but OIDC_SECOND_FACTOR is.")


@pytest.mark.parametrize("domains", ["localhost", "a.example.org, b@c.example.org", "*.example.org"])
def test_a_domain_that_is_none_is_refused(settings_from, domains):
    assert refusal(settings_from, **GOOD, **PROVIDER, OIDC_DOMAINS=domains).startswith("OIDC_DOMAINS: says “")


@pytest.mark.parametrize(
    "issuer", ["http://login.example.org", "login.example.org", "https://login.example.org/?a=b", "ftp://x"]
)
def test_a_provider_at_no_safe_address_is_refused(settings_from, issuer):
    assert refusal(settings_from, **GOOD, **PROVIDER | {"OIDC_ISSUER": issuer}).startswith("OIDC_ISSUER: ")


def test_a_refusal_never_shows_a_password(settings_from):
    assert "hunter2" not in refusal(settings_from, **GOOD | {"DATABASE_URL": "oracle://registry:hunter2@db/registry"})


def test_nothing_set_is_a_safe_set_up_for_one_machine(settings_from, tmp_path):
    settings = settings_from()
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "registry.sqlite3")
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]", "127.0.0.1"]
    assert settings["BASE_URL"] == "http://127.0.0.1:8000"
    assert os.stat(tmp_path / "secret-key").st_mode & 0o777 == 0o600
    assert settings_from()["SECRET_KEY"] == settings["SECRET_KEY"]


def test_links_follow_the_port(settings_from):
    assert settings_from(PORT="8123")["BASE_URL"] == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    ("host", "url", "allowed"),
    [
        ("192.0.2.10", "http://192.0.2.10:8000", "192.0.2.10"),
        ("registry.example.org", "http://registry.example.org:8000", "registry.example.org"),
        ("2001:DB8:0::10", "http://[2001:db8::10]:8000", "[2001:db8::10]"),
        ("fe80::1%eth0", "http://[fe80::1]:8000", "[fe80::1]"),
        ("0.0.0.0", "http://127.0.0.1:8000", "0.0.0.0"),
        ("::", "http://127.0.0.1:8000", "[::]"),
    ],
)
def test_links_and_answers_follow_the_address_that_it_listens_on(settings_from, host, url, allowed):
    settings = settings_from(HOST=host)
    assert (settings["BASE_URL"], settings["ALLOWED_HOSTS"][-1]) == (url, allowed)


def test_a_damaged_secret_is_refused(settings_from, tmp_path):
    (tmp_path / "secret-key").write_text("")
    assert refusal(settings_from).startswith("SECRET_KEY: ")


def test_a_folder_that_cannot_be_made_is_refused(settings_from, tmp_path):
    (tmp_path / "file").write_text("")
    assert refusal(settings_from, VAR_DIR=str(tmp_path / "file" / "var")).startswith("VAR_DIR: ")


def test_a_password_that_breaks_the_url_is_refused_with_what_to_write(settings_from):
    for url in (
        "postgres://registry:pa/ss@db.example.org/registry",
        "postgres://registry:pa#ss@db.example.org/registry",
    ):
        message = refusal(settings_from, **GOOD | {"DATABASE_URL": url})
        assert "write / as %2F, # as %23" in message
        assert "ss@" not in message


def test_an_old_sqlite_is_refused(settings_from, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    assert "3.37.0 or later" in refusal(settings_from)


def test_an_old_python_is_refused_in_one_sentence():
    trick = "import sys, runpy; sys.version_info = (3, 10, 9); runpy.run_path('manage.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", trick], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "The registry needs Python 3.11 or later; this is 3.10.\n")


@pytest.mark.parametrize(
    ("command", "ours", "name"),
    [
        ("check", {"PRODUCTION": "yes"}, "SECRET_KEY"),
        ("serve", {"SAMPLE": "maybe"}, "SAMPLE"),
        ("serve", {"HOST": "198.51.100.7"}, "HOST"),
        ("serve", {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/registry"}, "DATABASE_URL"),
        ("serve", {"DATABASE_URL": "sqlite:////no-such-folder/registry.sqlite3"}, "DATABASE_URL"),
        ("backup", {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/registry"}, "DATABASE_URL"),
        ("migrate", {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/registry"}, "DATABASE_URL"),
        ("load_vocabularies", {}, "Run manage.py migrate first"),
    ],
)
def test_a_command_says_one_sentence_and_ends_with_2(tmp_path, command, ours, name):
    done = manage(command, **{"VAR_DIR": tmp_path} | ours)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr


def test_gunicorn_ends_when_the_static_files_are_missing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import equity.wsgi"],
        cwd=ROOT,
        env=environment(VAR_DIR=tmp_path, **GOOD),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr == "The static files are missing. Run manage.py collectstatic --no-input.\n"


@pytest.mark.parametrize("program", ["worker", "beat"])
def test_celery_says_one_sentence_too(tmp_path, program):
    done = subprocess.run(
        [sys.executable, "-m", "celery", "-A", "equity", program],
        cwd=ROOT,
        env=environment(VAR_DIR=tmp_path, **GOOD | {"EMAIL_URL": ""}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "EMAIL_URL is not set, and production needs it. See docs/operating.md.\n"


def test_production_settings_pass_djangos_own_checks(tmp_path):
    done = manage("check", "--deploy", "--fail-level", "WARNING", VAR_DIR=tmp_path, **GOOD)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr
    done = manage("check", "--deploy", "--fail-level", "WARNING", VAR_DIR=tmp_path, SSL_REDIRECT="no", **GOOD)
    assert done.returncode == 0, done.stderr
