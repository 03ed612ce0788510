"""The registry's own settings, middleware, cache and connection; only the addresses are others."""

from equity.settings import *  # noqa: F403

ROOT_URLCONF = "bench.baseline.urls"
