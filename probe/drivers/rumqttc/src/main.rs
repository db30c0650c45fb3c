//! rumqttc, driven by `mqtt-reason probe client`: HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT]].

use std::env;
use std::error::Error;
use std::time::Duration;

use tokio::time::timeout;

const LIFE: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [host, port, id, action, topic, qos, version @ ..] = arguments.as_slice() else {
        return Err("HOST PORT CLIENT_ID ACTION TOPIC QOS [VERSION [COUNT]]".into());
    };
    let (port, qos) = (port.parse()?, qos.parse()?);
    let count = version.get(1).map_or(Ok(1), |count| count.parse())?;
    let life = async {
        if version.first().is_some_and(|version| version == "3.1.1") {
            v3(host, port, id, action, topic, qos, count).await;
        } else {
            v5(host, port, id, action, topic, qos, count).await;
        }
    };
    let _ = timeout(LIFE, life).await;
    Ok(())
}

async fn v5(host: &str, port: u16, id: &str, action: &str, topic: &str, qos: u8, count: usize) {
    use rumqttc::v5::mqttbytes::{QoS, v5::Packet};
    use rumqttc::v5::{AsyncClient, Event, MqttOptions};
    let qos = if qos == 2 { QoS::ExactlyOnce } else { QoS::AtLeastOnce };
    let (client, mut events) = AsyncClient::new(MqttOptions::new(id, host, port), 10);
    loop {
        match events.poll().await {
            Ok(Event::Incoming(packet)) => {
                println!("incoming: {packet:?}");
                let requests = match (&packet, action) {
                    (Packet::ConnAck(_), "subscribe") => 1,
                    (Packet::ConnAck(_), "publish") => count,
                    _ => 0,
                };
                for _ in 0..requests {
                    let done = if action == "subscribe" {
                        client.subscribe(topic, qos).await
                    } else {
                        client.publish(topic, qos, false, "hello").await
                    };
                    if let Err(error) = done {
                        println!("error: {error}");
                    }
                }
            }
            Ok(Event::Outgoing(_)) => {}
            Err(error) => {
                println!("error: {error} {error:?}");
                return;
            }
        }
    }
}

async fn v3(host: &str, port: u16, id: &str, action: &str, topic: &str, qos: u8, count: usize) {
    use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
    let qos = if qos == 2 { QoS::ExactlyOnce } else { QoS::AtLeastOnce };
    let (client, mut events) = AsyncClient::new(MqttOptions::new(id, host, port), 10);
    loop {
        match events.poll().await {
            Ok(Event::Incoming(packet)) => {
                println!("incoming: {packet:?}");
                let requests = match (&packet, action) {
                    (Packet::ConnAck(_), "subscribe") => 1,
                    (Packet::ConnAck(_), "publish") => count,
                    _ => 0,
                };
                for _ in 0..requests {
                    let done = if action == "subscribe" {
                        client.subscribe(topic, qos).await
                    } else {
                        client.publish(topic, qos, false, "hello").await
                    };
                    if let Err(error) = done {
                        println!("error: {error}");
                    }
                }
            }
            Ok(Event::Outgoing(_)) => {}
            Err(error) => {
                println!("error: {error} {error:?}");
                return;
            }
        }
    }
}
