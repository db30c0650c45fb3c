#!/usr/bin/env bash
# How much machine code the library is in a firmware that decodes packets and answers PUBACK: the bytes of `.text` of
# main.rs, built for size, with the library of a revision and with the present one.
#     bash benches/firmware/size.sh [REVISION]
set -euo pipefail
cd "$(dirname "$0")/../.."
revision=${1:-b3b90f1}
root=$PWD
work=${CARGO_TARGET_DIR:-$root/target}/firmware
commit=$(git rev-parse --short "$revision^{commit}")
export CARGO_TERM_COLOR=never
mkdir -p "$work"
if [ ! -d "$work/$commit" ]; then
    git archive --prefix="$commit/" "$commit" | tar -x -C "$work"
fi

text_bytes() { # NAME LIBRARY
    mkdir -p "$work/$1-program/src"
    cp benches/firmware/main.rs tests/no_std/src/bare.rs "$work/$1-program/src/"
    cat >"$work/$1-program/Cargo.toml" <<EOF
[package]
name = "firmware"
version = "0.0.0"
edition = "2024"

[dependencies]
bytes = { version = "1", default-features = false }
mqtt-reason = { path = "$2", default-features = false }

[profile.release]
opt-level = "z"
lto = "fat"
codegen-units = 1
panic = "abort"

[workspace]
EOF
    CARGO_TARGET_DIR=$work/target-$1 cargo build --quiet --release --manifest-path "$work/$1-program/Cargo.toml"
    # It answers a PUBLISH of QoS 1, and what is no MQTT.
    answer=$(printf '\x32\x06\x00\x01t\x00\x0a\x00' | "$work/target-$1/release/firmware" | od -An -tx1)
    [ "$answer" = " 40 02 00 0a" ] || { echo "$1 answers a PUBLISH with: $answer" >&2; exit 1; }
    answer=$(printf 'GET' | "$work/target-$1/release/firmware" | od -An -tx1)
    [ "$answer" = " e0 01 81" ] || { echo "$1 answers nonsense with: $answer" >&2; exit 1; }
    size -A "$work/target-$1/release/firmware" | awk '$1 == ".text" { print $2 }'
}

rustc --version
printf '%s: %s bytes\n' "$commit" "$(text_bytes "$commit" "$work/$commit")"
printf 'present: %s bytes\n' "$(text_bytes present "$root")"
