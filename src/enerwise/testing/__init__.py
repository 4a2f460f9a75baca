"""What plug-ins are tested with: `enerwise.testing.contracts`. Needs pytest and hypothesis, the ``dev`` extra."""
