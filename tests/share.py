"""Trials over every route, role and form take minutes. In the suite each database tries its share of them; the figures
(bench/figures) try all of it."""

from django.db import connection


def share(*, sqlite, postgresql):
    return postgresql if connection.vendor == "postgresql" else sqlite
