#!/bin/sh
# mosquitto_sub and mosquitto_pub, driven by `mqtt-reason probe client`:
# HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT]].
version=mqttv5
[ "$7" = 3.1.1 ] && version=mqttv311
case $4 in
publish) exec mosquitto_pub -d -h "$1" -p "$2" -i "$3" -t "$5" -q "$6" -m hello -V $version --repeat "${8:-1}" ;;
*) exec mosquitto_sub -d -h "$1" -p "$2" -i "$3" -t "$5" -q "$6" -V $version -W 60 ;;
esac
