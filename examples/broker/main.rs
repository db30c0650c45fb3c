//! A small broker on tokio with the feature `codec`: MQTT 5.0, 3.1.1 and 3.1 on one port.
//!
//! User name and password, an access list, QoS 0 to 2, takeover, Keep Alive, shutdown with 0x8B. Every refusal carries
//! its code, and in 5.0 a Reason String. Sessions of 5.0 end with their connection, those of 3.x last until a CONNECT
//! with Clean Session 1; there are no retained messages, topic aliases, Subscription Identifiers or Shared
//! Subscriptions, and the CONNACK of 5.0 says so. `checker.rs` checks both sides of each
//! connection across packets: what a client breaks is answered, what the broker itself breaks stops a debug build.
//!
//! ```console
//! $ cargo run --example broker --features codec -- 127.0.0.1:1883
//! $ mosquitto_sub -V 5 -u alice -P wrong -t news
//! Connection error: Bad User Name or Password
//! $ mosquitto_pub -V 5 -u alice -P wonderland -q 1 -t admin/news -m hi
//! Warning: Publish 1 failed: Not authorized.
//! topics below admin/ and $ are for administrators
//! ```

mod access;
mod checker;
mod client;
mod link;
mod message;
mod session;

use std::collections::HashMap;
use std::env;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mqtt_reason::codec::Item;
use mqtt_reason::v5::{Connack, ConnackReason, DisconnectReason, Property};
use mqtt_reason::view::{self, Connect, View};
use mqtt_reason::{OwnedFrame, PacketType, QoS, Version, v3};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use client::Client;
use link::{End, Link};
use message::Message;
use session::Session;

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
            Some(ended) = connections.join_next() => look_at(ended),
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    broker.stop.send_replace(true);
    let _ = timeout(PATIENCE, async {
        while let Some(ended) = connections.join_next().await {
            look_at(ended);
        }
    })
    .await;
    Ok(())
}

/// A connection has ended. A panic ends only its own one, but in a debug build, where it is to be found.
fn look_at(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
        && cfg!(debug_assertions)
    {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// What all connections share.
#[derive(Default)]
struct Broker {
    sessions: Mutex<HashMap<Arc<str>, Session>>,
    stop: watch::Sender<bool>,
    /// Numbers sessions, and the Client Identifiers that the broker assigns.
    counter: AtomicU64,
}

impl Broker {
    fn sessions(&self) -> MutexGuard<'_, HashMap<Arc<str>, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One connection, from CONNECT to its end.
    async fn connection(&self, socket: TcpStream) {
        let mut link = Link::new(socket);
        let end = match timeout(PATIENCE, link.next()).await {
            Ok(Some(Ok(Item::Frame(connect)))) => match self.admit(&mut link, &connect).await {
                Ok(mut client) => {
                    let end = self.client(&mut link, &mut client).await;
                    if let (Some(will), false) = (&client.will, matches!(end, End::Goodbye)) {
                        self.route(will, &client.user, client.number);
                    }
                    self.leave(client);
                    end
                }
                Err(end) => end,
            },
            Ok(Some(Err(end))) => end,
            _ => End::Gone,
        };
        link.close(end).await;
    }

    /// Answers CONNECT and, if it is accepted, opens the session.
    async fn admit(&self, link: &mut Link, frame: &OwnedFrame) -> Result<Client, End> {
        let Some(version) = link.codec().version() else {
            // An unknown version is told so in the layout of 5.0, [MQTT-3.1.2-2].
            link.codec().set_version(Version::V5_0);
            link.checker.broken(Some(PacketType::Connect));
            let text = "this broker speaks MQTT 5.0, 3.1.1 and 3.1";
            return Err(link
                .refuse(ConnackReason::UnsupportedProtocolVersion, text)
                .await);
        };
        let connect = match link::view(frame, version) {
            Ok(View::Connect(connect)) => connect,
            // [MQTT-3.1.0-1]
            Ok(_) => return Err(End::Gone),
            Err(error) => {
                link.checker.broken(Some(PacketType::Connect));
                let text = error.to_string();
                return Err(link.refuse((&error).into(), &text).await);
            }
        };
        link.checker
            .view(&View::Connect(connect), frame.bytes().len())?;
        let wishes = connect.properties();
        let codec = link.codec();
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
        let (end, ended) = watch::channel(None);
        let resume = version != Version::V5_0 && !connect.clean_start();
        let (deliveries, session_present) = self.enter(&id, number, &user, end, resume).await;
        let client = Client {
            id: Arc::clone(&id),
            number,
            version,
            user,
            keep_alive: Duration::from_millis(u64::from(connect.keep_alive()) * 1500),
            receive_maximum: wishes.receive_maximum().unwrap_or(u16::MAX).into(),
            // It was read from a packet: it can be written.
            will: connect
                .will()
                .and_then(|will| Message::will(&will).ok())
                .map(Arc::new),
            keeps_session: resume,
            deliveries,
            ended,
            stop: self.stop.subscribe(),
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
        let sent = match version {
            Version::V5_0 => {
                let connack = Connack::accepted(false).with_properties(&properties);
                link.send(connack).await
            }
            Version::V3_1_1 | Version::V3_1 => {
                // 3.1 has no Session Present.
                let present = session_present && version == Version::V3_1_1;
                let connack = v3::Connack::accepted(present);
                link.send(v3::Packet::Connack(connack)).await
            }
        };
        match sent {
            Ok(()) => Ok(client),
            Err(end) => {
                self.leave(client);
                Err(end)
            }
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
            // QoS 0 does not wait for a client that is away.
            let qos = session.granted(&message.topic).min(Some(message.qos));
            if session.away.is_some() && qos == Some(QoS::AtMostOnce) {
                continue;
            }
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
