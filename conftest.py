"""Loads what every run of pytest needs before its tests are collected."""

from tests.shares import pytest_report_header  # noqa: F401
