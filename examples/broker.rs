//! A small broker on tokio with the feature `codec`: MQTT 5.0, 3.1.1 and 3.1 on one port.
//!
//! User name and password, an access list, QoS 0 to 2, takeover, Keep Alive, shutdown with 0x8B. Every refusal carries
//! its code, and in 5.0 a Reason String. Sessions end with their connection; there are no retained messages, topic
//! aliases, Subscription Identifiers or Shared Subscriptions, and CONNACK says so.
//!
//! ```console
//! $ cargo run --example broker --features codec -- 127.0.0.1:1883
//! $ mosquitto_sub -V 5 -u alice -P wrong -t news
//! Connection error: Bad User Name or Password
//! $ mosquitto_pub -V 5 -u alice -P wonderland -q 1 -t admin/news -m hi
//! Warning: Publish 1 failed: Not authorized.
//! topics below admin/ and $ are for administrators
//! ```

use std::collections::{HashMap, HashSet};
use std::env;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::BytesMut;
use futures_util::{SinkExt, StreamExt};
use mqtt_reason::codec::{Answer, Codec, CodecError, Item};
use mqtt_reason::v5::{
    self, Connack, ConnackReason, Disconnect, DisconnectReason, Property, PubackReason,
    PubrecReason, SubackReason, UnsubackReason,
};
use mqtt_reason::view::{self, Connect, Delivery, Publish, Subscribe, Unsubscribe, View, Will};
use mqtt_reason::{
    CodeList, DecodeError, DecodeOptions, EncodeError, OwnedFrame, Packet, PacketId, PropertyId,
    QoS, ReasonCode, Side, Version, mapping, v3,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::codec::{Encoder, Framed};

/// Why a packet is refused: the code to answer with, and words for the Reason String.
type Refusal = (DisconnectReason, &'static str);

/// The Maximum Packet Size that this broker announces, in bytes.
const MAX_PACKET_SIZE: u32 = 256 * 1024;
/// How many messages wait for one subscriber before it is disconnected with 0x97.
const MAILBOX: usize = 1000;
/// How long a client may take for its CONNECT, and for reading what it is sent.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:1883")).await?;
    println!("listening on {}", listener.local_addr()?);
    serve(listener, async {
        // Without a signal handler there is nothing to wait for: stop at once.
        let _ = tokio::signal::ctrl_c().await;
    })
    .await
}

/// Who may do what: a real broker asks a database.
mod access {
    /// Users and their passwords.
    const USERS: [(&str, &str); 3] = [
        ("alice", "wonderland"),
        ("admin", "looking-glass"),
        ("mallory", "barred"),
    ];

    /// Whether user name and password are right.
    pub(super) fn is_known(user: Option<&str>, password: Option<&[u8]>) -> bool {
        USERS
            .iter()
            .any(|(name, word)| user == Some(name) && password == Some(word.as_bytes()))
    }

    /// Whether a known user may connect.
    pub(super) fn may_connect(user: &str) -> bool {
        user != "mallory"
    }

    /// Whether a user may publish to a topic, receive from it, or subscribe to a filter.
    pub(super) fn may_use(user: &str, topic: &str) -> bool {
        user == "admin" || !(topic.starts_with("admin/") || topic.starts_with('$'))
    }
}

/// Accepts connections until `shutdown`, then tells all of them 0x8B and waits for them to end.
pub(crate) async fn serve(
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let broker = Arc::new(Broker::default());
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => {
                    let broker = Arc::clone(&broker);
                    connections.spawn(async move { broker.connection(socket).await });
                }
                // Out of file descriptors, or the client is gone already: the others go on.
                Err(error) => {
                    eprintln!("not accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    broker.stop.send_replace(true);
    let _ = timeout(PATIENCE, async {
        while connections.join_next().await.is_some() {}
    })
    .await;
    Ok(())
}

/// What all connections share.
#[derive(Default)]
struct Broker {
    sessions: Mutex<HashMap<Arc<str>, Session>>,
    stop: watch::Sender<bool>,
    /// Numbers sessions, and the Client Identifiers that the broker assigns.
    counter: AtomicU64,
}

/// A connected client, as the others see it.
struct Session {
    number: u64,
    user: Arc<str>,
    mailbox: mpsc::Sender<Arc<Message>>,
    /// Ends the connection with this code.
    end: watch::Sender<Option<DisconnectReason>>,
    subscriptions: HashMap<String, (QoS, bool)>,
}

/// A message on its way to its subscribers.
struct Message {
    topic: String,
    qos: QoS,
    /// The message as a PUBLISH of 5.0 with QoS 0.
    packet: Vec<u8>,
}

impl Message {
    /// A message that a client published.
    fn published(publish: &Publish<'_>) -> Result<Self, EncodeError> {
        Self::new(publish.qos(), publish, publish.properties())
    }

    /// A Will, whose delay is no property of PUBLISH: sessions end with their connection here, so it is due at once.
    fn will(will: &Will<'_>) -> Result<Self, EncodeError> {
        let publish = Publish::new(will.topic(), will.payload());
        let properties = will.properties().iter();
        let properties = properties.filter(|each| each.id() != PropertyId::WillDelayInterval);
        Self::new(will.qos(), &publish, properties)
    }

    fn new<'p>(
        qos: QoS,
        publish: &Publish<'_>,
        properties: impl IntoIterator<Item = Property<'p>, IntoIter: Clone>,
    ) -> Result<Self, EncodeError> {
        let mut packet = Vec::new();
        publish
            .with_delivery(Delivery::AtMostOnce)
            .with_retain(false)
            .with_dup(false)
            .with_properties(properties)
            .encode(Version::V5_0, &mut packet)?;
        Ok(Self {
            topic: publish.topic().to_owned(),
            qos,
            packet,
        })
    }

    /// The PUBLISH for a subscriber of `version`; `None` if it cannot be expressed, which only its size can cause.
    fn packet(&self, delivery: Delivery, version: Version) -> Option<OwnedFrame> {
        let options = DecodeOptions::new();
        let publish = Publish::head(Version::V5_0, &options, &self.packet).ok()??;
        let publish = publish.with_delivery(delivery);
        let mut bytes = BytesMut::with_capacity(self.packet.len() + 8);
        match version {
            Version::V5_0 => publish.encode(version, &mut bytes).ok()?,
            // 3.x has no properties.
            _ => publish
                .with_properties([])
                .encode(version, &mut bytes)
                .ok()?,
        };
        OwnedFrame::decode_with(version, &options, &mut bytes).ok()?
    }
}

/// Why a connection ends.
enum End {
    /// The client is gone, or does not read.
    Gone,
    /// The client said DISCONNECT and does not want its Will published.
    Goodbye,
    /// The broker ends it, and says why where it can.
    Because(DisconnectReason, String),
    /// The codec has refused what the client sent.
    Refused(CodecError),
}

impl From<CodecError> for End {
    fn from(error: CodecError) -> Self {
        match error {
            CodecError::Refused { .. } | CodecError::NotConnect { .. } => Self::Refused(error),
            _ => Self::Gone,
        }
    }
}

impl From<Refusal> for End {
    fn from((reason, text): Refusal) -> Self {
        Self::Because(reason, text.to_owned())
    }
}

impl From<DecodeError> for End {
    fn from(error: DecodeError) -> Self {
        Self::Because((&error).into(), error.to_string())
    }
}

/// What a client has sent in a frame of one of the six packets without reason code.
fn view<'a>(frame: &'a OwnedFrame, version: Version) -> Result<View<'a>, DecodeError> {
    let options = DecodeOptions::new().sender(Side::Client);
    // The codec has taken the other nine out.
    Ok(View::of(version, &options, &frame.frame())?.unwrap_or(View::Pingresp))
}

/// What can happen to a connected client.
enum Event {
    /// It sent something, or closed.
    Item(Option<Result<Item, CodecError>>),
    /// Somebody published something for it.
    Message(Arc<Message>),
    /// It has been silent for too long.
    Silence,
    /// Another connection ends this one.
    Ended(Option<DisconnectReason>),
    /// The broker stops.
    Stop,
}

impl Broker {
    fn sessions(&self) -> MutexGuard<'_, HashMap<Arc<str>, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One connection, from CONNECT to its end.
    async fn connection(&self, socket: TcpStream) {
        let codec = Codec::server().max_packet_size(MAX_PACKET_SIZE);
        let mut link = Link {
            framed: Framed::new(socket, codec),
        };
        let end = match timeout(PATIENCE, link.framed.next()).await {
            Ok(Some(Ok(Item::Frame(connect)))) => match self.admit(&mut link, &connect).await {
                Ok(client) => {
                    let (id, number) = (Arc::clone(&client.id), client.number);
                    let will = client.will.clone();
                    let user = Arc::clone(&client.user);
                    let end = self.client(&mut link, client).await;
                    // A successor with the same Client Identifier keeps its own session.
                    let mut sessions = self.sessions();
                    if sessions.get(&id).is_some_and(|own| own.number == number) {
                        sessions.remove(&id);
                    }
                    drop(sessions);
                    if let (Some(will), false) = (will, matches!(end, End::Goodbye)) {
                        self.route(&will, &user, number);
                    }
                    end
                }
                Err(end) => end,
            },
            Ok(Some(Err(error))) => error.into(),
            _ => End::Gone,
        };
        link.close(end).await;
    }

    /// Answers CONNECT and, if it is accepted, opens the session.
    async fn admit(&self, link: &mut Link, frame: &OwnedFrame) -> Result<Client, End> {
        let Some(version) = link.framed.codec().version() else {
            // An unknown version is told so in the layout of 5.0, [MQTT-3.1.2-2].
            link.framed.codec_mut().set_version(Version::V5_0);
            let text = "this broker speaks MQTT 5.0, 3.1.1 and 3.1";
            return Err(link
                .refuse(ConnackReason::UnsupportedProtocolVersion, text)
                .await);
        };
        let connect = match view(frame, version) {
            Ok(View::Connect(connect)) => connect,
            // [MQTT-3.1.0-1]
            Ok(_) => return Err(End::Gone),
            Err(error) => {
                let text = error.to_string();
                return Err(link.refuse((&error).into(), &text).await);
            }
        };
        let wishes = connect.properties();
        let codec = link.framed.codec_mut();
        codec.set_request_problem_information(wishes.request_problem_information() != Some(false));
        if let Some(max) = wishes.maximum_packet_size() {
            codec.set_peer_max_packet_size(max);
        }
        if let Some((code, text)) = refusal(&connect) {
            return Err(link.refuse(code, text).await);
        }
        if *self.stop.borrow() {
            let text = "the broker is shutting down";
            return Err(link.refuse(ConnackReason::ServerUnavailable, text).await);
        }

        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let id: Arc<str> = match connect.client_id() {
            "" => format!("assigned-{number}").into(),
            id => id.into(),
        };
        let user: Arc<str> = connect.user_name().unwrap_or_default().into();
        let (mailbox, messages) = mpsc::channel(MAILBOX);
        let (end, ended) = watch::channel(None);
        let session = Session {
            number,
            user: Arc::clone(&user),
            mailbox,
            end,
            subscriptions: HashMap::new(),
        };
        // Takeover, [MQTT-3.1.4-3].
        if let Some(old) = self.sessions().insert(Arc::clone(&id), session) {
            old.end
                .send_replace(Some(DisconnectReason::SessionTakenOver));
        }
        let client = Client {
            id: Arc::clone(&id),
            number,
            version,
            user,
            keep_alive: Duration::from_millis(u64::from(connect.keep_alive()) * 1500),
            receive_maximum: wishes.receive_maximum().unwrap_or(u16::MAX).into(),
            has_session_expiry: wishes.session_expiry_interval().unwrap_or(0) != 0,
            // It was read from a packet: it can be written.
            will: connect
                .will()
                .and_then(|will| Message::will(&will).ok())
                .map(Arc::new),
            messages,
            ended,
            stop: self.stop.subscribe(),
            received: HashSet::new(),
            sent: HashSet::new(),
            next_id: PacketId::MIN,
        };
        let mut properties = vec![
            Property::SessionExpiryInterval(0),
            Property::RetainAvailable(false),
            Property::SubscriptionIdentifiersAvailable(false),
            Property::SharedSubscriptionAvailable(false),
        ];
        if let Ok(max) = MAX_PACKET_SIZE.try_into() {
            properties.push(Property::MaximumPacketSize(max));
        }
        if connect.client_id().is_empty() {
            properties.push(Property::AssignedClientIdentifier(&id));
        }
        match version {
            Version::V5_0 => {
                link.send(Connack::accepted(false).with_properties(&properties))
                    .await?;
            }
            Version::V3_1_1 | Version::V3_1 => {
                link.send(v3::Packet::Connack(v3::Connack::accepted(false)))
                    .await?;
            }
        }
        Ok(client)
    }

    /// Everything after CONNACK.
    async fn client(&self, link: &mut Link, mut client: Client) -> End {
        let mut heard = Instant::now();
        loop {
            // One and a half times the Keep Alive, [MQTT-3.1.2-22].
            let deadline = match client.keep_alive.is_zero() {
                true => heard + Duration::from_secs(365 * 24 * 3600),
                false => heard + client.keep_alive,
            };
            // Receive Maximum, [MQTT-3.3.4-9].
            let may_send = client.sent.len() < client.receive_maximum;
            let event = tokio::select! {
                item = link.framed.next() => Event::Item(item),
                Some(message) = client.messages.recv(), if may_send => Event::Message(message),
                () = sleep_until(deadline) => Event::Silence,
                Ok(reason) = client.ended.wait_for(Option::is_some) => Event::Ended(*reason),
                Ok(_) = client.stop.wait_for(|stop| *stop) => Event::Stop,
            };
            let result = match event {
                Event::Item(Some(Ok(item))) => {
                    heard = Instant::now();
                    self.item(link, &mut client, item).await
                }
                Event::Item(Some(Err(error))) => Err(error.into()),
                Event::Item(None) => Err(End::Gone),
                Event::Message(message) => self.deliver(link, &mut client, &message).await,
                Event::Silence => {
                    let text = "nothing heard for one and a half times the keep alive";
                    Err((DisconnectReason::KeepAliveTimeout, text).into())
                }
                Event::Ended(reason) => {
                    let reason = reason.unwrap_or(DisconnectReason::UnspecifiedError);
                    Err((reason, reason.help()).into())
                }
                Event::Stop => {
                    let text = "the broker is shutting down";
                    Err((DisconnectReason::ServerShuttingDown, text).into())
                }
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    /// What a connected client has sent.
    async fn item(&self, link: &mut Link, client: &mut Client, item: Item) -> Result<(), End> {
        match &item {
            Item::Packet(owned) => match owned.packet() {
                Packet::V5(packet) => match packet {
                    v5::Packet::Puback(puback) => client.sent_is_done(puback.packet_id()),
                    v5::Packet::Pubrec(pubrec) if pubrec.reason().is_error() => {
                        client.sent_is_done(pubrec.packet_id());
                    }
                    v5::Packet::Pubrec(pubrec) => {
                        let reason = match client.sent.contains(&pubrec.packet_id()) {
                            true => v5::PubrelReason::Success,
                            false => v5::PubrelReason::PacketIdentifierNotFound,
                        };
                        link.send(v5::Pubrel::new(pubrec.packet_id(), reason))
                            .await?;
                    }
                    v5::Packet::Pubrel(pubrel) => {
                        let reason = match client.received.remove(&pubrel.packet_id()) {
                            true => v5::PubcompReason::Success,
                            false => v5::PubcompReason::PacketIdentifierNotFound,
                        };
                        link.send(v5::Pubcomp::new(pubrel.packet_id(), reason))
                            .await?;
                    }
                    v5::Packet::Pubcomp(pubcomp) => client.sent_is_done(pubcomp.packet_id()),
                    v5::Packet::Disconnect(disconnect) => {
                        // §3.14.2.2.2: then it is no valid DISCONNECT, and the Will is published.
                        let interval = disconnect.properties().session_expiry_interval();
                        if !client.has_session_expiry
                            && interval.is_some_and(|seconds| seconds != 0)
                        {
                            let text = "session expiry interval after a CONNECT without one";
                            return Err((DisconnectReason::ProtocolError, text).into());
                        }
                        return Err(match disconnect.reason() {
                            DisconnectReason::NormalDisconnection => End::Goodbye,
                            _ => End::Gone,
                        });
                    }
                    // AUTH: no method was agreed on, [MQTT-4.12.0-7].
                    other => {
                        let text = format!("{} is not expected", other.packet_type());
                        return Err(End::Because(DisconnectReason::ProtocolError, text));
                    }
                },
                Packet::V3(_, packet) => match packet {
                    v3::Packet::Puback(id) | v3::Packet::Pubcomp(id) => client.sent_is_done(id),
                    v3::Packet::Pubrec(id) => link.send(v3::Packet::Pubrel(id)).await?,
                    v3::Packet::Pubrel(id) => {
                        client.received.remove(&id);
                        link.send(v3::Packet::Pubcomp(id)).await?;
                    }
                    v3::Packet::Disconnect => return Err(End::Goodbye),
                    _ => return Err(End::Gone),
                },
            },
            Item::Frame(frame) => match view(frame, client.version)? {
                View::Publish(publish) => self.publish(link, client, &publish).await?,
                View::Subscribe(subscribe) => self.subscribe(link, client, &subscribe).await?,
                View::Unsubscribe(request) => self.unsubscribe(link, client, &request).await?,
                View::Pingreq => link.view(&View::Pingresp, client.version).await?,
                // A second CONNECT, [MQTT-3.1.0-2], and what only a Server sends.
                other => {
                    let text = format!("{} is not expected", other.packet_type());
                    return Err(End::Because(DisconnectReason::ProtocolError, text));
                }
            },
            _ => {}
        }
        Ok(())
    }

    /// PUBLISH: checked, routed, acknowledged.
    async fn publish(
        &self,
        link: &mut Link,
        client: &mut Client,
        publish: &Publish<'_>,
    ) -> Result<(), End> {
        // This broker announces no Topic Alias Maximum, [MQTT-3.3.2-9].
        if publish.properties().topic_alias().is_some() {
            let text = "there are no topic aliases, as CONNACK says";
            return Err((DisconnectReason::TopicAliasInvalid, text).into());
        }
        if publish.retain() && client.version == Version::V5_0 {
            let text = "retained messages are not kept, as CONNACK says";
            return Err((DisconnectReason::RetainNotSupported, text).into());
        }
        // Sent again before PUBREL: acknowledged once more, not routed once more, [MQTT-4.3.3-10].
        let again = publish.qos() == QoS::ExactlyOnce
            && publish
                .packet_id()
                .is_some_and(|id| client.received.contains(&id));
        let (code, text) = if !access::may_use(&client.user, publish.topic()) {
            let text = "topics below admin/ and $ are for administrators";
            (PubackReason::NotAuthorized, Some(text))
        } else if again
            || Message::published(publish).is_ok_and(|message| {
                self.route(&Arc::new(message), &client.user, client.number) > 0
            })
        {
            (PubackReason::Success, None)
        } else {
            (PubackReason::NoMatchingSubscribers, None)
        };
        let Some(id) = publish.packet_id() else {
            return Ok(());
        };
        if publish.qos() == QoS::ExactlyOnce && !code.is_error() {
            client.received.insert(id);
        }
        let properties = text.map(Property::ReasonString);
        match (client.version, publish.qos()) {
            (Version::V5_0, QoS::ExactlyOnce) => {
                // The two tables have the same codes.
                let code = PubrecReason::try_from(ReasonCode::from(code))
                    .unwrap_or(PubrecReason::UnspecifiedError);
                link.send(v5::Pubrec::new(id, code).with_properties(properties))
                    .await
            }
            (Version::V5_0, _) => {
                link.send(v5::Puback::new(id, code).with_properties(properties))
                    .await
            }
            // 3.x cannot refuse: the message is acknowledged and dropped, 3.1.1 [MQTT-3.3.5-2].
            (_, QoS::ExactlyOnce) => {
                client.received.insert(id);
                link.send(v3::Packet::Pubrec(id)).await
            }
            (_, _) => link.send(v3::Packet::Puback(id)).await,
        }
    }

    /// Puts a message into the mailboxes of its subscribers; returns how many there are.
    fn route(&self, message: &Arc<Message>, publisher: &str, number: u64) -> usize {
        if !access::may_use(publisher, &message.topic) {
            return 0;
        }
        let mut count = 0;
        for session in self.sessions().values() {
            let wanted = session.subscriptions.iter().any(|(filter, (_, no_local))| {
                view::filter_matches(filter, &message.topic)
                    && !(*no_local && session.number == number)
            });
            if !wanted || !access::may_use(&session.user, &message.topic) {
                continue;
            }
            count += 1;
            if session.mailbox.try_send(Arc::clone(message)).is_err()
                && message.qos != QoS::AtMostOnce
            {
                session
                    .end
                    .send_replace(Some(DisconnectReason::QuotaExceeded));
            }
        }
        count
    }

    /// PUBLISH to a subscriber, with the lower of both QoS.
    async fn deliver(
        &self,
        link: &mut Link,
        client: &mut Client,
        message: &Message,
    ) -> Result<(), End> {
        let granted = self.sessions().get(&client.id).and_then(|session| {
            let matching = session.subscriptions.iter();
            matching
                .filter(|(filter, _)| view::filter_matches(filter, &message.topic))
                .map(|(_, (qos, _))| *qos)
                .max()
        });
        let Some(granted) = granted else {
            return Ok(()); // unsubscribed in between
        };
        let qos = granted.min(message.qos);
        let (delivery, packet_id) = match qos {
            QoS::AtMostOnce => (Delivery::AtMostOnce, None),
            QoS::AtLeastOnce => {
                let id = client.next_id();
                (Delivery::AtLeastOnce(id), Some(id))
            }
            QoS::ExactlyOnce => {
                let id = client.next_id();
                (Delivery::ExactlyOnce(id), Some(id))
            }
        };
        let Some(publish) = message.packet(delivery, client.version) else {
            return Ok(());
        };
        match timeout(PATIENCE, link.framed.send(publish)).await {
            Ok(Ok(())) => {
                client.sent.extend(packet_id);
                Ok(())
            }
            // Too large for this client: as if it had been sent, [MQTT-3.1.2-25].
            Ok(Err(CodecError::Encode(EncodeError::PacketTooLarge { .. }))) => Ok(()),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(End::Gone),
        }
    }

    async fn subscribe(
        &self,
        link: &mut Link,
        client: &Client,
        subscribe: &Subscribe<'_>,
    ) -> Result<(), End> {
        let id = subscribe.packet_id();
        let mut identifiers = subscribe.properties().subscription_identifiers();
        let with_identifier = identifiers.next().is_some();
        let mut text = None;
        let mut refuse = |code, why| {
            text = Some(why);
            code
        };
        let mut codes = Vec::new();
        for request in subscribe.subscriptions() {
            let code = if with_identifier {
                let why = "there are no subscription identifiers, as CONNACK says";
                refuse(SubackReason::SubscriptionIdentifiersNotSupported, why)
            } else if request.is_shared() {
                let why = "there are no shared subscriptions, as CONNACK says";
                refuse(SubackReason::SharedSubscriptionsNotSupported, why)
            } else if !access::may_use(&client.user, request.filter()) {
                let why = "topics below admin/ and $ are for administrators";
                refuse(SubackReason::NotAuthorized, why)
            } else {
                if let Some(session) = self.sessions().get_mut(&client.id)
                    && session.number == client.number
                {
                    let subscription = (request.qos(), request.no_local());
                    session
                        .subscriptions
                        .insert(request.filter().to_owned(), subscription);
                }
                match request.qos() {
                    QoS::AtMostOnce => SubackReason::GrantedQos0,
                    QoS::AtLeastOnce => SubackReason::GrantedQos1,
                    QoS::ExactlyOnce => SubackReason::GrantedQos2,
                }
            };
            codes.push(code);
        }
        let Ok(version) = v3::Version::try_from(client.version) else {
            let Some(suback) = v5::Suback::new(id, &codes) else {
                return Ok(()); // not reached: there is a request
            };
            let properties = text.map(Property::ReasonString);
            return link.send(suback.with_properties(properties)).await;
        };
        let codes: Option<Vec<_>> = codes
            .into_iter()
            .map(|code| mapping::suback_to_v3(code, version).map(u8::from))
            .collect();
        match codes.as_deref().map(CodeList::from_bytes) {
            Some(Ok(codes)) => link.send(v3::Suback::new(id, codes)).await,
            // 3.1 cannot refuse a subscription: the connection is closed.
            _ => Err(End::Gone),
        }
    }

    async fn unsubscribe(
        &self,
        link: &mut Link,
        client: &Client,
        unsubscribe: &Unsubscribe<'_>,
    ) -> Result<(), End> {
        let id = unsubscribe.packet_id();
        let mut codes = Vec::new();
        if let Some(session) = self.sessions().get_mut(&client.id) {
            for filter in unsubscribe.filters() {
                codes.push(match session.subscriptions.remove(filter) {
                    Some(_) => UnsubackReason::Success,
                    None => UnsubackReason::NoSubscriptionExisted,
                });
            }
        }
        match (client.version, v5::Unsuback::new(id, &codes)) {
            (Version::V5_0, Some(unsuback)) => link.send(unsuback).await,
            // The session is another client's by now.
            (Version::V5_0, None) => Ok(()),
            (Version::V3_1_1 | Version::V3_1, _) => link.send(v3::Packet::Unsuback(id)).await,
        }
    }
}

/// Why a CONNECT is refused that can be parsed.
fn refusal(connect: &Connect<'_>) -> Option<(ConnackReason, &'static str)> {
    if connect.properties().authentication_method().is_some() {
        let text = "there is no enhanced authentication here";
        return Some((ConnackReason::BadAuthenticationMethod, text));
    }
    if !access::is_known(connect.user_name(), connect.password()) {
        let text = "user name and password do not match";
        return Some((ConnackReason::BadUserNameOrPassword, text));
    }
    if !access::may_connect(connect.user_name().unwrap_or_default()) {
        return Some((ConnackReason::NotAuthorized, "this user may not connect"));
    }
    if connect.client_id().is_empty() && !connect.clean_start() {
        let text = "a client without an identifier has no session to continue";
        return Some((ConnackReason::ClientIdentifierNotValid, text));
    }
    if connect.will().is_some_and(|will| will.retain()) {
        let text = "retained messages are not kept";
        return Some((ConnackReason::RetainNotSupported, text));
    }
    None
}

/// One connected client, as its own task sees it.
struct Client {
    id: Arc<str>,
    number: u64,
    version: Version,
    user: Arc<str>,
    /// One and a half times the Keep Alive; zero turns it off.
    keep_alive: Duration,
    receive_maximum: usize,
    /// Whether CONNECT asked for a Session Expiry Interval other than 0.
    has_session_expiry: bool,
    will: Option<Arc<Message>>,
    messages: mpsc::Receiver<Arc<Message>>,
    ended: watch::Receiver<Option<DisconnectReason>>,
    stop: watch::Receiver<bool>,
    /// QoS 2 messages received whose PUBREL is still to come.
    received: HashSet<PacketId>,
    /// QoS 1 and 2 messages sent that are not acknowledged to the end.
    sent: HashSet<PacketId>,
    next_id: PacketId,
}

impl Client {
    fn sent_is_done(&mut self, id: PacketId) {
        self.sent.remove(&id);
    }

    /// A Packet Identifier that is not in use, [MQTT-2.2.1-4]: there is one, for fewer than 65,535 are in flight.
    fn next_id(&mut self) -> PacketId {
        loop {
            let id = self.next_id;
            self.next_id = id.checked_add(1).unwrap_or(PacketId::MIN);
            if !self.sent.contains(&id) {
                return id;
            }
        }
    }
}

/// The connection itself.
struct Link {
    framed: Framed<TcpStream, Codec>,
}

impl Link {
    /// Sends a packet to a client that reads; gives up on one that does not.
    async fn send<T>(&mut self, packet: T) -> Result<(), End>
    where
        Codec: Encoder<T, Error = CodecError>,
    {
        match timeout(PATIENCE, self.framed.send(packet)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                if !matches!(error, CodecError::Io(_)) {
                    eprintln!("not sent: {error}");
                }
                Err(End::Gone)
            }
            Err(_) => Err(End::Gone),
        }
    }

    /// Sends a packet without a reason code.
    async fn view(&mut self, view: &View<'_>, version: Version) -> Result<(), End> {
        let mut bytes = BytesMut::new();
        // It is one that can be written.
        let _ = view.encode(version, &mut bytes);
        match OwnedFrame::decode(version, &mut bytes) {
            Ok(Some(frame)) => self.send(frame).await,
            _ => Ok(()),
        }
    }

    /// Refuses a CONNECT: 5.0 with code and Reason String, 3.x with the return code that comes closest, if any does.
    async fn refuse(&mut self, code: ConnackReason, text: &str) -> End {
        let sent = match self.framed.codec().version() {
            Some(Version::V5_0) => {
                self.send(Connack::refused(code).with_reason_string(text))
                    .await
            }
            _ => match mapping::connack_to_v3(code) {
                Some(code) => {
                    self.send(v3::Packet::Connack(v3::Connack::refused(code)))
                        .await
                }
                None => Ok(()),
            },
        };
        sent.err().unwrap_or(End::Gone)
    }

    /// Says why where the version can, and closes.
    async fn close(mut self, end: End) {
        let (answer, text) = match &end {
            End::Refused(error) => (error.answer(), error.to_string()),
            End::Because(reason, text) if self.framed.codec().version() == Some(Version::V5_0) => {
                (Answer::Disconnect(*reason), text.clone())
            }
            _ => (Answer::Close, String::new()),
        };
        // Whether it arrives or not, the connection ends here.
        let _ = match answer {
            Answer::Connack(code) => {
                self.send(Connack::refused(code).with_reason_string(&text))
                    .await
            }
            Answer::Disconnect(code) => {
                self.send(Disconnect::new(code).with_reason_string(&text))
                    .await
            }
            Answer::Close => Ok(()),
        };
        linger(self.framed.into_inner()).await;
    }
}

/// Closes so that the client can read the last packet: a socket closed with unread bytes resets the connection.
async fn linger(mut socket: TcpStream) {
    let _ = timeout(Duration::from_secs(1), async {
        socket.shutdown().await?;
        let mut rest = [0; 4096];
        while socket.read(&mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    })
    .await;
}
