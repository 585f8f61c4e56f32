"""Devices that users sign in from, as an app keeps them."""

from typing import Any

from harness import PASSWORD, Pool
from pycognito.aws_srp import AWSSRP, generate_hash_device

SMS: Any = {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"}}


class Device:
    """What an app keeps of the device that it runs on."""

    def __init__(self, pool: Pool, result: Any, confirm: bool = True, name: str = "ann") -> None:
        self.pool, self.result, self.name = pool, result["AuthenticationResult"], name
        self.key, self.group = (
            self.result["NewDeviceMetadata"][name] for name in ("DeviceKey", "DeviceGroupKey")
        )
        self.token = {"AccessToken": self.result["AccessToken"]}
        self.password, self.verifier = generate_hash_device(self.group, self.key)
        self.must_ask = self.confirm()["UserConfirmationNecessary"] if confirm else None

    def confirm(self) -> Any:
        return self.pool.aws.cognito.confirm_device(
            **self.token,
            DeviceKey=self.key,
            DeviceName="my laptop",
            DeviceSecretVerifierConfig=self.verifier,
        )

    def remember(self, status: Any = "remembered") -> None:
        self.pool.aws.cognito.update_device_status(
            **self.token, DeviceKey=self.key, DeviceRememberedStatus=status
        )

    def proof(self, password: str | None = None) -> Any:
        return AWSSRP(
            self.name,
            PASSWORD,
            self.pool.id,
            self.pool.client_id,
            client=self.pool.aws.cognito,
            device_key=self.key,
            device_group_key=self.group,
            device_password=password or self.password,
        )

    def sign_in(self) -> Any:
        return sign_in_with(self.pool, self.key, self.name)

    def prove(self, challenge: Any, password: str | None = None) -> Any:
        proof = self.proof(password)
        asked = self.pool.respond(
            challenge, USERNAME=self.name, DEVICE_KEY=self.key, SRP_A=f"{proof.large_a_value:x}"
        )
        assert asked["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
        return self.pool.aws.cognito.respond_to_auth_challenge(
            ClientId=self.pool.client_id,
            ChallengeName=asked["ChallengeName"],
            ChallengeResponses=proof.process_device_challenge(asked["ChallengeParameters"]),
        )

    def described(self) -> Any:
        shown: Any = self.pool.aws.cognito.get_device(**self.token, DeviceKey=self.key)["Device"]
        return shown | {each["Name"]: each["Value"] for each in shown["DeviceAttributes"]}


def sign_in_with(pool: Pool, key: str, name: str = "ann") -> Any:
    return pool.aws.cognito.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD, "DEVICE_KEY": key},
    )


def with_second_factor(pool: Pool, name: str = "ann") -> None:
    pool.aws.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration="OPTIONAL", SmsMfaConfiguration=SMS
    )
    pool.aws.cognito.admin_set_user_mfa_preference(
        UserPoolId=pool.id, Username=name, SMSMfaSettings={"Enabled": True}
    )
