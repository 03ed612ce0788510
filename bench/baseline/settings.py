"""The registry's own settings, middleware, cache and connection; only the addresses are others, and the framework's."""

from equity.settings import *  # noqa: F403
from equity.settings import INSTALLED_APPS

ROOT_URLCONF = "bench.baseline.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["bench.baseline.renderers.JSONRenderer"],
}
