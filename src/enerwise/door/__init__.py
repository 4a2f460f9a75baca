"""The door: the only process that holds a socket through which a machine can be moved. Standard library and numpy."""
