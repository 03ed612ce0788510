"""Collects the texts to translate into the .po files, and compiles those of languages that are complete.

A language without a compiled file isn't offered (the setting LANGUAGES), so no page is translated in part.
"""

import re
import subprocess  # nosec  # msgfmt, with paths of ours
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from partnerships.web.public.developers import texts

_OLD_DATES = re.compile(r'^"(?:POT-Creation-Date|Report-Msgid-Bugs-To):.*\n', re.MULTILINE)


class Command(BaseCommand):
    help = "Collect the texts to translate, and compile the languages that are complete."

    def add_arguments(self, parser):
        parser.add_argument("--new", metavar="CODE", help="start a language, such as so")
        parser.add_argument(
            "--preview", action="store_true", help="compile the others too, to see them on this machine"
        )

    def handle(self, *, new, preview, **options):
        folder = settings.LOCALE_PATHS[0]
        codes = sorted(
            {path.parent.parent.name for path in folder.glob("*/LC_MESSAGES/django.po")} | {*filter(None, [new])}
        )
        with _api_texts():
            call_command(
                "makemessages", locale=codes, no_obsolete=True, no_wrap=True, add_location="never",
                ignore_patterns=["tests", "bench", ".venv"], verbosity=0,
            )  # fmt: skip
        for code in codes:
            file = folder / code / "LC_MESSAGES" / "django.po"
            file.write_text(_OLD_DATES.sub("", file.read_text()))
            output, missing = _compile(file)
            if missing and not preview:
                file.with_suffix(".mo").unlink(missing_ok=True)
            offered = "offered" if not missing else "only previewed here" if preview else "not offered"
            self.stdout.write(f"{code}: {output} It is {offered}.")


@contextmanager
def _api_texts() -> Iterator[None]:
    """A module with the texts of openapi.yaml, where gettext finds them, as long as it looks."""
    module = settings.BASE_DIR / "texts_of_the_api.py"
    module.write_text("\n".join(f"gettext_noop({text!r})" for text in dict.fromkeys(texts())))
    try:
        yield
    finally:
        module.unlink()


def _compile(file) -> tuple[str, bool]:
    """What msgfmt says of the file, and whether something in it isn't translated."""
    asked = ["msgfmt", "--check-format", "--statistics", "-o", str(file.with_suffix(".mo")), str(file)]
    output = subprocess.run(asked, capture_output=True, text=True, check=True).stderr.strip()  # noqa: S603  # nosec
    return output, "fuzzy" in output or "untranslated" in output
