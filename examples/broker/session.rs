//! Sessions: what outlives a connection, and how the next one takes it over.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mqtt_reason::v5::DisconnectReason;
use mqtt_reason::view::{self, Delivery};
use mqtt_reason::{PacketId, QoS};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

use super::client::Client;
use super::message::Message;
use super::{Broker, MAILBOX, PATIENCE};

/// A client, as the others see it.
pub(super) struct Session {
    pub(super) number: u64,
    pub(super) user: Arc<str>,
    pub(super) mailbox: mpsc::Sender<Arc<Message>>,
    /// Ends the connection with this code.
    pub(super) end: watch::Sender<Option<DisconnectReason>>,
    pub(super) subscriptions: HashMap<String, (QoS, bool)>,
    /// What waits for the client while it is away.
    pub(super) away: Option<Deliveries>,
}

impl Session {
    /// The QoS with which a message to `topic` comes to this client, if any subscription matches.
    pub(super) fn granted(&self, topic: &str) -> Option<QoS> {
        let matching = self.subscriptions.iter();
        let matching = matching.filter(|(filter, _)| view::filter_matches(filter, topic));
        matching.map(|(_, (qos, _))| *qos).max()
    }
}

/// What a connection hands on to the next one of the same Session, 3.1.1 §4.1.
pub(super) struct Deliveries {
    pub(super) messages: mpsc::Receiver<Arc<Message>>,
    /// QoS 2 messages received whose PUBREL is still to come.
    pub(super) received: HashSet<PacketId>,
    /// QoS 1 and 2 messages sent that are not acknowledged to the end, in the order in which they were sent.
    pub(super) sent: Vec<Sent>,
    pub(super) next_id: PacketId,
}

/// A message on its way that is not acknowledged to the end.
pub(super) struct Sent {
    pub(super) id: PacketId,
    pub(super) delivery: Delivery,
    pub(super) message: Arc<Message>,
    /// Its PUBREC came: PUBREL is what is sent again.
    pub(super) released: bool,
}

impl Broker {
    /// Opens the session `id`: what waits in it, and whether it was there before.
    pub(super) async fn enter(
        &self,
        id: &Arc<str>,
        number: u64,
        user: &Arc<str>,
        end: watch::Sender<Option<DisconnectReason>>,
        resume: bool,
    ) -> (Deliveries, bool) {
        // Takeover, [MQTT-3.1.4-3]: the connection that stands ends, and hands its session back.
        let deadline = Instant::now() + PATIENCE;
        loop {
            let standing = {
                let sessions = self.sessions();
                let own = sessions.get(id).filter(|own| own.away.is_none());
                own.map(|own| own.end.clone())
            };
            let Some(standing) = standing.filter(|_| Instant::now() < deadline) else {
                break;
            };
            standing.send_replace(Some(DisconnectReason::SessionTakenOver));
            let _ = timeout_at(deadline, standing.closed()).await;
        }
        let mut sessions = self.sessions();
        let before = sessions
            .remove(id)
            .filter(|own| resume && own.user == *user);
        let (session, deliveries, present) = match before {
            Some(Session {
                mailbox,
                subscriptions,
                away: Some(deliveries),
                ..
            }) => ((mailbox, subscriptions), deliveries, true),
            _ => {
                let (mailbox, messages) = mpsc::channel(MAILBOX);
                let deliveries = Deliveries {
                    messages,
                    received: HashSet::new(),
                    sent: Vec::new(),
                    next_id: PacketId::MIN,
                };
                ((mailbox, HashMap::new()), deliveries, false)
            }
        };
        let (mailbox, subscriptions) = session;
        let session = Session {
            number,
            user: Arc::clone(user),
            mailbox,
            end,
            subscriptions,
            away: None,
        };
        sessions.insert(Arc::clone(id), session);
        (deliveries, present)
    }

    /// Ends a session with its connection, or keeps it for the next one. A successor keeps its own session.
    pub(super) fn leave(&self, client: Client) {
        let mut sessions = self.sessions();
        let own = sessions.get_mut(&client.id);
        let Some(own) = own.filter(|own| own.number == client.number) else {
            return;
        };
        if client.keeps_session {
            own.away = Some(client.deliveries);
        } else {
            sessions.remove(&client.id);
        }
    }
}
