"""A client of the API's sync, for tests."""


class Copy:
    """Keeps a copy as the documentation page recommends."""

    def __init__(self, client, path, **filters):
        self.client, self.path, self.filters = client, path, filters
        self.rows, self.token, self.gone = {}, "start", []

    def pull(self, size=2, between=None):
        answer = self._ask(size)
        token, self.gone, changed = answer["as_of"], [], []
        while True:
            assert answer["as_of"] == token
            changed += [row["id"] for row in answer["results"]]
            self.rows |= {row["id"]: row for row in answer["results"]}
            for gone in answer["gone"]:
                assert set(gone) == {"id", "at"}
                self.gone.append(gone["id"])
                self.rows.pop(gone["id"], None)
            if not answer["next"]:
                break
            if between:
                between()
            answer = self.client.get(answer["next"]).json()
        self.token = token
        return changed

    def _ask(self, size):
        params = {"updated_since": self.token, "page_size": size} | self.filters
        answer = self.client.get(f"/api/v1/{self.path}/", params)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def assert_right(self):
        answer = self.client.get(f"/api/v1/{self.path}/", {"page_size": 250} | self.filters).json()
        assert self.rows == {row["id"]: row for row in answer["results"]}
