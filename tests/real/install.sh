#!/bin/sh
# Install what the tests with real programs need; a second run changes nothing.
#
# usage: install.sh FOLDER
#
# The Python and npm packages go into FOLDER. The last lines, on standard output, are those to export:
#
#     eval "$(tests/real/install.sh "$HOME/real")"
set -eu

if [ $# -ne 1 ]; then
	echo "usage: $0 FOLDER" >&2
	exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)

# Debian's packages; those that are there are left alone.
packages=""
for package in mosquitto mosquitto-clients mosquitto-dev libmosquitto-dev rabbitmq-server tshark tcpdump chromium python3-venv; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || packages="$packages $package"
done
command -v cc >/dev/null || packages="$packages gcc libc6-dev"
command -v node >/dev/null || packages="$packages nodejs"
command -v npm >/dev/null || packages="$packages npm"
if [ -n "$packages" ]; then
	sudo=""
	[ "$(id -u)" -eq 0 ] || sudo=sudo
	$sudo apt-get update -qq >&2
	# shellcheck disable=SC2086 # a list of words
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2
fi

# The versions whose differences tests/tables_of_others.rs lists.
if ! "$folder/venv/bin/python" -c 'import paho.mqtt; assert paho.mqtt.__version__ == "2.1.0"' 2>/dev/null; then
	python3 -m venv "$folder/venv" >&2
	"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check paho-mqtt==2.1.0 >&2
fi
if ! "$folder/venv/bin/python" -c 'import aiomqtt, amqtt' 2>/dev/null; then
	"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check paho-mqtt==2.1.0 aiomqtt==2.5.1 amqtt==0.12.1 >&2
fi
if ! grep -q '"version": "9.0.2"' "$folder/node_modules/mqtt-packet/package.json" 2>/dev/null; then
	npm install --silent --no-audit --no-fund --prefix "$folder" mqtt-packet@9.0.2 >&2
fi
if ! grep -q '"version": "5.16.0"' "$folder/node_modules/mqtt/package.json" 2>/dev/null; then
	npm install --silent --no-audit --no-fund --prefix "$folder" mqtt@5.16.0 >&2
fi
if ! grep -q '"version": "0.51.3"' "$folder/node_modules/aedes/package.json" 2>/dev/null; then
	npm install --silent --no-audit --no-fund --prefix "$folder" aedes@0.51.3 >&2
fi

# A broker of crates.io: a minute on two cores without optimization. Its own lock file names a version of `metrics` that
# today's compiler refuses.
if [ ! -x "$folder/bin/rumqttd" ]; then
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --debug --no-default-features --version 0.20.0 \
		--root "$folder" --target-dir "$folder/rumqttd-target" rumqttd >&2
	rm -rf "$folder/rumqttd-target"
fi

echo "export MQTT_REASON_PYTHON='$folder/venv/bin/python'"
echo "export MQTT_REASON_NODE_PATH='$folder/node_modules'"
echo "export MQTT_REASON_CARGO_ROOT='$folder'"
