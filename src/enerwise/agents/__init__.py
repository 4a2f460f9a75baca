"""Who wishes: small pure minds that look at one frozen picture and propose, and the arbiter that joins them."""
