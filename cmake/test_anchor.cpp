// Carries the tests' precompiled header; has no code of its own.
