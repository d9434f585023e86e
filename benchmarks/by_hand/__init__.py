"""The most expensive checks written by hand in DuckDB's SQL and in Polars, as who knows these would write them."""
