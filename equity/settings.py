"""The settings, all from environment variables. With none set, they are safe for one machine, with SQLite under var/.

With PRODUCTION=yes, `equity.environment` raises Refusal for anything unsafe or missing, with the name of the variable.
docs/operating.md lists the variables.
"""

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from django.http.request import validate_host

from equity import environment as env
from partnerships.core.languages import OWN_NAMES

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")
PRODUCTION = env.flag("PRODUCTION", default=False)
TESTING = "pytest" in sys.modules
if PRODUCTION:
    env.need("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "MAIL_FROM")
    env.forbid("DEBUG", "is on. The registry has no debug mode in production. Remove it.")

# The address and port of `manage.py serve`.
HOST = env.text("HOST", default="127.0.0.1")
PORT = env.number("PORT", default=8000, least=1, most=65535)

SECRET_KEY = env.secret("SECRET_KEY", kept_in=VAR_DIR / "secret-key", required=PRODUCTION)
DEBUG = False
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", env.in_url(HOST)], required=PRODUCTION
)
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env.url("BASE_URL", default=env.local_url(HOST, PORT), required=PRODUCTION)
if PRODUCTION and not validate_host(urlsplit(BASE_URL).hostname, ALLOWED_HOSTS):
    env.refuse("ALLOWED_HOSTS", f"leaves out the host of BASE_URL, {urlsplit(BASE_URL).hostname}. Add it.")
# The number of reverse proxies in front. It says which entry of X-Forwarded-For is the client's address.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=0, least=0, most=5)
SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "partnerships",
]

MIDDLEWARE = [
    # First, so that all responses have X-Frame-Options, even those of other middleware, such as a redirect to HTTPS.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "partnerships.web.frame.middleware.CompressedPages",
    "partnerships.web.frame.middleware.PlainRefusals",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partnerships.web.frame.idempotency.RetriedForms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "partnerships.web.frame.page_language.PageLanguage",
    "partnerships.web.frame.middleware.RefusedForms",
    "django_htmx.middleware.HtmxMiddleware",
    "partnerships.web.frame.middleware.FormsInPlace",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnerships.web.frame.middleware.PageLimit",
    "partnerships.web.frame.page_language.LanguageSwitch",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "partnerships.web.account.factors.SecondFactor",
    "partnerships.web.frame.idempotency.IdempotencyMiddleware",
]

ROOT_URLCONF = "equity.urls"
WSGI_APPLICATION = "equity.wsgi.application"
APPEND_SLASH = True
# The registry is at the root of its host. gunicorn takes a prefix from a header SCRIPT_NAME, which some proxies pass on.
FORCE_SCRIPT_NAME = ""

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnerships.web.frame.context.site",
            ],
            "builtins": ["partnerships.templatetags.registry", "django.templatetags.i18n"],
        },
    }
]
FORM_RENDERER = "partnerships.web.frame.forms.renderer.RegistryRenderer"

DATABASES = {"default": env.database("DATABASE_URL", default_file=VAR_DIR / "registry.sqlite3", required=PRODUCTION)}
if TESTING and DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file and not memory, so that tests have the same locks as production. The process ID separates parallel runs.
    DATABASES["default"]["TEST"] = {"NAME": f"{tempfile.gettempdir()}/registry-test-{os.getpid()}.sqlite3"}
# Due times and leases use the database's clock, which all processes share. Tests move the process's clock.
SHARED_CLOCK = not TESTING
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "partnerships.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "partnerships.web.account.sign_in.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "partnerships.web.account.forms.sign_in.AddressForm",
    "confirm_login_code": "partnerships.web.account.forms.sign_in.CodeForm",
}
# Limits that `web.frame.limits` and `accounts.login_codes` apply, as action/scope. A network may be an office or a training
# room that shares one address. A browser is one in which the person signed in before. A key is an email address, a
# request for a code, or a person.
RATE_LIMITS = {
    "code_asked/network": "60/10m",
    "code_asked/browser": "20/10m, 100/d",
    "code_emailed/key": "5/10m, 40/d",
    "code_typed/key": "5/10m",
    "second_step/network": "120/10m",
    "second_step/key": "5/5m, 30/d",
    "second_step/browser": "5/5m, 60/d",
    "passkey/network": "120/10m",
    "passkey/browser": "60/10m",
    "provider/network": "120/10m",
    "provider/browser": "60/10m",
    "printed_code/network": "60/10m",
    "printed_code/browser": "60/10m",
    "suggest/network": "10/h",
    "picture/network": "60/m",
}
# allauth's own limits would let a stranger lock a person out, or lose what was typed.
ACCOUNT_RATE_LIMITS = dict.fromkeys(["login", "request_login_code", "login_failed", "reauthenticate"])
# Staff and administrators need a second factor.
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", default=PRODUCTION)
MFA_ADAPTER = "partnerships.web.account.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": None}  # limited by “passkey” above
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be 30 seconds off
MFA_ALLOW_UNVERIFIED_EMAIL = True  # everyone who is signed in has entered a code from that mailbox
MFA_FORMS = {
    "activate_totp": "partnerships.web.account.forms.factors.ActivateForm",
    "authenticate": "partnerships.web.account.forms.factors.SecondStepForm",
    "reauthenticate": "partnerships.web.account.forms.factors.AgainForm",
    "add_webauthn": "partnerships.web.account.forms.passkeys.AddForm",
    "edit_webauthn": "partnerships.web.account.forms.passkeys.RenameForm",
    "authenticate_webauthn": "partnerships.web.account.forms.passkeys.SecondStepForm",
    "reauthenticate_webauthn": "partnerships.web.account.forms.passkeys.AgainForm",
    "login_webauthn": "partnerships.web.account.forms.passkeys.AloneForm",
}
# The office's own OpenID Connect provider, if there is one, as a further way to sign in.
OIDC = env.provider(secure=PRODUCTION)
OIDC_SECOND_FACTOR = env.flag("OIDC_SECOND_FACTOR", default=False)
SOCIALACCOUNT_ADAPTER = "partnerships.web.account.provider.ProviderAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Over https, browsers keep each cookie for this host alone: no other site of its domain can set or replace it.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGES_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
KNOWN_BROWSER_COOKIE_NAME = f"{COOKIE_PREFIX}known-browser"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"  # set by the switch in the header
MESSAGE_STORAGE = "partnerships.web.frame.message_storage.MessageStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "partnerships.web.frame.errors.form_not_checked"
SECURE_SSL_REDIRECT = SECURE and env.flag("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_SELF = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": _SELF,
        "script-src": _SELF,
        "img-src": _SELF,
        "font-src": _SELF,
        "connect-src": _SELF,
        "form-action": _SELF,
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str] | str] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}
PERMISSIONS_POLICY["publickey-credentials-get"] = PERMISSIONS_POLICY["publickey-credentials-create"] = "self"

# Limits for whole requests. Each form field has its own limit as well.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
# Of emails and pages. `make messages` compiles only languages that are complete (docs/translating.md).
LANGUAGES = [
    ("en", "English"),
    *[one for one in OWN_NAMES.items() if (LOCALE_PATHS[0] / one[0] / "LC_MESSAGES" / "django.mo").exists()],
]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_SECURE = True, "Lax", SECURE
TIME_ZONE = "UTC"  # of what is stored and of the API
# Where the registry's offices are: when their day begins, and the zone of people and jurisdictions that chose none.
LOCAL_ZONE = env.zone("LOCAL_ZONE", default="UTC")
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", VAR_DIR / "static")
# Production serves the files of collectstatic. Their names contain a hash, so browsers may cache them permanently.
COLLECTED = PRODUCTION and not TESTING
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if COLLECTED
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED
WHITENOISE_ROOT = BASE_DIR / "partnerships" / "static_root"  # files at the root of the site, such as /favicon.ico

# Email: an smtp:// or smtps:// URL. If empty, emails go to the outbox page and to files under var/mail.
EMAIL_URL = env.mail("EMAIL_URL", required=PRODUCTION)
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # only the outbox sends email, over its own connection
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender(
    "MAIL_FROM", default="Partnership Registry <registry@example.org>", required=PRODUCTION
)
MAIL_DIR = VAR_DIR / "mail"
MAIL_COMES_IN = env.flag(
    "MAIL_COMES_IN", default=False
)  # the mail server pipes mail for MAIL_FROM to manage.py mail_in

# Webhooks go to https addresses on the public internet. For trials on one machine, also to http and private networks.
WEBHOOKS_ALLOW_LOCAL = env.flag("WEBHOOKS_ALLOW_LOCAL", default=False)
if PRODUCTION:
    env.forbid(
        "WEBHOOKS_ALLOW_LOCAL", "is on. Anyone who manages an organization could reach your own network. Remove it."
    )
WEBHOOK_PORTS = env.ports("WEBHOOK_PORTS", default=[80, 443, 8080, 8443])

CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL", required=PRODUCTION)
CELERY_BROKER_TRANSPORT_OPTIONS = env.broker_options(CELERY_BROKER_URL)

CACHES = {"default": env.cache("CACHE_URL"), "process": env.PROCESS_CACHE}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partnerships.api.authentication.TokenAuthentication",
        "partnerships.api.authentication.ReadOnlySessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],  # the rules below the API decide what a person may read and change
    "DEFAULT_THROTTLE_CLASSES": ["partnerships.api.throttling.PerMinute"],
    "DEFAULT_RENDERER_CLASSES": [
        "partnerships.api.renderers.JSONRenderer",
        "partnerships.api.renderers.PageRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "partnerships.api.renderers.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "partnerships.api.schema.RegistrySchema",
    "EXCEPTION_HANDLER": "partnerships.api.errors.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Partnership Registry API",
    "VERSION": "1",
    "DESCRIPTION": (
        "Reads everything that the registry shows to the public, without a key. With a personal token it also"
        " reads what the token’s person may, and changes what they let it change."
    ),
    "OAS_VERSION": "3.1.0",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "DimensionEnum": "partnerships.measurement.choices.Dimension",
        "CountedByEnum": "partnerships.measurement.groups.COUNTED_BY",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "partnerships.api.schema.complete",
    ],
}
API_PAGE_SIZE, API_PAGE_SIZE_MAX = 100, 250
API_RATE_ANONYMOUS = env.number("API_RATE_ANONYMOUS", default=120, least=1, most=10_000_000)  # requests a minute
API_RATE_PERSON = env.number("API_RATE_PERSON", default=600, least=1, most=10_000_000)
# Pages a minute for a network from which no one signed in: a school or an office may share one address.
PAGE_RATE_ANONYMOUS = env.number("PAGE_RATE_ANONYMOUS", default=600, least=1, most=10_000_000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "equity.logs.RedactingFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        # A logger without handlers falls back to Python's last resort, which prints the traceback.
        "nowhere": {"class": "logging.NullHandler"},
    },
    # Requests for a wrong host get 400. A traceback for each of them would hide everything else.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", default="WARNING", of=env.LOG_LEVELS)},
}
# With SSL_REDIRECT=no, the proxy redirects http.
SILENCED_SYSTEM_CHECKS = [] if SECURE_SSL_REDIRECT else ["security.W008"]
