"""Runs PostgreSQL's own tools for backups (pg_dump, pg_restore and psql) with the connection of the registry."""

import os
import shutil
import time
from subprocess import DEVNULL, PIPE, Popen  # nosec

from django.db import connection

from equity.environment import Refusal

# pg_restore creates what the backup contains, so everything with the same names has to be dropped first, in the same
# transaction. All statements are composed before the first one runs, since names of dropped objects can't be looked up.
CLEAR = """
DO $clear$
DECLARE
  here oid := current_schema()::regnamespace;
  sentences text[] := ARRAY(
    SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name)
    FROM (
      SELECT 1 AS turn, oid, 'pg_class'::regclass AS catalog, oid::regclass::text AS name,
        CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind
      FROM pg_class WHERE relnamespace = here AND relkind IN ('r', 'p', 'v', 'm')
      UNION ALL
      SELECT 2, oid, 'pg_class'::regclass, oid::regclass::text, 'SEQUENCE'
      FROM pg_class WHERE relnamespace = here AND relkind = 'S'
      UNION ALL
      SELECT 3, oid, 'pg_proc'::regclass, oid::regprocedure::text, 'ROUTINE' FROM pg_proc WHERE pronamespace = here
      UNION ALL
      SELECT 4, oid, 'pg_ts_config'::regclass, oid::regconfig::text, 'TEXT SEARCH CONFIGURATION'
      FROM pg_ts_config WHERE cfgnamespace = here
    ) AS found
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = found.oid AND classid = found.catalog AND deptype = 'e')
    ORDER BY turn);
  sentence text;
BEGIN
  FOREACH sentence IN ARRAY sentences LOOP
    EXECUTE sentence;
  END LOOP;
END $clear$;
"""
PLAIN = ("--no-owner", "--no-privileges")


def dump(path):
    """Write the whole database, as of one moment, in pg_dump's custom format."""
    _run("pg_dump", "--format=custom", *PLAIN, f"--file={path}")


def migrations_in(path):
    """The (app, name) pairs of the migrations in a backup."""
    try:
        text = _run("pg_restore", "--data-only", "--table=django_migrations", "--file=-", str(path))
    except Refusal as problem:
        raise Refusal(f"{path} is damaged. Use another backup. The data here hasn’t changed ({problem}).") from None
    _, _, rows = text.partition("FROM stdin;\n")
    return [tuple(line.split("\t")[1:3]) for line in rows.split("\n\\.")[0].splitlines() if "\t" in line]


def load(path):
    """Load a backup in one transaction, which is committed only after pg_restore has delivered all of it.

    Raises Refusal, with the data unchanged, if that fails.
    """
    psql = _start("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", stdin=PIPE)
    restore = _start("pg_restore", *PLAIN, "--no-comments", "--file=-", str(path), stdout=PIPE, stderr=DEVNULL)
    try:
        psql.stdin.write(b"BEGIN;" + CLEAR.encode())
        shutil.copyfileobj(restore.stdout, psql.stdin)
        if restore.wait() == 0:
            psql.stdin.write(b"\nCOMMIT;\n")
    except BrokenPipeError:
        restore.kill()
    _, errors = psql.communicate()
    if restore.wait() or psql.returncode:
        raise Refusal(f"{path} couldn’t be restored. The data here hasn’t changed ({_first_line(errors)}).")


def refuse_others():
    """Raise Refusal if other programs are still connected to this database after five seconds."""
    for _ in range(5):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            (others,) = cursor.fetchone()
        if not others:
            return
        time.sleep(1)
    raise Refusal(f"Others are connected to this database ({others}). Stop the pages, worker and scheduler first.")


def _run(tool, *arguments):
    done = _start(tool, *arguments, stdout=PIPE)
    given, errors = done.communicate()
    if done.returncode:
        raise Refusal(f"{tool} failed: {_first_line(errors)}")
    return given.decode()


def _start(tool, *arguments, stderr=PIPE, **pipes):
    path = shutil.which(tool)
    if path is None:
        raise Refusal(f"{tool} isn’t installed here. On Debian and Ubuntu: apt install postgresql-client")
    # No shell parses these arguments, and none of them comes from a request.
    return Popen([path, *arguments], env=_environment(), stderr=stderr, **pipes)  # noqa: S603  # nosec


def _environment():
    config = connection.settings_dict
    given = {
        "PGHOST": config["HOST"],
        "PGPORT": config["PORT"],
        "PGUSER": config["USER"],
        "PGPASSWORD": config["PASSWORD"],
        "PGDATABASE": config["NAME"],
        **{f"PG{name.upper()}": value for name, value in config["OPTIONS"].items() if name.startswith("ssl")},
    }
    return os.environ | {name: str(value) for name, value in given.items() if value}


def _first_line(errors):
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "no reason given"
