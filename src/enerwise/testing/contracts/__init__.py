"""Contract suites, a file per kind of plug-in: test classes to derive from that hold it to the promises of its kind.

A store of one's own is tested so::

    from enerwise.testing.contracts.store import StoreContract

    class TestMyStore(StoreContract):
        def make_store(self, folder: Path) -> Store:
            return MyStore(folder / "history")
"""
