"""The words of text search: how text is split into words, and how a mistyped word finds the published word it
means.

The same code serves both databases: Python splits the words, so neither database's idea of a word matters.
"""

import re
from collections import Counter
from collections.abc import Collection
from itertools import pairwise

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest
from rapidfuzz.distance import OSA

from partnerships.core.models import SearchGram, SearchWord
from partnerships.core.text import fold_words

LONGEST = 40  # letters of a word that count; the rest is cut off, in records and in queries
NAMES_READ = 20_000  # characters of a record's names
CANDIDATES = 60
MOST_KNOWN = 50
_CHUNK = 5000
_NAME_WORDS = re.compile(r"[^\W_](?:[\w’'ʼ]*[^\W_])?")
_SHORT_FORMS = {"saint": "st", "mount": "mt", "fort": "ft"}


def split_words(text: str) -> list[str]:
    """The folded words of a text: only letters and digits, cut to LONGEST."""
    return [word.lower()[:LONGEST] for word in fold_words(text.replace("_", " ").replace("\0", " "))]


def singular(word: str) -> str:
    """The beginning that a plural shares with its singular in English and Spanish: “parks” → park.

    It does no other stemming.
    """
    return word[:-1] if len(word) >= 4 and word[-1] == "s" and word[-2] not in "siu" else word


def short_forms(names: str) -> list[str]:
    """What people type in place of these names (one per line): initials of two to eight words, and “st” for “saint”.

    “Voices for Racial Justice” → vrj, vfrj; “Department of Transportation” → dt, dot.
    """
    found = {}
    for name in names[:NAMES_READ].splitlines():
        words = _NAME_WORDS.findall(name)
        capitalized = [word for word in words if word[0].isupper() or (not word[0].islower() and word[0].isalpha())]
        if 2 <= len(capitalized) <= 8:
            lettered = [word for word in words if word[0].isalpha()]
            for chosen in (capitalized, lettered):
                initials = "".join(split_words("".join(word[0] for word in chosen)))
                if 2 <= len(initials) <= 8:
                    found[initials] = True
        for word in split_words(name):
            if word in _SHORT_FORMS:
                found[_SHORT_FORMS[word]] = True
    return list(found)


def grams(word: str) -> set[str]:
    """The pairs of letters of a word, with its edges marked: “ox” → ^o, ox, x$."""
    return {a + b for a, b in pairwise(f"^{word}$")}


def count_words(differences: Counter) -> None:
    """Add these differences to the number of published entries that have each word.

    Rows are locked in the order of the words, new rows after existing ones, so that writers don't deadlock. A word
    that no published entry has is deleted.
    """
    words = sorted(word for word, n in differences.items() if n)
    rows = _lock_words(words)
    missing = [word for word in words if word not in rows and differences[word] > 0]
    while missing:
        SearchWord.objects.bulk_create(
            [SearchWord(word=word, length=len(word)) for word in missing], ignore_conflicts=True
        )
        new = _lock_words(missing)
        made = [pk for pk, entries in new.values() if entries == 0]
        spelt = {pk: word for word, (pk, _) in new.items()}
        SearchGram.objects.bulk_create(
            [SearchGram(gram=gram, word_id=pk) for pk in made for gram in sorted(grams(spelt[pk]))]
        )
        rows |= new
        missing = [word for word in missing if word not in rows]
    _update_counts({rows[word][0]: differences[word] for word in words if word in rows})


def recount(counts: Counter) -> None:
    """Replace the whole table of published words with these counts."""
    SearchGram.objects.all().delete()
    SearchWord.objects.all().delete()
    words = sorted(counts)
    for start in range(0, len(words), _CHUNK):
        rows = [SearchWord(word=w, entries=counts[w], length=len(w)) for w in words[start : start + _CHUNK]]
        made = SearchWord.objects.bulk_create(rows)
        SearchGram.objects.bulk_create(
            [SearchGram(gram=gram, word_id=row.pk) for row in made for gram in sorted(grams(row.word))]
        )


def _lock_words(words: list[str]) -> dict[str, tuple[int, int]]:
    """Word → (primary key, number of entries), for those of these words that are stored."""
    rows: dict[str, tuple[int, int]] = {}
    for start in range(0, len(words), _CHUNK):
        found = SearchWord.objects.select_for_update().filter(word__in=words[start : start + _CHUNK]).order_by("word")
        rows |= {word: (pk, entries) for word, pk, entries in found.values_list("word", "pk", "entries")}
    return rows


def _update_counts(differences: dict[int, int]) -> None:
    """Add to the counts of words (primary key → difference), with one statement for each difference. Deletes words with
    none left.
    """
    by_difference: dict[int, list[int]] = {}
    for pk, difference in differences.items():
        by_difference.setdefault(difference, []).append(pk)
    for difference, keys in by_difference.items():
        rows = SearchWord.objects.filter(pk__in=keys)
        rows.update(entries=Greatest(F("entries") + difference, 0))
        if difference < 0:
            rows.filter(entries=0).delete()


def count_entries(beginnings: Collection[str]) -> list[tuple[int, tuple[str, ...]]]:
    """For each beginning, about how many published entries have a word with it (an entry with two counts twice), and
    those words.

    The words are left out where there are more than MOST_KNOWN, and on SQLite, whose index needs no help with
    prefixes.
    """
    if not beginnings:
        return []
    table = "FROM partnerships_searchword WHERE word"
    if connection.vendor == "postgresql":
        one = f"(SELECT coalesce(sum(entries), 0) {table} LIKE %s), ARRAY(SELECT word {table} LIKE %s LIMIT %s)"
        params = [param for word in beginnings for param in (f"{word}%", f"{word}%", MOST_KNOWN + 1)]
    else:
        one = f"(SELECT coalesce(sum(entries), 0) {table} >= %s AND word < %s), NULL"
        params = [bound for word in beginnings for bound in (word, word + "\U0010ffff")]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([one] * len(beginnings))}", params)
        found = cursor.fetchone()
    few = [tuple(words) if words and len(words) <= MOST_KNOWN else () for words in found[1::2]]
    return list(zip(found[::2], few, strict=True))


def edits_allowed(word: str) -> int:
    """How many typing errors a word may have: none in a letter and in numbers, one up to five letters, two in longer
    words.
    """
    if len(word) < 2 or any(char.isdigit() for char in word):
        return 0
    return 1 if len(word) <= 5 else 2


def corrections(word: str) -> list[str]:
    """Published words that this one may mean, likeliest first: by typing errors, then by how many entries have
    them.

    A word that isn't finished is compared with the beginnings of longer words, which come after complete words.
    """
    return [candidate for candidate, _ in corrections_for_each([word])[word]]


def corrections_for_each(words: list[str]) -> dict[str, list[tuple[str, int]]]:
    """`corrections` for several words in one query, each candidate with the number of entries that have it."""
    correctable = [word for word in dict.fromkeys(words) if edits_allowed(word)]
    likely: dict[str, list[tuple[float, bool, int, str]]] = {word: [] for word in words}
    for word, candidate, entries in _similar_words(correctable):
        allowed = edits_allowed(word)
        # More letters than that don't bring the word or its beginning any nearer.
        whole, beginning = distances(word, candidate[: len(word) + allowed + 1])
        slips = min(whole, beginning + 0.5 if len(word) >= 5 and beginning <= 1 else whole)
        if slips <= allowed:
            likely[word].append((slips, candidate[0] != word[0], -entries, candidate))
    return {word: [(candidate, -n) for *_, n, candidate in sorted(found)] for word, found in likely.items()}


def _similar_words(words: list[str]) -> list[tuple[str, str, int]]:
    """(word, published word that shares pairs of letters with it, number of entries that have it), for all of these
    words.
    """
    parts: list[str] = []
    params: list[str | int] = []
    for n, word in enumerate(words):
        wanted = sorted(grams(word))
        alike = (
            "SELECT word_id, count(*) AS n FROM partnerships_searchgram"  # noqa: S608 (marks for parameters)
            f" WHERE gram IN ({', '.join(['%s'] * len(wanted))}) GROUP BY word_id HAVING count(*) >= %s"
            " ORDER BY n DESC, word_id LIMIT %s"
        )
        parts.append(
            f"SELECT * FROM (SELECT {n}, w.word, w.entries FROM ({alike}) AS g"  # noqa: S608
            " JOIN partnerships_searchword w ON w.id = g.word_id WHERE w.entries > 0 AND w.length >= %s"
            " ORDER BY g.n DESC, abs(w.length - %s), w.entries DESC, w.word LIMIT %s) AS found"
        )
        shared = max(2, len(word) + 1 - 3 * edits_allowed(word))
        params += [*wanted, shared, 5 * CANDIDATES, len(word) - 2, len(word), CANDIDATES]
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return [(words[n], candidate, entries) for n, candidate, entries in cursor.fetchall()]


def distances(typed: str, word: str) -> tuple[int, int]:
    """The edit distance between `typed` and `word`, and between `typed` and the nearest beginning of `word`.

    An edit is a wrong, missing or extra letter, or a swap of two neighbors. Source: Damerau and Levenshtein, in the
    restricted form (optimal string alignment) that moves no letter twice.
    """
    slips = [OSA.distance(typed, word[:end]) for end in range(len(word) + 1)]
    return slips[-1], min(slips)
