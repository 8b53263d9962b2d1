"""The SQL with which the owner of a database makes a journal's tables and the roles that may only insert and look."""

from __future__ import annotations

from arwork.errors import InputError
from arwork.journal.postgres import plain_schema
from arwork.journal.schema import POSTGRES

OWNER, WRITER, READER = "arwork_owner", "arwork_writer", "arwork_reader"
"""Owner of the tables, whom nobody logs in as; who decides; who only looks. People's logins are granted one of the last two."""


def roles_sql(schema: str) -> str:
    """Return the statements, to be run with psql by the owner of the database; running them again changes nothing.

    They also bring the tables of an older version forward. Raises InputError for a schema that is not a plain name.
    """
    if not plain_schema(schema):
        raise InputError(f"schema {schema!r} is not a plain name", cure="Use lower-case letters, digits and underscores.")
    made = "\n".join(
        f"  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role} NOLOGIN; END IF;"
        for role in (OWNER, WRITER, READER)
    )
    steps = "\n".join(_step(schema, number) for number in POSTGRES)
    return f"""-- Tables and roles of an arwork journal in schema {schema}. Run by the owner of the database; safe to run again.
BEGIN;
DO $roles$BEGIN
{made}
END$roles$;
GRANT {OWNER} TO CURRENT_USER;
CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {OWNER};
SET LOCAL ROLE {OWNER};
SET LOCAL search_path = {schema}, pg_temp;
{steps}
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {WRITER}, {READER};
GRANT USAGE ON SCHEMA {schema} TO {WRITER}, {READER};
GRANT SELECT, INSERT ON journal TO {WRITER};
GRANT SELECT ON journal_version TO {WRITER};
GRANT SELECT ON journal, journal_version TO {READER};
COMMIT;
-- Then a login a person, with a password of their own: CREATE ROLE ana LOGIN; GRANT {WRITER} TO ana; auditors get {READER}.
"""


def _step(schema: str, number: int) -> str:
    """Write the statements of one version, which run only where the tables are older."""
    stated = "(SELECT version FROM journal_version)"
    older = f"to_regclass('{schema}.journal_version') IS NULL" if number == 1 else f"{stated} < {number}"
    body = "\n".join(f"  EXECUTE $sql${statement}$sql$;" for statement in POSTGRES[number])
    return f"DO $step$BEGIN IF {older} THEN\n{body}\nEND IF; END$step$;"
