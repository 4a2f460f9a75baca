"""The commands, one file each; whatever is heavy is imported inside them."""
