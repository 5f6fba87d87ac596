"""The store's certificates are made once and kept: what was signed yesterday verifies today."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.stores.apple.chain import Chain, Issued, make


def load_or_make(folder: Path) -> Chain:
    """Return the chain that a folder keeps, made at the first start.

    The root also goes to `roots/` as a .cer file in DER: what a stage's `root_certificates` names.
    """
    names = ("root", "intermediate", "leaf")
    if not all((folder / f"{name}.pem").exists() for name in names):
        _keep(folder, make())
    root, intermediate, leaf = (_read(folder / f"{name}.pem") for name in names)
    (folder / "roots").mkdir(exist_ok=True)
    (folder / "roots" / "LocalAppleRootCA.cer").write_bytes(root.der)
    return Chain(root, intermediate, leaf)


def _keep(folder: Path, chain: Chain) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("root", "intermediate", "leaf"):
        one: Issued = getattr(chain, name)
        key = one.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path = folder / f"{name}.pem"
        path.touch(mode=0o600)
        path.write_bytes(one.certificate.public_bytes(serialization.Encoding.PEM) + key)


def _read(path: Path) -> Issued:
    text = path.read_bytes()
    key = serialization.load_pem_private_key(text, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Issued(x509.load_pem_x509_certificate(text), key)
