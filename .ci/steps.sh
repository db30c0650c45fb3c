# What the scripts beside this one share: steps with their times, and the tools that they need.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CARGO_TERM_COLOR=never CARGO_NET_RETRY=5
root=$PWD
target=${CARGO_TARGET_DIR:-$root/target}

steps=0
times=()
began=$SECONDS
title=

# step TITLE: what follows belongs to it, until the next one.
step() {
    end_step
    title=$*
    began=$SECONDS
    steps=$((steps + 1))
    printf '\n== %s\n' "$title"
}
end_step() {
    [ -z "$title" ] || times+=("$(printf '%6d s  %s' $((SECONDS - began)) "$title")")
    title=
}
# run COMMAND ...: a step of one command.
run() { step "$*"; "$@"; }

# The end of a script whose steps all passed.
finish() {
    end_step
    printf '\n== seconds a step\n'
    printf '%s\n' "${times[@]}"
    printf '%6d s  all\n' "$SECONDS"
    printf '\nsteps: %s passed, 0 failed\n' "$steps"
}
on_error() {
    printf '\nfailed: %s\nsteps: %s passed, 1 failed\n' "$title" "$((steps - 1))" >&2
}
trap on_error ERR

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}
# apt_install PACKAGE ...: Debian's packages; those that are there are left alone. `name=version` asks for a version.
apt_install() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "${package%%=*}" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}
# cargo_install COMMAND CRATE [OPTION ...]: a program from the registry, if the command is not there.
cargo_install() {
    local command=$1
    shift
    command -v "$command" >/dev/null || cargo install --locked "$@"
}

# library_package: packs the library and unpacks it; prints the folder.
library_package() {
    local unpacked=$target/package-check
    cargo package --quiet --package mqtt-reason --no-verify --allow-dirty >&2
    rm -rf "$unpacked"
    mkdir -p "$unpacked"
    tar -xzf "$target"/package/mqtt-reason-[0-9]*.crate -C "$unpacked" --strip-components 1
    echo "$unpacked"
}
# library_features: the names of the library's features, a line each.
library_features() {
    cargo metadata --no-deps --format-version 1 |
        python3 -c 'import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == "mqtt-reason":
        print("\n".join(package["features"]))'
}
