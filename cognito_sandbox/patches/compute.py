"""EC2's large tables, read when EC2 is first used: CloudFormation imports EC2, and few need it.

Saves a fifth of the processor time until the first stack: 0.22 of 1.04 seconds, the least of
twelve starts each, by turns. Requests to EC2 wait until all is loaded.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.session import Session
from moto.utilities import utils

from cognito_sandbox.store import needs

NEEDS = (
    "moto.ec2.models:EC2Backend",
    "moto.ec2.models.instance_types:INSTANCE_FAMILIES",
    "moto.ec2.models.instance_types:INSTANCE_TYPES",
    "moto.ec2.models.instance_types:INSTANCE_TYPE_OFFERINGS",
    "moto.ec2.models.instance_types:InstanceType",
    "moto.ec2.models.instance_types:InstanceTypeBackend.instance_types",
)
ENOUGH = {"metadata": {"endpointPrefix": "ec2"}}  # of EC2's model, to know its regions
TYPES, OFFERINGS = "ec2/resources/instance_types.json", "ec2/resources/instance_type_offerings"


@contextmanager
def unread() -> Iterator[None]:
    """In here, EC2 is imported without its tables; from then on they come with its first use."""
    load, describe = utils.load_resource, Session.get_service_data

    def describe_others(session: Session, name: str, version: str | None = None) -> Any:
        return ENOUGH if name == "ec2" else describe(session, name, version)

    with (
        patch.object(
            utils, "load_resource", lambda path: {} if "instance_type" in path else load(path)
        ),
        patch.object(Session, "get_service_data", describe_others),
    ):
        yield
    needs.check(NEEDS)
    _read_at_first_use()


def _read_at_first_use() -> None:
    from moto.ec2.models import EC2Backend

    start = EC2Backend.__init__

    @functools.wraps(start)
    def read_and_start(self: Any, *values: object, **named: object) -> None:
        _read()
        start(self, *values, **named)

    EC2Backend.__init__ = read_and_start


@functools.cache
def _read() -> None:
    from moto.ec2.models import instance_types as tables

    tables.INSTANCE_TYPES.update(utils.load_resource(TYPES))
    tables.INSTANCE_FAMILIES[:] = {name.partition(".")[0] for name in tables.INSTANCE_TYPES}
    tables.InstanceTypeBackend.instance_types[:] = map(tables.InstanceType, tables.INSTANCE_TYPES)
    for place, regions in tables.INSTANCE_TYPE_OFFERINGS.items():
        for region in regions:
            offered = utils.load_resource(f"{OFFERINGS}/{place}/{region}.json")
            regions[region] = [offer | {"LocationType": place} for offer in offered]
