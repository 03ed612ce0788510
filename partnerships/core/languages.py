"""The languages that people may ask for. The setting LANGUAGES lists those in which we write emails and pages."""

from collections.abc import Callable

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

# Code (BCP 47) → the language's own name. Sign languages aren't included, since emails are text.
OWN_NAMES = {
    "en": "English",
    "es": "Español",
    "hmn": "Hmoob",
    "so": "Soomaali",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "ksw": "ကညီ",
    "om": "Afaan Oromoo",
    "am": "አማርኛ",
    "ti": "ትግርኛ",
    "ar": "العربية",
    "ru": "Русский",
    "tl": "Tagalog",
    "ko": "한국어",
    "km": "ខ្មែរ",
    "lo": "ລາວ",
    "fr": "Français",
    "sw": "Kiswahili",
    "oj": "Anishinaabemowin",
    "dak": "Dakhótiyapi",
}


def is_supported(asked: str) -> bool:
    """Whether there are emails in this language."""
    return _without_region(asked) in dict(settings.LANGUAGES)


def supported_or_default(asked: str) -> str:
    """The language of an email to a person who asked for this one: the same if there are emails in it, otherwise
    English.
    """
    return _without_region(asked) if is_supported(asked) else settings.LANGUAGE_CODE


def translated_to() -> list[str]:
    """The languages of our pages but English."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def own_name(language: str) -> str:
    return OWN_NAMES.get(_without_region(language), language)


def _without_region(language: str) -> str:
    return language.lower().partition("-")[0]


def choices() -> tuple:
    """The languages to choose from, as grouped options of a form."""
    written = dict(settings.LANGUAGES)
    others = tuple((code, name) for code, name in OWN_NAMES.items() if code not in written)
    return (
        (gettext("Emails and pages come in"), tuple(written.items())),
        (gettext("Not yet: emails and pages come in English for now"), others),
    )


def in_each_language(words: Callable[[], str]) -> list[str]:
    """A text of ours in each language that pages come in."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(words())
    return found
