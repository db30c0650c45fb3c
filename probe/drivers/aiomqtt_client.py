#!/usr/bin/env python3
"""aiomqtt, driven by `mqtt-reason probe client`: HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT]]."""

import asyncio
import sys

import aiomqtt

host, port, client_id, action, topic, qos = sys.argv[1:7]
version = aiomqtt.ProtocolVersion.V311 if sys.argv[7:8] == ["3.1.1"] else aiomqtt.ProtocolVersion.V5
count = int((sys.argv[8:9] or ["1"])[0])


async def messages(client):
    async for message in client.messages:
        print("message:", message.topic, flush=True)


async def main():
    try:
        async with aiomqtt.Client(host, int(port), identifier=client_id, protocol=version) as client:
            print("connected", flush=True)
            if action == "subscribe":
                print("subscribe:", await client.subscribe(topic, qos=int(qos)), flush=True)
            elif action == "publish":
                results = await asyncio.gather(
                    *[client.publish(topic, b"hello", qos=int(qos)) for _ in range(count)]
                )
                print("publish:", *results, flush=True)
            await asyncio.wait_for(messages(client), 60)
    except asyncio.TimeoutError:
        pass
    except aiomqtt.MqttError as error:
        print("error:", repr(error), error, flush=True)


asyncio.run(main())
