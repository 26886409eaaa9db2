# The steps of .ci/run, one recipe each. `just` lists them, `just ci` runs them all.

[private]
default:
    @just --list

# everything that must hold
ci: fmt lint doc test fuzz build suites conformance examples

# formatting
fmt:
    cargo fmt --all --check

# lints
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo check --package scim-storage --lib --no-default-features --features sqlite --locked
    cargo check --package scim-storage --lib --no-default-features --features postgres --locked

# documentation
doc:
    .ci/doc

# tests, on SQLite and PostgreSQL
test:
    .ci/postgres bash -c 'cargo test --workspace --locked && .ci/on-postgres'

# fuzz targets, guided by coverage: `just fuzz 3600 patch`; which there are: fuzz/README.md
fuzz seconds="5" *targets:
    .ci/fuzz {{ seconds }} {{ targets }}

# the release binary
build:
    cargo build --release --locked

# independent suites, against the release binary
suites: build
    .ci/suites

# the conformance kit, against the release binary
conformance: build
    .ci/postgres .ci/conformance

# the conformance kit, against the three examples
examples:
    .ci/examples

# measures the release binary: `just bench --quick`, `just bench --workloads get,post`
bench *arguments:
    cargo build --release --locked -p scim-server -p scim-benchmark
    "${CARGO_TARGET_DIR:-target}/release/scim-benchmark" {{ arguments }}

# licences, bans, sources, known vulnerabilities
deny:
    cargo deny check

# dependencies that nothing uses
machete:
    cargo machete

# which lines the tests of libraries reach: `just coverage scim-core -- --out html`
coverage *crates="scim-core scim-profiles scim-service scim-storage scim-tower scim-jwt scim-client scim-server":
    .ci/coverage {{ crates }}

# changes the code of a library and sees whether a test notices: `just mutants scim-core --shard 0/40`
mutants crate *arguments:
    cargo mutants --package {{ crate }} --timeout 120 {{ arguments }} -- --lib --tests

# what breaks for users of the libraries since a revision
semver baseline:
    cargo semver-checks --baseline-rev {{ baseline }} --package scim-core --package scim-profiles --package scim-service --package scim-storage --package scim-tower --package scim-jwt --package scim-client --package scim-server

# which types of other crates the public API names
public-dependencies *crates:
    .ci/public-dependencies {{ crates }}
