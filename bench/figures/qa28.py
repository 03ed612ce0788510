"""QA28: a table, image or PDF with hidden features is refused with an error, or kept without them.

Tables: document types and entities in every place and encoding, bombs, wrong sizes in archives. Images and PDFs
(tests/hostile/files.py): scripts in object streams, actions, attachments, metadata, bombs of pixels, pages, objects and
forms, and polyglot files. pypdf and our own readers (tests/hostile/stored_file_checks.py) read what is kept. Each refusal is a
sentence, and each file is handled within the time and memory that the cleaner has.
"""

from bench import trials

NAME = "Hostile files are refused or cleaned"


def run():
    found = trials.run("tests.hostile.trial:figure")
    for words in found["wrong"]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} wrong; {found['refused']} refused, {found['cleaned']} cleaned"
    return value, "0", found["tried"], not found["wrong"] and found["tried"] > 100
