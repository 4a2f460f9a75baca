"""What is expected: forecasters see a `Past` that ends where knowledge ends, and answer with quantiles."""
