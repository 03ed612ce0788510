"""The recipe for a new field, followed: the lines that it adds to product files (docs/architecture.md, “A new field”).

Each kind of record gets a text that is public, imported, announced, searched and exported, and a choice that is the
same.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.start.running import ROOT, environment
from tests.waiting import LIMIT

_CHOICE = """class {name}(models.TextChoices):
    SLOW = "slow", "Step by step"
    FAST = "fast", "All at once"
    {other} = "{key}", "In its own time"


"""
_ENTRIES = """    Field(
        "{text}",
        section="{section}",
        help="In one sentence.",
        published="{Text} of it, in words.",
        announced=_("{text}"),
        column=Column("{Text}"),
        is_searched=True,
        is_in_files=True,
        is_merged=True,
    ),
    Field(
        "{choice}",
        section="{section}",
        published="{Choice} of it.",
        announced=_("{choice}"),
        column=Column("{Choice}"),
        is_in_files=True,
        is_merged=True,
    ),
"""


def _entries(text, choice, section=""):
    return _ENTRIES.format(
        text=text, Text=text.capitalize(), choice=choice, Choice=choice.capitalize(), section=section
    )


# Kind of record → product file → (an existing text, the text inserted before it).
RECIPE = {
    "partnership": {
        "partnerships/registry/choices.py": [
            ('RESOURCE = "partnership"', _CHOICE.format(name="Pace", other="STEADY", key="steady"))
        ],
        "partnerships/registry/models.py": [
            ("    Role,\n    SeatState,\n", "    Pace,\n"),
            (
                "    starts_on = models.DateField(null=True, blank=True)\n",
                "    theme = ProseField(blank=True, max_length=2000)\n"
                "    pace = models.CharField(max_length=10, choices=Pace.choices, blank=True)\n",
            ),
        ],
        "partnerships/registry/record_types.py": [('    Field("lead", ', _entries("theme", "pace"))],
        "templates/partnerships/_how_terms.html": [
            (
                "{% with a=kind_facts.agreement %}",
                '{% if p.theme %}<p class="prose">{{ p.theme|linebreaksbr }}</p>{% endif %}\n'
                '{% if p.pace %}<p>{{ p.pace|label:"partnership.pace" }}</p>{% endif %}\n',
            )
        ],
    },
    "organization": {
        "partnerships/directory/choices.py": [
            ("class SuggestionKind(", _CHOICE.format(name="Tempo", other="EASY", key="easy"))
        ],
        "partnerships/directory/models.py": [
            (")\n\nKEY = RegexValidator(", "    Tempo,\n"),
            ('"issue_areas")\n\n    name = LineField()', '"motto", "tempo", '),
            (
                "    website = LinkField(blank=True, max_length=300)\n    listing = ",
                "    motto = LineField(blank=True, max_length=300)\n"
                "    tempo = models.CharField(max_length=10, choices=Tempo.choices, blank=True)\n",
            ),
        ],
        "partnerships/directory/record_types.py": [('    Field("kept_by"),\n', _entries("motto", "tempo", "reach"))],
        "templates/organizations/_profile.html": [
            (
                "{% if private %}",
                "{% if profile.motto %}<p>{{ profile.motto }}</p>{% endif %}\n"
                '{% if profile.tempo %}<p>{{ profile.tempo|label:"organization.tempo" }}</p>{% endif %}\n',
            )
        ],
    },
}
COPIED = ("bench", "equity", "locale", "partnerships", "templates", "tests")
FILES = ("conftest.py", "manage.py", "openapi.yaml", "pyproject.toml", "requirements.txt")


def follow(home: Path) -> None:
    """Make a copy of the project in the folder `home`, with all of RECIPE applied."""
    for name in COPIED:
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for name in FILES:
        shutil.copy(ROOT / name, home / name)
    for files in RECIPE.values():
        for file, additions in files.items():
            text = (home / file).read_text()
            for place, lines in additions:
                assert text.count(place) >= 1, f"{file} has no place “{place}” any more"
                text = text.replace(place, lines + place, 1)
            (home / file).write_text(text)


def run(home: Path, *command, **ours) -> subprocess.CompletedProcess:
    """Run Python in the copy until it ends."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=home,
        env=environment(**ours),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=6 * LIMIT,
        check=False,
    )
