#!/usr/bin/env python3
"""gmqtt, driven by `mqtt-reason probe client`: HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT]]."""

import asyncio
import logging
import sys

import gmqtt
from gmqtt.mqtt.constants import MQTTv311, MQTTv50

logging.basicConfig(level=logging.INFO, stream=sys.stdout)
host, port, client_id, action, topic, qos = sys.argv[1:7]
version = MQTTv311 if sys.argv[7:8] == ["3.1.1"] else MQTTv50
count = int((sys.argv[8:9] or ["1"])[0])


def on_connect(client, flags, rc, properties):
    print("connect:", rc, flags, properties, flush=True)
    if action == "subscribe":
        client.subscribe(topic, int(qos))
    elif action == "publish":
        for _ in range(count):
            client.publish(topic, b"hello", int(qos))


def on_subscribe(_client, mid, granted, properties):
    print("subscribe:", mid, *granted, properties, flush=True)


def on_message(_client, name, _payload, _qos, _properties):
    print("message:", name, flush=True)
    return 0


def on_disconnect(_client, packet, exc=None):
    print("disconnect:", list(packet or b""), exc, flush=True)


async def main():
    client = gmqtt.Client(client_id)
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    client.on_disconnect = on_disconnect
    try:
        await asyncio.wait_for(client.connect(host, int(port), version=version), 60)
        await asyncio.sleep(60)
    except Exception as error:  # What the library raises is what its user gets to know.
        print("error:", repr(error), error, flush=True)


asyncio.run(main())
