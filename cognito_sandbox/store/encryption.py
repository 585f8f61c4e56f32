"""Codes as the AWS Encryption SDK writes them, under a key of the sandbox's KMS.

Needs the SDK, which is imported for this alone. (sign-in contract 9)
"""

import base64

from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.identifiers import AlgorithmSuite
from aws_encryption_sdk.key_providers.base import MasterKey, MasterKeyConfig
from aws_encryption_sdk.structures import DataKey, MasterKeyInfo
from moto.kms.models import Key, KmsBackend, kms_backends

from cognito_sandbox.store import needs

NEEDS = ("moto.kms.models:KmsBackend.generate_data_key",)
# AWS's own sample reads messages without commitment, so a reader who demands it would fail there.
POLICY = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
SUITE = AlgorithmSuite.AES_256_GCM_IV12_TAG16_HKDF_SHA256
needs.check(NEEDS)


def can_use(key_arn: str) -> bool:
    """Is there a symmetric key of this ARN, and is it enabled?"""
    key = _find(key_arn)
    return bool(key and key.enabled and key.key_spec == "SYMMETRIC_DEFAULT")


def encrypted(text: str, key_arn: str, context: dict[str, str]) -> str:
    """What only somebody who may use the key can read."""
    message, _ = EncryptionSDKClient(commitment_policy=POLICY).encrypt(
        source=text.encode(),
        key_provider=_KeyOfKms(key_id=key_arn),
        encryption_context=context,
        algorithm=SUITE,
    )
    return base64.b64encode(message).decode()


def _backend(key_arn: str) -> KmsBackend:
    _, _, _, region, account, _ = key_arn.split(":", 5)
    return kms_backends[account][region]


def _find(key_arn: str) -> Key | None:
    try:
        keys = _backend(key_arn).keys
    except (KeyError, ValueError):  # no such region, no ARN
        return None
    return keys.get(key_arn.partition(":key/")[2])


class _Config(MasterKeyConfig):
    provider_id = "aws-kms"


class _KeyOfKms(MasterKey):
    """What the SDK's own class asks of KMS over HTTP, asked of moto."""

    provider_id = "aws-kms"
    _config_class = _Config

    def _generate_data_key(
        self, algorithm: AlgorithmSuite, encryption_context: dict[str, str]
    ) -> DataKey:
        key_arn, size = self.key_id.decode(), algorithm.kdf_input_len
        plain, wrapped, _ = _backend(key_arn).generate_data_key(
            key_arn, encryption_context, size, ""
        )
        return DataKey(MasterKeyInfo(self.provider_id, self.key_id), plain, wrapped)

    def _encrypt_data_key(self, *_: object) -> None:
        raise NotImplementedError("One key is enough.")

    def _decrypt_data_key(self, *_: object) -> None:
        raise NotImplementedError("Whoever reads a code asks KMS.")
