"""Who makes a call: a function in its role, an IAM user, somebody who assumed a role."""

from datetime import UTC, datetime
from typing import NamedTuple

from cognito_sandbox import clock
from cognito_sandbox.iam.decisions import Policies
from cognito_sandbox.iam.sessions import Session

ABSENT = (
    *("aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:federatedprovider"),
    *("aws:multifactorauthage", "aws:multifactorauthpresent", "aws:referer"),
    *("aws:sourceaccount", "aws:sourcearn", "aws:sourceidentity", "aws:sourceorgid"),
    *("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:principalorgid"),
    *("aws:ec2instancesourcevpc", "aws:tokenissuetime", "ec2:sourceinstancearn"),
)


class Facts(dict[str, str | None]):
    """What is known of a request, by condition key; KeyError: the sandbox does not know the key."""

    def __missing__(self, key: str) -> str | None:
        if key == "aws:currenttime":
            return datetime.fromtimestamp(clock.now(), UTC).isoformat()
        if key == "aws:epochtime":
            return str(clock.now())
        if key in ABSENT or key.startswith("aws:principaltag/"):
            return None
        raise KeyError(key)


class Principal(NamedTuple):
    """An identity that is held to its policies."""

    arn: str
    account: str
    policies: Policies
    facts: Facts
    session: Session | None = None  # of a function

    @property
    def own_names(self) -> set[str]:
        """A session goes by its own ARN and by its role's."""
        return {self.arn, str(self.facts["aws:principalarn"])}

    @property
    def names(self) -> set[str]:
        """Each identity goes by its account's, too."""
        return {*self.own_names, self.account, f"arn:aws:iam::{self.account}:root"}

    def facts_for(self, region: str, passed_to: str | None = None) -> Facts:
        more = Facts(self.facts)
        more["aws:requestedregion"] = region
        more["iam:passedtoservice"] = passed_to
        return more


def facts(arn: str, account: str, kind: str, identity: str, tags: dict[str, str]) -> Facts:
    """`arn` is the role's for a session. Calls count as made over HTTPS, as they are in AWS."""
    known = {
        "aws:principalarn": arn,
        "aws:principalaccount": account,
        "aws:principaltype": kind,
        "aws:resourceaccount": account,
        "aws:userid": identity,
        "aws:username": arn.rpartition("/")[2] if kind == "User" else None,
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        "aws:principalisawsservice": "false",
    }
    return Facts(known | {f"aws:principaltag/{name.lower()}": tags[name] for name in tags})
