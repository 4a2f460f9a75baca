"""The key with which whoever runs a market signs the roots of closed slots.

The private key lies in a file that only its owner can read and is made with the market; the public one lies beside it,
for participants, auditors and whoever else wants to check a proof.
"""

from pathlib import Path

from enerwise.serve.accounts.private_files import read_private, write_private
from enerwise.serve.files import write_bytes
from enerwise.store.ledger_sign import Signer


def operator_key(path: Path) -> Signer:
    """Return the key in a file, which is made where there is none; the public one is written beside it (``.pub``).

    Raises:
        NotPrivate: Others may read the key.
        PluginError: The extra "face" is not installed.
        StoreError: The file holds no key for Ed25519.
    """
    content = read_private(path)
    signer = Signer.new() if content is None else Signer.of(content)
    if content is None:
        write_private(path, signer.private_pem)
    public = public_path(path)
    if not public.is_file() or public.read_bytes() != signer.public_pem:
        write_bytes(public, signer.public_pem)
    return signer


def public_path(path: Path) -> Path:
    """Return where the public key of a private one lies."""
    return path.with_name(f"{path.name}.pub")
