"""`enerwise tls issue NAME`: a certificate for a machine, signed by an authority of this one."""

from pathlib import Path

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import LiveClock
from enerwise.serve.console import say
from enerwise.serve.faces import NOT_INSTALLED, is_installed


def issue(name: str, folder: Path) -> None:
    """Make key and certificate of a machine, and say where they are."""
    if not is_installed():
        raise ProblemsFound("tls", [Problem("cryptography", "is not installed", NOT_INSTALLED)])
    from enerwise.serve.tls import Authority

    try:
        authority = Authority(folder, LiveClock().now())
        files = authority.issue(name)
    except OSError as error:
        problem = Problem(str(folder), f"cannot be used: {error.strerror or error}", "name another with --folder")
        raise ProblemsFound("--folder", [problem]) from None
    say(f"Certificate: {files.cert}, SHA-256 {files.fingerprint()}")
    say(f"Key:         {files.key}; bring both to {name} and leave no copy here")
    say(f"Authority:   {authority.cert_path}; name it as --client-ca where {name} shall be let in")
