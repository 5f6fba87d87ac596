"""Certificates like Apple's: a root, an intermediate and a leaf, with Apple's marker extensions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LEAF_MARKER = "1.2.840.113635.100.6.11.1"
INTERMEDIATE_MARKER = "1.2.840.113635.100.6.2.1"
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_LIFE = timedelta(days=365 * 40)  # a store whose clock is moved forward must not run out of it
_ASN1_NULL = b"\x05\x00"


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)


def issue(
    name: str,
    *,
    issuer: Issued | None = None,
    curve: ec.EllipticCurve | None = None,
    marker: str | None = None,
    path_length: int | None = None,
    is_authority: bool = True,
    not_before: datetime = _EPOCH,
    not_after: datetime = _EPOCH + _LIFE,
) -> Issued:
    """Make a key and its certificate, signed by an issuer or by itself.

    Args:
        name: the common name.
        issuer: who signs it; None signs with its own key.
        curve: P-384 unless told otherwise.
        marker: the OID of an extension that says what Apple uses it for.
        path_length: how many authorities may follow; for an authority only.
        is_authority: whether it may sign certificates.
        not_before: since when it is valid.
        not_after: until when it is valid.
    """
    key = ec.generate_private_key(curve or ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    parent = issuer.certificate.subject if issuer else subject
    signing = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(is_authority, path_length), critical=True)
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
    )
    if marker:
        extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(marker), _ASN1_NULL)
        builder = builder.add_extension(extension, critical=False)
    algorithm = hashes.SHA384() if signing.key_size == 384 else hashes.SHA256()
    return Issued(builder.sign(signing, algorithm), key)


@dataclass(frozen=True)
class Chain:
    """Everything that signs for the store: whoever trusts `root` believes what `leaf` signs."""

    root: Issued
    intermediate: Issued
    leaf: Issued

    @property
    def certificates(self) -> list[bytes]:
        """The three in DER, the leaf first, as a signature carries them."""
        return [self.leaf.der, self.intermediate.der, self.root.der]


def make() -> Chain:
    """Make a fresh chain."""
    root = issue("Local Apple Root CA - G3")
    intermediate = issue(
        "Local Worldwide Developer Relations",
        issuer=root,
        marker=INTERMEDIATE_MARKER,
        path_length=0,
    )
    leaf = issue(
        "Local Prod ECC Mac App Store and iTunes Store Receipt Signing",
        issuer=intermediate,
        curve=ec.SECP256R1(),
        marker=LEAF_MARKER,
        is_authority=False,
    )
    return Chain(root, intermediate, leaf)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
