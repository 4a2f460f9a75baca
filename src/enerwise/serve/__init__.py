"""People and other machines: the command line, its words, tables and pictures. `enerwise.serve.cli` is the door."""
