"""RDS: ask a database with a token in the place of a password, which the role lets it make."""

import os
from typing import Any

import boto3
import pymysql  # not in Lambda's Python: it comes with the code, or in a layer

rds = boto3.client("rds")
HOST, PORT, USER = os.environ["DB_HOST"], int(os.environ["DB_PORT"]), os.environ["DB_USER"]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """The token is signed here, without a call, and is good for a quarter of an hour."""
    token = rds.generate_db_auth_token(DBHostname=HOST, Port=PORT, DBUsername=USER)
    connection = pymysql.connect(
        host=HOST,
        port=PORT,
        user=USER,
        password=token,
        database=os.environ["DB_NAME"],
        ssl={"ca": os.environ["DB_CA"]},  # a token is taken over TLS only
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT %s + %s", (3, 2))
        return {"sum": int(cursor.fetchone()[0])}
