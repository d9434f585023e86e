"""A made-up county of any size, for the demo, the tests and the benchmarks; no real person is in it."""
