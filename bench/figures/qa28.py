"""QA28: what is sent as a table, an image or a PDF and does more than that is refused in words, or kept without it.

Tables: document types and entities in every place and encoding, bombs, lies of archives. Images and PDFs
(tests/hostile/files.py): scripts in object streams, actions, files inside, metadata, bombs of pixels, pages, objects and forms,
and files of two kinds. What is kept is read by pypdf and by readers of our own (tests/hostile/looking.py). Each refusal is a
sentence, and each file is done with within the time and memory that the cleaner has.
"""

from bench import trials

NAME = "Hostile files are refused or cleaned"


def run():
    found = trials.run("tests.hostile.trial:figure")
    for words in found["wrong"]:
        print(f"  {words}")
    value = f"{len(found['wrong'])} wrong; {found['refused']} refused, {found['cleaned']} cleaned"
    return value, "0", found["tried"], not found["wrong"] and found["tried"] > 100
