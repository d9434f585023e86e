"""The rules: a module per topic, found by discovery; a rule is one function with `@rule`."""
