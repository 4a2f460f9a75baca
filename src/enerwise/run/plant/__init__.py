"""A simulated plant: the twins of a site behind real wires, faults included. It says so wherever it is asked."""
