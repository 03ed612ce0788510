"""The least that a web process can do for the same bytes: one query with psycopg2, joined and sent, without Django."""

import os
import threading

import psycopg2

STATEMENT = (
    "SELECT partnership_id, body FROM partnerships_publication WHERE body IS NOT NULL AND partnership_id > %s"
    " ORDER BY partnership_id LIMIT 100"
)
_own = threading.local()


def application(environ, start_response):
    after = int(environ.get("QUERY_STRING", "").removeprefix("after=") or 0)
    cursor = _connection().cursor()
    cursor.execute(STATEMENT, (after,))
    rows = cursor.fetchall()
    cursor.close()
    body = ('{"results":[' + ",".join([row[1] for row in rows]) + "]}").encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _connection():
    if not hasattr(_own, "connection"):
        _own.connection = psycopg2.connect(os.environ["DATABASE_URL"])
        _own.connection.autocommit = True
    return _own.connection
