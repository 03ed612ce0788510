"""The languages that people may ask for in letters. Those that letters are written in are the settings' LANGUAGES."""

from django.conf import settings

# Code (BCP 47) → the language's own name. Sign languages are not among them: letters are written.
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


def is_written(asked: str) -> bool:
    return _without_region(asked) in dict(settings.LANGUAGES)


def written_in(asked: str) -> str:
    """The language of a letter to someone who asked for this one: the same where there are letters in it, else English."""
    return _without_region(asked) if is_written(asked) else settings.LANGUAGE_CODE


def own_name(language: str) -> str:
    return OWN_NAMES.get(_without_region(language), language)


def _without_region(language):
    return language.lower().partition("-")[0]


def choices() -> tuple:
    """What one may ask for, as the options of a form."""
    written = dict(settings.LANGUAGES)
    others = tuple((code, name) for code, name in OWN_NAMES.items() if code not in written)
    return ("Letters come in", tuple(written.items())), ("Not yet: letters come in English for now", others)
