"""The certificate of a cluster: whoever holds its file belongs to it, and nobody else gets in.

One file holds the private key, its certificate, and the certificate of the authority that signed
it. The authority's own key is not kept, so nothing else can be signed for the cluster.
"""

import json
import os
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from studio.core.errors import MachineError, SpecError

_VALID_DAYS = 3650
_FOR_OTHERS = 0o077


@dataclass(frozen=True)
class ClusterAddress:
    """Where a cluster is, and what lets this program in.

    Attributes:
        address: Such as "tls://10.0.0.1:8786".
        certificate: The file of its certificate.
    """

    address: str
    certificate: Path

    def __str__(self) -> str:
        """Without the protocol."""
        return self.address.removeprefix("tls://")


def parse_address(text: str) -> str:
    """An address as typed, with its protocol.

    Raises:
        SpecError: It is no host with a port.
    """
    place = text.strip().removeprefix("tls://")
    host, colon, port = place.rpartition(":")
    if not host or not colon or not port.isdecimal() or "/" in place:
        raise SpecError(
            f"{text!r} is not the address of a cluster",
            remedy="Give a host and a port, such as tls://10.0.0.1:8786",
        )
    return f"tls://{place}"


def cluster_at(
    address: str | None, certificate: Path | None, last: Path, own: Path
) -> ClusterAddress:
    """The cluster that is meant.

    Args:
        address: As typed; None for the one that was started here last.
        certificate: The file of its certificate, or None for that of this user.
        last: What was noted of the cluster that was started here last.
        own: This user's certificate.

    Raises:
        SpecError: It is no address.
        MachineError: None was started here.
    """
    if address is not None:
        return ClusterAddress(parse_address(address), certificate or own)
    try:
        noted = json.loads(last.read_text(encoding="utf-8"))
        known = ClusterAddress(parse_address(noted["address"]), Path(noted["certificate"]))
    except (OSError, ValueError, KeyError, TypeError, SpecError):
        raise MachineError(
            "no cluster was started here", remedy="Give its address, or: gate-studio cluster start"
        ) from None
    return known if certificate is None else replace(known, certificate=certificate)


def make_certificate(path: Path) -> None:
    """Writes a new certificate, readable by this user alone.

    Raises:
        OSError: The file exists or cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _new_certificate()
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def security_of(path: Path) -> Any:  # noqa: ANN401 - Dask has no complete types
    """Dask's settings for mutual TLS with this certificate.

    Raises:
        MachineError: The file is missing, no certificate, or readable by others.
    """
    from distributed.security import Security

    refuse_certificate(path)
    file = str(path)
    parts = {
        f"tls_{role}_{part}": file
        for role in ("client", "scheduler", "worker")
        for part in ("cert", "key")
    }
    return Security(  # type: ignore[no-untyped-call]  # Dask has no complete types
        require_encryption=True, tls_ca_file=file, **parts
    )


def refuse_certificate(path: Path) -> None:
    """Raises MachineError where a file is missing, no certificate, or readable by others."""
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise MachineError(
            f"the certificate cannot be read: {error.strerror}",
            where=str(path),
            remedy="Copy it from the machine on which the cluster was started",
        ) from None
    if os.name == "posix" and stat.S_IMODE(mode) & _FOR_OTHERS:
        raise MachineError(
            "the private key can be read by other users",
            where=str(path),
            remedy=f"Run: chmod 600 {path}",
        )
    if b"PRIVATE KEY" not in content or content.count(b"BEGIN CERTIFICATE") < 2:  # noqa: PLR2004 - its own, its authority's
        raise MachineError(
            "this is not the certificate of a cluster",
            where=str(path),
            remedy="Give the file that gate-studio cluster start wrote",
        )


def _new_certificate() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    def begun(name: str, issuer: str, key: Any) -> x509.CertificateBuilder:  # noqa: ANN401 - of cryptography
        return (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=_VALID_DAYS))
        )

    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    root = (
        begun("gate-studio cluster", "gate-studio cluster", authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(identifier, critical=False)
        .sign(authority, hashes.SHA256())
    )
    member = (
        begun("gate-studio member", "gate-studio cluster", own)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(authority, hashes.SHA256())
    )
    key = own.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = serialization.Encoding.PEM
    return key + member.public_bytes(pem) + root.public_bytes(pem)
