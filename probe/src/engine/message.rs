//! Messages: what a subscriber gets.

use mqtt_reason::{PacketType, v5::Property};
use tokio::time::Instant;

use super::seen::Seen;
use super::stage::{Stage, Stop};
use crate::draft::acknowledge;

/// A PUBLISH that came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Topic Name.
    pub topic: String,
    /// QoS.
    pub qos: u8,
    /// RETAIN.
    pub retain: bool,
    /// DUP.
    pub dup: bool,
    /// Packet Identifier.
    pub packet_id: Option<u16>,
    /// Payload.
    pub payload: Vec<u8>,
    /// Topic Alias.
    pub topic_alias: Option<u16>,
    /// Subscription Identifiers, sorted.
    pub subscription_ids: Vec<u32>,
    /// Message Expiry Interval.
    pub expiry: Option<u32>,
    /// Payload Format Indicator: whether it is text.
    pub is_text: Option<bool>,
    /// Content Type.
    pub content_type: Option<String>,
    /// Response Topic.
    pub response_topic: Option<String>,
    /// Correlation Data.
    pub correlation_data: Option<Vec<u8>>,
    /// User Properties in their order.
    pub user_properties: Vec<(String, String)>,
}

impl Message {
    /// The message of a PUBLISH; `None` if it is another packet.
    #[must_use]
    pub fn of(seen: &Seen) -> Option<Self> {
        seen.publish(|publish| {
            let properties = publish.properties();
            let mut subscription_ids = Vec::new();
            let mut user_properties = Vec::new();
            for property in properties.iter() {
                match property {
                    Property::SubscriptionIdentifier(id) => subscription_ids.push(id.get()),
                    Property::UserProperty(name, value) => {
                        user_properties.push((name.to_owned(), value.to_owned()));
                    }
                    _ => {}
                }
            }
            subscription_ids.sort_unstable();
            Self {
                topic: publish.topic().to_owned(),
                qos: publish.qos().as_u8(),
                retain: publish.retain(),
                dup: publish.dup(),
                packet_id: publish.packet_id().map(|id| id.get()),
                payload: publish.payload().to_vec(),
                topic_alias: properties.topic_alias(),
                subscription_ids,
                expiry: properties.message_expiry_interval(),
                is_text: properties.payload_format_indicator(),
                content_type: properties.content_type().map(str::to_owned),
                response_topic: properties.response_topic().map(str::to_owned),
                correlation_data: properties.correlation_data().map(<[u8]>::to_vec),
                user_properties,
            }
        })
    }

    /// In a few words: `PUBLISH a/b, QoS 1, "text"`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut text = format!("PUBLISH {}, QoS {}", self.topic.escape_debug(), self.qos);
        if self.retain {
            text.push_str(", RETAIN");
        }
        if self.dup {
            text.push_str(", DUP");
        }
        let payload = String::from_utf8_lossy(&self.payload);
        let shown: String = payload.chars().take(16).collect();
        text.push_str(&format!(", {shown:?}"));
        text
    }

    /// Whether the payload is this.
    #[must_use]
    pub fn says(&self, payload: &str) -> bool {
        self.payload == payload.as_bytes()
    }
}

impl Stage {
    /// Messages that a connection gets, until there are `count` or no more comes; each is acknowledged to its end.
    pub async fn messages(&mut self, link: usize, count: usize) -> Vec<Message> {
        let until = Instant::now() + self.patience();
        self.messages_until(link, count, until, true).await
    }

    /// The same, without an acknowledgement.
    pub async fn messages_unacknowledged(&mut self, link: usize, count: usize) -> Vec<Message> {
        let until = Instant::now() + self.patience();
        self.messages_until(link, count, until, false).await
    }

    /// Messages that still come although none is expected: until a PINGREQ is answered, and a little longer.
    pub async fn further_messages(&mut self, link: usize) -> Vec<Message> {
        let until = Instant::now() + self.wait() / 4;
        let mut messages = self.messages_until(link, usize::MAX, until, true).await;
        let (packets, _) = self.flush(link).await;
        for seen in packets {
            messages.extend(self.message_of(&seen));
            self.acknowledge(link, &seen).await;
        }
        messages
    }

    /// The message of a PUBLISH, if it is one of this scenario.
    #[must_use]
    pub fn message_of(&self, seen: &Seen) -> Option<Message> {
        Message::of(seen).filter(|message| self.concerns(message))
    }

    /// Whether a message is one of this scenario. That of another one, which runs at the same time, comes or does not
    /// come by chance: it decides nothing.
    fn concerns(&self, message: &Message) -> bool {
        let prefix = &self.setting.prefix;
        let run = prefix.rfind('/').and_then(|end| prefix.get(..=end));
        let of_run = run.is_some_and(|run| message.topic.starts_with(run));
        !of_run || message.topic.starts_with(&format!("{prefix}/"))
    }

    async fn messages_until(
        &mut self,
        link: usize,
        count: usize,
        until: Instant,
        acknowledge: bool,
    ) -> Vec<Message> {
        let mut messages = Vec::new();
        while messages.len() < count {
            let Some(seen) = self.next(link, until).await else {
                break;
            };
            messages.extend(self.message_of(&seen));
            if acknowledge {
                self.acknowledge(link, &seen).await;
            }
        }
        messages
    }

    /// Answers PUBLISH and PUBREL as a Client that takes every message.
    pub async fn acknowledge(&mut self, link: usize, seen: &Seen) {
        let answer = match (Message::of(seen), seen.packet_type(), seen.packet_id()) {
            (Some(message), _, _) => match (message.qos, message.packet_id) {
                (1, Some(id)) => acknowledge(0x40, id),
                (2, Some(id)) => acknowledge(0x50, id),
                _ => return,
            },
            (None, Some(PacketType::Pubrel), Some(id)) => acknowledge(0x70, id),
            _ => return,
        };
        self.send(link, answer).await;
    }

    /// A second connection that publishes.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub async fn publisher(&mut self) -> Result<usize, Stop> {
        let connect = self.setting.connect_second("p");
        Ok(self.connect("publisher", connect).await?.0)
    }

    /// Publishes with QoS 1 and waits for the PUBACK.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub async fn publish_acknowledged(
        &mut self,
        link: usize,
        draft: crate::draft::Draft,
    ) -> Result<(), Stop> {
        self.send(link, draft).await;
        let puback = self.expect(link, PacketType::Puback).await?;
        match puback.refuses() {
            true => Err(Stop::Skip(format!(
                "the PUBLISH before it was refused: {}",
                puback.in_words()
            ))),
            false => Ok(()),
        }
    }
}
