"""A client of aiomqtt that sends itself a message in each quality of service.

Usage: aiomqtt_client.py PORT 5.0|3.1.1 USER PASSWORD
"""

import asyncio
import sys

import aiomqtt

port, version, user, password = sys.argv[1:]


async def main():
    client = aiomqtt.Client(
        "127.0.0.1",
        int(port),
        identifier="aiomqtt",
        protocol={"5.0": aiomqtt.ProtocolVersion.V5, "3.1.1": aiomqtt.ProtocolVersion.V311}[version],
        username=user,
        password=password,
        will=aiomqtt.Will("gone", "aiomqtt", 1),
    )
    async with client:
        await client.subscribe([("aio/0", 0), ("aio/1", 1), ("aio/2", 2)])
        for qos in range(3):
            await client.publish(f"aio/{qos}", "hello", qos)
        count = 0
        async for message in client.messages:
            print("message", message.topic, message.payload.decode(), message.qos, flush=True)
            count += 1
            if count == 3:
                break
        await client.unsubscribe("aio/0")


asyncio.run(asyncio.wait_for(main(), 30))
