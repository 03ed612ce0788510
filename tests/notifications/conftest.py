from tests.correspondence import contact, files, meeting, now, partnership, reader, sink  # noqa: F401 (fixtures)
