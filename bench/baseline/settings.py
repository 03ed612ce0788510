"""The registry's own settings, middleware, cache and connection, with the URLs of the baseline and DRF's defaults."""

from pathlib import Path

from equity.settings import *  # noqa: F403

ROOT_URLCONF = "bench.baseline.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")  # noqa: F405
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["bench.baseline.renderers.JSONRenderer"],
}
