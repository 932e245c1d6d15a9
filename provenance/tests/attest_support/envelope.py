"""Envelopes and statements by securesystemslib and in-toto-attestation.

    envelope.py verify ENVELOPE THRESHOLD KEY...    prints the payload
    envelope.py sign PAYLOAD TYPE PRIVATE-KEY...    prints an envelope
    envelope.py keyid KEY                           prints the name that the library gives a key
    envelope.py statement PAYLOAD [slsa]            reads a statement, and prints it as the library writes it
"""

import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey


def public(path):
    with open(path, "rb") as file:
        return SSlibKey.from_crypto(load_pem_public_key(file.read()))


def verify(path, threshold, *keys):
    with open(path) as file:
        envelope = Envelope.from_dict(json.load(file))
    envelope.verify([public(key) for key in keys], int(threshold))
    sys.stdout.buffer.write(envelope.payload)


def sign(path, kind, *keys):
    with open(path, "rb") as file:
        envelope = Envelope(file.read(), kind, {})
    for key in keys:
        with open(key, "rb") as file:
            envelope.sign(CryptoSigner(load_pem_private_key(file.read(), None)))
    json.dump(envelope.to_dict(), sys.stdout)


def keyid(path):
    sys.stdout.write(public(path).keyid)


def statement(path, predicate=None):
    with open(path) as file:
        parsed = json_format.Parse(file.read(), statement_pb2.Statement())
    Statement.copy_from_pb(parsed).validate()
    if predicate == "slsa":
        # Unknown fields are errors here.
        json_format.Parse(json.dumps(json_format.MessageToDict(parsed.predicate)), provenance_pb2.Provenance())
    sys.stdout.write(json_format.MessageToJson(parsed))


{"verify": verify, "sign": sign, "keyid": keyid, "statement": statement}[sys.argv[1]](*sys.argv[2:])
