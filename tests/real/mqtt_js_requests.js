// MQTT.js as a client: connects, subscribes, publishes and unsubscribes, with what its interface offers.
//
// usage: node mqtt_js_requests.js PORT VERSION    (3, 4 or 5)

const mqtt = require('mqtt')

const port = Number(process.argv[2])
const version = Number(process.argv[3])
const in5 = (properties) => (version === 5 ? { properties } : {})

const client = mqtt.connect({
  host: '127.0.0.1',
  port,
  protocolVersion: version,
  protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
  clientId: 'mqttjs-ä',
  username: 'user',
  password: 'password',
  keepalive: 20,
  reconnectPeriod: 0,
  will: {
    topic: 'will/topic',
    payload: 'gone',
    qos: 1,
    retain: true,
    ...in5({ willDelayInterval: 3, payloadFormatIndicator: true, contentType: 'text/plain', userProperties: { a: 'b' } })
  },
  ...in5({
    sessionExpiryInterval: 60,
    receiveMaximum: 20,
    maximumPacketSize: 100000,
    topicAliasMaximum: 5,
    requestResponseInformation: true,
    requestProblemInformation: true,
    userProperties: { k: 'v' }
  })
})

client.on('error', (error) => {
  console.error(error)
  process.exit(1)
})
client.on('connect', async () => {
  await client.subscribeAsync(
    { 'a/+/b': { qos: 1, nl: true }, 'c/#': { qos: 2, rap: true, rh: 2 } },
    in5({ subscriptionIdentifier: 300, userProperties: { x: 'y' } })
  )
  await client.publishAsync('t/0', '')
  await client.publishAsync('t/1', 'x'.repeat(300), { qos: 1, retain: true })
  await client.publishAsync('t/ü', Buffer.from([0, 255]), {
    qos: 2,
    ...in5({
      messageExpiryInterval: 60,
      responseTopic: 're/ply',
      correlationData: Buffer.from([0, 255]),
      userProperties: { a: ['b', 'c'] }
    })
  })
  await client.unsubscribeAsync(['a/+/b', 'c/#'])
  await client.endAsync()
})
