"""Events contract 11: a function may do what its role's policies allow, and nothing else."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from asking import ACCOUNT, ASKING, Asking, allow, deny
from harness import Aws, policy, refused

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
KEY = {"id": {"S": "ann"}}


@pytest.fixture(scope="module")
def table(aws: Aws) -> Iterator[str]:
    name = f"table-{uuid.uuid4().hex[:8]}"
    attributes = [{"AttributeName": each, "AttributeType": "S"} for each in ("id", "name")]
    aws.client("dynamodb").create_table(
        TableName=name,
        AttributeDefinitions=attributes,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-name",
                "KeySchema": [{"AttributeName": "name", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    yield name
    aws.client("dynamodb").delete_table(TableName=name)


def table_arn(table: str) -> str:
    return f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{table}"


def test_a_function_is_its_roles_session(aws: Aws) -> None:
    function = aws.function(
        "import boto3, os\n"
        "def handler(event, context):\n"
        "    told = boto3.client('sts').get_caller_identity()\n"
        "    token = os.environ['AWS_SESSION_TOKEN']\n"
        "    return [told['Arn'], told['Account'], told['UserId'], token]\n",
        Role=aws.role_with(),
    )
    role = aws.lambdas.get_function(FunctionName=function.name)["Configuration"]["Role"]
    name = role.rpartition("/")[2]
    arn, account, user_id, token = function.result()
    assert arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{function.name}"
    role_id = aws.client("iam").get_role(RoleName=name)["Role"]["RoleId"]
    assert (account, user_id) == (ACCOUNT, f"{role_id}:{function.name}")
    assert len(token) > 100


def test_without_a_policy_nothing_is_allowed(aws: Aws, table: str) -> None:
    function = Asking(aws)
    told = function.asks("dynamodb", "put_item", TableName=table, Item=KEY)
    text = function.not_allowed("dynamodb:PutItem", table_arn(table))
    assert told == ("AccessDeniedException", text)


def test_an_action_is_allowed_on_its_resource_only(aws: Aws, table: str) -> None:
    function = Asking(aws, allow("dynamodb:GetItem", on=table_arn(table)))
    assert function.gets("dynamodb", "get_item", TableName=table, Key=KEY) == "ok"
    assert function.gets("dynamodb", "put_item", TableName=table, Item=KEY) != "ok"
    other = function.asks("dynamodb", "get_item", TableName="other", Key=KEY)
    assert other[1] == function.not_allowed("dynamodb:GetItem", table_arn("other"))


def test_an_explicit_deny_wins(aws: Aws, table: str) -> None:
    function = Asking(aws, allow("*"), deny("dynamodb:Get*"))
    told = function.asks("dynamodb", "get_item", TableName=table, Key=KEY)
    reason = "with an explicit deny in an identity-based policy"
    assert told[1] == function.not_allowed("dynamodb:GetItem", table_arn(table), reason)
    assert function.gets("dynamodb", "put_item", TableName=table, Item=KEY) == "ok"


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (allow("dynamodb:get*"), True),
        (allow("dynamodb:?etItem"), True),
        (allow("dynamodb:GetIte"), False),
        (allow("s3:*"), False),
        (allow("dynamodb:GetItem", on="arn:aws:dynamodb:*:*:table/t?ble-*"), True),
        (allow("dynamodb:GetItem", on="arn:aws:dynamodb:eu-west-1:*:table/*"), False),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}, True),
        ({"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:dynamodb:*"}, False),
    ],
)
def test_wildcards_and_exceptions(
    aws: Aws, table: str, statement: dict[str, Any], allowed: bool
) -> None:
    got = Asking(aws, statement).gets("dynamodb", "get_item", TableName=table, Key=KEY)
    assert (got == "ok") == allowed


def test_an_index_is_a_resource_of_its_own(aws: Aws, table: str) -> None:
    query = {
        "TableName": table,
        "IndexName": "by-name",
        "KeyConditionExpression": "#n = :n",
        "ExpressionAttributeNames": {"#n": "name"},
        "ExpressionAttributeValues": {":n": {"S": "ann"}},
    }
    index = f"{table_arn(table)}/index/by-name"
    function = Asking(aws, allow("dynamodb:Query", on=table_arn(table)))
    told = function.asks("dynamodb", "query", **query)
    assert told[1] == function.not_allowed("dynamodb:Query", index)
    assert Asking(aws, allow("dynamodb:Query", on=index)).gets("dynamodb", "query", **query) == "ok"


def test_a_batch_needs_each_of_its_tables(aws: Aws, table: str) -> None:
    batch = {"RequestItems": {table: {"Keys": [KEY]}, "other": {"Keys": [KEY]}}}
    function = Asking(aws, allow("dynamodb:BatchGetItem", on=table_arn(table)))
    told = function.asks("dynamodb", "batch_get_item", **batch)
    assert told[1] == function.not_allowed("dynamodb:BatchGetItem", table_arn("other"))


def test_a_transaction_needs_each_of_its_actions(aws: Aws, table: str) -> None:
    put = {"Put": {"TableName": table, "Item": {"id": {"S": "new"}}}}
    delete = {"Delete": {"TableName": table, "Key": {"id": {"S": "old"}}}}
    function = Asking(aws, allow("dynamodb:PutItem", on=table_arn(table)))
    assert function.gets("dynamodb", "transact_write_items", TransactItems=[put]) == "ok"
    told = function.asks("dynamodb", "transact_write_items", TransactItems=[put, delete])
    assert told[1] == function.not_allowed("dynamodb:DeleteItem", table_arn(table))


def test_partiql_has_actions_of_its_own(aws: Aws, table: str) -> None:
    function = Asking(aws, allow("dynamodb:PartiQLSelect", on=table_arn(table)))
    select = f"SELECT * FROM \"{table}\" WHERE id = 'ann'"
    assert function.gets("dynamodb", "execute_statement", Statement=select) == "ok"
    delete = f"DELETE FROM \"{table}\" WHERE id = 'ann'"
    told = function.asks("dynamodb", "execute_statement", Statement=delete)
    assert told[1] == function.not_allowed("dynamodb:PartiQLDelete", table_arn(table))


@pytest.mark.parametrize(
    ("call", "code", "action", "resource"),
    [
        (
            ("sqs", "send_message", {"QueueUrl": f"http://q/{ACCOUNT}/mail", "MessageBody": "x"}),
            *("AccessDenied", "sqs:sendmessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:mail"),
        ),
        (
            ("sns", "publish", {"TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t", "Message": "x"}),
            *("AuthorizationError", "SNS:Publish", f"arn:aws:sns:us-east-1:{ACCOUNT}:t"),
        ),
        (
            ("s3", "get_object", {"Bucket": "b", "Key": "a/b c"}),
            *("AccessDenied", "s3:GetObject", '"arn:aws:s3:::b/a/b c"'),
        ),
        (
            ("s3", "list_objects_v2", {"Bucket": "b"}),
            *("AccessDenied", "s3:ListBucket", '"arn:aws:s3:::b"'),
        ),
        (
            ("lambda", "invoke", {"FunctionName": "other"}),
            *("AccessDeniedException", "lambda:InvokeFunction"),
            f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:other",
        ),
        (
            ("iam", "get_role", {"RoleName": "r"}),
            *("AccessDenied", "iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/r"),
        ),
        (
            ("cognito-idp", "admin_get_user", {"UserPoolId": "us-east-1_a", "Username": "u"}),
            *("AccessDeniedException", "cognito-idp:AdminGetUser"),
            f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/us-east-1_a",
        ),
        (
            ("logs", "describe_log_streams", {"logGroupName": "g"}),
            *("AccessDeniedException", "logs:DescribeLogStreams"),
            f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:g:log-stream:",
        ),
        (
            ("ssm", "get_parameter", {"Name": "/app/name"}),
            *("AccessDeniedException", "ssm:GetParameter"),
            f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/app/name",
        ),
        (
            ("events", "put_events", {"Entries": [{"Source": "s"}]}),
            *("AccessDeniedException", "events:PutEvents"),
            f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_each_service_refuses_in_its_own_words(
    asking: Asking, call: tuple[str, str, dict[str, Any]], code: str, action: str, resource: str
) -> None:
    service, method, parameters = call
    told = asking.asks(service, method, **parameters)
    assert told == (code, asking.not_allowed(action, resource))


@pytest.fixture(scope="module")
def asking(aws: Aws) -> Asking:
    """A function whose role allows nothing."""
    return Asking(aws)


def test_ec2_says_it_at_more_length(asking: Asking) -> None:
    code, message = asking.asks("ec2", "describe_instances")
    assert code == "UnauthorizedOperation"
    assert message.startswith("You are not authorized to perform this operation. User: arn:aws:sts")


def test_what_is_copied_must_be_readable(aws: Aws) -> None:
    s3, bucket = aws.client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="from", Body=b"x")
    copy = {"Bucket": bucket, "Key": "to", "CopySource": f"{bucket}/from"}
    function = Asking(aws, allow("s3:PutObject", on=f"arn:aws:s3:::{bucket}/*"))
    told = function.asks("s3", "copy_object", **copy)
    assert told[1] == function.not_allowed("s3:GetObject", f'"arn:aws:s3:::{bucket}/from"')
    both = allow("s3:PutObject", "s3:GetObject", on=f"arn:aws:s3:::{bucket}/*")
    assert Asking(aws, both).gets("s3", "copy_object", **copy) == "ok"


def test_a_role_must_be_passed_to_a_new_function(aws: Aws) -> None:
    function = Asking(aws, allow("lambda:CreateFunction"))
    made = {
        "FunctionName": "made",
        "Role": function.role,
        "Code": {"S3Bucket": "code", "S3Key": "k"},
    }
    told = function.asks("lambda", "create_function", **made, Runtime="python3.11", Handler="a.b")
    assert told[1] == function.not_allowed("iam:PassRole", function.role)


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}, True),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, False),
        ({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, True),
        ({"StringLike": {"AWS:requestedregion": "us-*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/role-*"}}, True),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::b"}}, False),
        ({"ArnEqualsIfExists": {"aws:SourceArn": "arn:aws:s3:::b"}}, True),
        ({"Null": {"aws:SourceArn": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": True}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
        ({"NumericLessThan": {"aws:EpochTime": "1"}}, False),
        ({"StringEquals": {"aws:PrincipalAccount": "1", "aws:RequestedRegion": "*"}}, False),
    ],
)
def test_conditions_that_are_known(
    aws: Aws, table: str, condition: dict[str, Any], allowed: bool
) -> None:
    function = Asking(aws, allow("dynamodb:GetItem", Condition=condition))
    got = function.gets("dynamodb", "get_item", TableName=table, Key=KEY)
    assert (got == "ok") == allowed


LEADING = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["ann"]}}


def test_a_condition_that_cannot_be_evaluated_is_refused_by_name(aws: Aws, table: str) -> None:
    function = Asking(aws, allow("dynamodb:GetItem", Condition=LEADING))
    code, message = function.asks("dynamodb", "get_item", TableName=table, Key=KEY)
    assert code == "NotImplementedException"
    assert message.endswith("ForAllValues:StringEquals of dynamodb:LeadingKeys.")


def test_it_matters_only_where_it_decides(aws: Aws, table: str) -> None:
    get = {"TableName": table, "Key": KEY}
    in_doubt = allow("dynamodb:GetItem", Condition=LEADING)
    assert Asking(aws, in_doubt, allow("dynamodb:*")).gets("dynamodb", "get_item", **get) == "ok"
    denied_in_doubt = in_doubt | {"Effect": "Deny"}
    function = Asking(aws, denied_in_doubt, allow("dynamodb:*"))
    assert function.gets("dynamodb", "get_item", **get) == "NotImplementedException"
    assert function.gets("dynamodb", "put_item", TableName=table, Item=KEY) == "ok"
    assert Asking(aws, denied_in_doubt).gets("dynamodb", "get_item", **get) == (
        "AccessDeniedException"
    )


def test_a_resource_that_is_not_known_is_refused_by_name(aws: Aws) -> None:
    function = Asking(aws, allow("ec2:*", on="arn:aws:ec2:us-east-1:*:instance/i-1"))
    code, message = function.asks("ec2", "start_instances", InstanceIds=["i-1"])
    assert code == "NotImplementedException"
    assert "may ec2:StartInstances: the sandbox does not know which resource" in message
    assert Asking(aws, allow("ec2:*")).gets("ec2", "describe_instances") == "ok"


def test_policy_variables(aws: Aws, table: str) -> None:
    iam = aws.client("iam")
    pattern = table_arn("table-${aws:PrincipalTag/Suffix}")
    function = Asking(aws, allow("dynamodb:GetItem", on=pattern))
    get = {"TableName": table, "Key": KEY}
    assert function.gets("dynamodb", "get_item", **get) == "AccessDeniedException"
    tag = {"Key": "Suffix", "Value": table.partition("-")[2]}
    iam.tag_role(RoleName=function.role.rpartition("/")[2], Tags=[tag])
    assert function.gets("dynamodb", "get_item", **get) == "ok"


def test_a_changed_policy_holds_at_once(aws: Aws, table: str) -> None:
    function = Asking(aws, allow("dynamodb:GetItem"))
    get = {"TableName": table, "Key": KEY}
    assert function.gets("dynamodb", "get_item", **get) == "ok"
    name = function.role.rpartition("/")[2]
    aws.client("iam").delete_role_policy(RoleName=name, PolicyName="statements")
    assert function.gets("dynamodb", "get_item", **get) == "AccessDeniedException"


def test_an_attached_policy_counts_in_its_default_version(aws: Aws, table: str) -> None:
    iam, function = aws.client("iam"), Asking(aws)
    name = function.role.rpartition("/")[2]
    made = iam.create_policy(
        PolicyName=f"policy-{name}", PolicyDocument=policy(allow("dynamodb:GetItem"))
    )["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=made)
    get = {"TableName": table, "Key": KEY}
    assert function.gets("dynamodb", "get_item", **get) == "ok"
    iam.create_policy_version(
        PolicyArn=made, PolicyDocument=policy(allow("s3:*")), SetAsDefault=True
    )
    assert function.gets("dynamodb", "get_item", **get) == "AccessDeniedException"


def test_a_boundary_limits_what_policies_allow(aws: Aws, table: str) -> None:
    iam, function = aws.client("iam"), Asking(aws, allow("dynamodb:*"))
    name = function.role.rpartition("/")[2]
    boundary = iam.create_policy(
        PolicyName=f"boundary-{name}", PolicyDocument=policy(allow("dynamodb:GetItem"))
    )["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    assert function.gets("dynamodb", "get_item", TableName=table, Key=KEY) == "ok"
    told = function.asks("dynamodb", "put_item", TableName=table, Item=KEY)
    reason = "because no permissions boundary allows the dynamodb:PutItem action"
    assert told[1] == function.not_allowed("dynamodb:PutItem", table_arn(table), reason)


def test_a_presigned_address_is_held_to_the_role_that_signed_it(aws: Aws) -> None:
    import urllib.error
    import urllib.request

    s3, bucket = aws.client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="key", Body=b"content")
    signing = (
        "import boto3\n"
        "from botocore.config import Config\n"
        "def handler(event, context):\n"
        "    s3 = boto3.client('s3', config=Config(signature_version='s3v4'))\n"
        "    return s3.generate_presigned_url('get_object', Params=event)\n"
    )
    wanted = {"Bucket": bucket, "Key": "key"}
    allowed = aws.function(signing, Role=aws.role_with(allow("s3:GetObject"))).result(wanted)
    assert urllib.request.urlopen(allowed).read() == b"content"
    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.urlopen(aws.function(signing, Role=aws.role_with()).result(wanted))
    assert told.value.code == 403


def trusting(aws: Aws, *statements: dict[str, Any]) -> str:
    """The ARN of a role with a trust policy of these statements."""
    name = f"role-{uuid.uuid4().hex[:8]}"
    assuming = [{"Effect": "Allow", "Action": "sts:AssumeRole"} | each for each in statements]
    created = aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=policy(*assuming)
    )
    return str(created["Role"]["Arn"])


ACCOUNTS = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
GUEST = {"Condition": {"StringEquals": {"sts:ExternalId": "guest"}}}


def test_an_assumed_role_must_trust_the_one_who_assumes_it(aws: Aws) -> None:
    function = Asking(aws, allow("sts:AssumeRole"))

    def assume(role: str, **more: str) -> tuple[str, str]:
        return function.asks("sts", "assume_role", RoleArn=role, RoleSessionName="me", **more)

    def not_trusted(role: str) -> tuple[str, str]:
        asked = f"User: {function.arn} is not authorized to perform: sts:AssumeRole on resource: "
        return "AccessDenied", asked + role

    for_lambda, nobody = aws.role_with(), f"arn:aws:iam::{ACCOUNT}:role/nobody"
    assert assume(for_lambda) == not_trusted(for_lambda)
    assert assume(nobody) == not_trusted(nobody)
    for name in (function.role, function.arn, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"):
        assert assume(trusting(aws, {"Principal": {"AWS": name}}))[0] == "ok"
    other = trusting(aws, {"Principal": {"AWS": f"{function.role}-2"}})
    assert assume(other) == not_trusted(other)
    denying = trusting(
        aws, ACCOUNTS, {"Principal": {"AWS": [function.role, ACCOUNT]}, "Effect": "Deny"}
    )
    code, text = not_trusted(denying)
    assert assume(denying) == (code, f"{text} with an explicit deny in a resource-based policy")
    guests = trusting(aws, ACCOUNTS | GUEST)
    assert assume(guests) == not_trusted(guests)
    assert assume(guests, ExternalId="guest")[0] == "ok"


def test_a_trust_that_cannot_be_evaluated_is_told(aws: Aws) -> None:
    unknown = {"Condition": {"StringEquals": {"sts:Unheard": "of"}}}
    role = trusting(aws, ACCOUNTS | unknown)
    code, text = Asking(aws, allow("sts:AssumeRole")).asks(
        "sts", "assume_role", RoleArn=role, RoleSessionName="me"
    )
    assert code == "NotImplementedException"
    assert "sts:Unheard" in text


def test_a_role_that_a_function_assumes_holds_it_too(aws: Aws, table: str) -> None:
    other = trusting(aws, ACCOUNTS)
    aws.client("iam").put_role_policy(
        RoleName=other.rpartition("/")[2],
        PolicyName="statements",
        PolicyDocument=policy(allow("dynamodb:GetItem")),
    )
    function = aws.function(
        "import boto3\n"
        "def handler(event, context):\n"
        "    assumed = boto3.client('sts').assume_role(RoleArn=event, RoleSessionName='me')\n"
        "    names = ('AccessKeyId', 'SecretAccessKey', 'SessionToken')\n"
        "    key = [assumed['Credentials'][name] for name in names]\n"
        "    dynamodb = boto3.client('dynamodb', None, None, True, None, None, *key)\n"
        f"    dynamodb.get_item(TableName='{table}', Key={KEY})\n"
        f"    dynamodb.put_item(TableName='{table}', Item={KEY})\n",
        Role=aws.role_with(allow("sts:AssumeRole", on=other)),
    )
    told = function.result(other)["errorMessage"]
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{other.rpartition('/')[2]}/me"
    assert f"User: {session} is not authorized to perform: dynamodb:PutItem" in told


def test_the_readers_own_calls_stay_free(aws: Aws, table: str) -> None:
    aws.client("dynamodb").put_item(TableName=table, Item=KEY)


def test_a_role_that_does_not_exist_cannot_be_assumed(aws: Aws) -> None:
    text = "The role defined for the function cannot be assumed by Lambda."
    with refused("InvalidParameterValueException", text):
        aws.function(ASKING, Role=f"arn:aws:iam::{ACCOUNT}:role/nobody")
    with refused("InvalidParameterValueException", text):
        aws.function(ASKING, Role=aws.role_with(trusted="ec2.amazonaws.com"))
    function = aws.function(ASKING)
    with refused("InvalidParameterValueException", text):
        aws.lambdas.update_function_configuration(
            FunctionName=function.name, Role=aws.role_with(trusted="ec2.amazonaws.com")
        )


@pytest.mark.parametrize("document", ["nonsense", "{}", policy(), policy(allow("sts:AssumeRole"))])
def test_a_role_trusts_somebody(aws: Aws, document: str) -> None:
    iam, name = aws.client("iam"), f"role-{uuid.uuid4().hex[:8]}"
    with refused("MalformedPolicyDocument"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    with refused("NoSuchEntity"):
        iam.get_role(RoleName=name)


def test_a_function_without_its_role_does_not_run(aws: Aws) -> None:
    function = aws.function(ASKING, Role=aws.role_with())
    role = aws.lambdas.get_function(FunctionName=function.name)["Configuration"]["Role"]
    aws.client("iam").delete_role(RoleName=role.rpartition("/")[2])
    text = "The role defined for the function cannot be assumed by Lambda."
    with refused("AccessDeniedException", text):
        function.invoke()
    pool = aws.pool({"PreSignUp": function})
    text = "PreSignUp invocation failed due to error AccessDeniedException."
    with refused("UnexpectedLambdaException", text):
        pool.sign_up()


def test_calls_are_kept_without_what_they_carried(aws: Aws, table: str) -> None:
    function = Asking(aws, allow("dynamodb:PutItem", on=table_arn(table)))
    function.gets("dynamodb", "put_item", TableName=table, Item={"id": {"S": "a secret"}})
    function.gets("dynamodb", "get_item", TableName=table, Key=KEY)
    function.gets("dynamodb", "put_item", TableName="gone", Item=KEY)
    made = aws.get("/_sandbox/calls", function=function.deployed.name)
    told = [(each["service"], each["action"], each["resource"], each["outcome"]) for each in made]
    assert told == [
        ("dynamodb", "dynamodb:PutItem", table_arn(table), "ok"),
        ("dynamodb", "dynamodb:GetItem", table_arn(table), "AccessDeniedException"),
        ("dynamodb", "dynamodb:PutItem", table_arn("gone"), "AccessDeniedException"),
    ]
    assert "a secret" not in json.dumps(made)
    assert all(each["time"] and each["function"] == function.deployed.name for each in made)


def test_a_call_is_told_with_its_invocation(aws: Aws) -> None:
    function = aws.function(
        "import boto3\n"
        "def handler(event, context):\n"
        "    boto3.client('sts').get_caller_identity()\n"
        "    return context.aws_request_id\n",
    )
    ids = [function.result(), function.result()]
    made = aws.get("/_sandbox/calls", function=function.name)
    assert [each["request_id"] for each in made] == ids
    assert made[0] in aws.get("/_sandbox/calls")
