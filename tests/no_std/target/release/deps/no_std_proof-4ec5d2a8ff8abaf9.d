/work/wt/refuse/tests/no_std/target/release/deps/no_std_proof-4ec5d2a8ff8abaf9.d: src/main.rs

/work/wt/refuse/tests/no_std/target/release/deps/no_std_proof-4ec5d2a8ff8abaf9: src/main.rs

src/main.rs:
