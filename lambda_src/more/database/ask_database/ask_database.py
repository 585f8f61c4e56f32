"""RDS: ask a database with a token in the place of a password, which the role lets it make."""

import os
import ssl
from typing import Any

import boto3
from pg8000.native import Connection  # it comes with the code, or in a layer

rds = boto3.client("rds")
HOST, PORT, USER = os.environ["DB_HOST"], int(os.environ["DB_PORT"]), os.environ["DB_USER"]
PLACE = {"host": HOST, "port": PORT, "database": os.environ["DB_NAME"]}
TRUSTED = ssl.create_default_context(cadata=os.environ["DB_CA"])  # a token is taken over TLS only


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The token is signed here, without a call, and is good for a quarter of an hour."""
    token = rds.generate_db_auth_token(DBHostname=HOST, Port=PORT, DBUsername=USER)
    with Connection(USER, password=token, ssl_context=TRUSTED, **PLACE) as connection:
        [[total]] = connection.run("SELECT CAST(:x AS integer) + :y", x=3, y=2)
    return {"sum": total}
