from tests.correspondence import contact, files, meeting, partnership, sink  # noqa: F401 (fixtures)
