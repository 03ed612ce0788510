from tests.correspondence import contact, meeting, partnership  # noqa: F401 (fixtures)
