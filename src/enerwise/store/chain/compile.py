"""Compile the contract anew: ``python -m enerwise.store.chain.compile`` (`make contract` does it).

The compiler needs the extra `contract`, which does not go into one environment with the extra `face`
(docs/adr/0019-token-settlement.md). Whoever runs a market needs no compiler: what it makes is shipped.
"""

import dataclasses
import json
from pathlib import Path

from enerwise.store.chain.contract import COMPILED_FILE, Contract, sha256_of, source


def compiled(text: str) -> Contract:
    """Compile a source text.

    Raises:
        vyper.exceptions.VyperException: The text is no contract.
    """
    import vyper

    made = vyper.compile_code(text, output_formats=["abi", "bytecode"])
    return Contract(vyper.__version__, sha256_of(text), made["abi"], made["bytecode"])


def main() -> None:
    """Write what the compiler makes of the shipped source beside it."""
    target = Path(__file__).with_name(COMPILED_FILE)
    target.write_text(json.dumps(dataclasses.asdict(compiled(source())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
