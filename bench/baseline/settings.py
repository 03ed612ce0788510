"""The registry's own settings, middleware, cache and connection; only the addresses are others, and the framework's."""

from equity.settings import *  # noqa: F403

ROOT_URLCONF = "bench.baseline.urls"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["bench.baseline.renderers.JSONRenderer"],
}
