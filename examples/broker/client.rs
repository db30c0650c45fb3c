//! A connected client: what it sends, what it is sent, and how long it may be silent.

use std::sync::Arc;
use std::time::Duration;

use mqtt_reason::codec::{CodecError, Item};
use mqtt_reason::v5::{
    self, DisconnectReason, Property, PubackReason, PubrecReason, SubackReason, UnsubackReason,
};
use mqtt_reason::view::{Delivery, Publish, Subscribe, Unsubscribe, View};
use mqtt_reason::{CodeList, EncodeError, Packet, PacketId, QoS, ReasonCode, Version, mapping, v3};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::link::{End, Link, view};
use super::message::Message;
use super::session::{Deliveries, Sent};
use super::{Broker, access};

/// One connected client, as its own task sees it.
pub(super) struct Client {
    pub(super) id: Arc<str>,
    pub(super) number: u64,
    pub(super) version: Version,
    pub(super) user: Arc<str>,
    /// One and a half times the Keep Alive; zero turns it off.
    pub(super) keep_alive: Duration,
    pub(super) receive_maximum: usize,
    pub(super) will: Option<Arc<Message>>,
    /// Whether the session outlives the connection.
    pub(super) keeps_session: bool,
    pub(super) deliveries: Deliveries,
    pub(super) ended: watch::Receiver<Option<DisconnectReason>>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Client {
    fn sent_is_done(&mut self, id: PacketId) {
        self.deliveries.sent.retain(|sent| sent.id != id);
    }

    /// PUBREC came: whether it is about a message that was sent.
    fn is_released(&mut self, id: PacketId) -> bool {
        let sent = self.deliveries.sent.iter_mut().find(|sent| sent.id == id);
        sent.map(|sent| sent.released = true).is_some()
    }

    /// A Packet Identifier that is not in use, [MQTT-2.2.1-4]: there is one, for fewer than 65,535 are in flight.
    fn next_id(&mut self) -> PacketId {
        loop {
            let id = self.deliveries.next_id;
            self.deliveries.next_id = id.checked_add(1).unwrap_or(PacketId::MIN);
            if !self.deliveries.sent.iter().any(|sent| sent.id == id) {
                return id;
            }
        }
    }
}

/// What can happen to a connected client.
enum Event {
    /// It sent something, or closed.
    Item(Option<Result<Item, End>>),
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
    /// Everything after CONNACK.
    pub(super) async fn client(&self, link: &mut Link, client: &mut Client) -> End {
        if let Err(end) = self.send_again(link, client).await {
            return end;
        }
        let mut heard = Instant::now();
        loop {
            // One and a half times the Keep Alive, [MQTT-3.1.2-22].
            let deadline = match client.keep_alive.is_zero() {
                true => heard + Duration::from_secs(365 * 24 * 3600),
                false => heard + client.keep_alive,
            };
            // Receive Maximum, [MQTT-3.3.4-9].
            let may_send = client.deliveries.sent.len() < client.receive_maximum;
            let event = tokio::select! {
                item = link.next() => Event::Item(item),
                Some(message) = client.deliveries.messages.recv(), if may_send => Event::Message(message),
                () = sleep_until(deadline) => Event::Silence,
                Ok(reason) = client.ended.wait_for(Option::is_some) => Event::Ended(*reason),
                Ok(_) = client.stop.wait_for(|stop| *stop) => Event::Stop,
            };
            let result = match event {
                Event::Item(Some(Ok(item))) => {
                    heard = Instant::now();
                    self.item(link, client, item).await
                }
                Event::Item(Some(Err(end))) => Err(end),
                Event::Item(None) => Err(End::Gone),
                Event::Message(message) => self.deliver(link, client, message).await,
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

    /// Sends what the last connection of the session left unacknowledged, [MQTT-4.4.0-1].
    async fn send_again(&self, link: &mut Link, client: &mut Client) -> Result<(), End> {
        for sent in &client.deliveries.sent {
            if sent.released {
                link.send(v3::Packet::Pubrel(sent.id)).await?;
            } else if let Some(publish) = sent.message.packet(sent.delivery, true, client.version) {
                link.send(publish).await?;
            }
        }
        Ok(())
    }

    /// What a connected client has sent.
    async fn item(&self, link: &mut Link, client: &mut Client, item: Item) -> Result<(), End> {
        match &item {
            Item::Packet(owned) => {
                let packet = owned.packet();
                link.checker.packet(&packet, owned.bytes().len())?;
                self.packet(link, client, &packet).await
            }
            Item::Frame(frame) => {
                let view = view(frame, client.version)?;
                link.checker.view(&view, frame.bytes().len())?;
                self.view(link, client, &view).await
            }
            _ => Ok(()),
        }
    }

    /// One of the nine packets with reason codes.
    async fn packet(
        &self,
        link: &mut Link,
        client: &mut Client,
        packet: &Packet<'_>,
    ) -> Result<(), End> {
        match *packet {
            Packet::V5(packet) => match packet {
                v5::Packet::Puback(puback) => client.sent_is_done(puback.packet_id()),
                v5::Packet::Pubrec(pubrec) if pubrec.reason().is_error() => {
                    client.sent_is_done(pubrec.packet_id());
                }
                v5::Packet::Pubrec(pubrec) => {
                    let reason = match client.is_released(pubrec.packet_id()) {
                        true => v5::PubrelReason::Success,
                        false => v5::PubrelReason::PacketIdentifierNotFound,
                    };
                    link.send(v5::Pubrel::new(pubrec.packet_id(), reason))
                        .await?;
                }
                v5::Packet::Pubrel(pubrel) => {
                    let reason = match client.deliveries.received.remove(&pubrel.packet_id()) {
                        true => v5::PubcompReason::Success,
                        false => v5::PubcompReason::PacketIdentifierNotFound,
                    };
                    link.send(v5::Pubcomp::new(pubrel.packet_id(), reason))
                        .await?;
                }
                v5::Packet::Pubcomp(pubcomp) => client.sent_is_done(pubcomp.packet_id()),
                v5::Packet::Disconnect(disconnect) => {
                    return Err(match disconnect.reason() {
                        DisconnectReason::NormalDisconnection => End::Goodbye,
                        _ => End::Gone,
                    });
                }
                // AUTH: no method was agreed on, [MQTT-4.12.0-7].
                other => return Err(End::unexpected(other.packet_type())),
            },
            Packet::V3(_, packet) => match packet {
                v3::Packet::Puback(id) | v3::Packet::Pubcomp(id) => client.sent_is_done(id),
                v3::Packet::Pubrec(id) => {
                    client.is_released(id);
                    link.send(v3::Packet::Pubrel(id)).await?;
                }
                v3::Packet::Pubrel(id) => {
                    client.deliveries.received.remove(&id);
                    link.send(v3::Packet::Pubcomp(id)).await?;
                }
                v3::Packet::Disconnect => return Err(End::Goodbye),
                _ => return Err(End::Gone),
            },
        }
        Ok(())
    }

    /// One of the other six packets.
    async fn view(&self, link: &mut Link, client: &mut Client, view: &View<'_>) -> Result<(), End> {
        match view {
            View::Publish(publish) => self.publish(link, client, publish).await,
            View::Subscribe(subscribe) => self.subscribe(link, client, subscribe).await,
            View::Unsubscribe(request) => self.unsubscribe(link, client, request).await,
            View::Pingreq => link.view(&View::Pingresp, client.version).await,
            // A second CONNECT, [MQTT-3.1.0-2], and what only a Server sends.
            other => Err(End::unexpected(other.packet_type())),
        }
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
                .is_some_and(|id| client.deliveries.received.contains(&id));
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
            client.deliveries.received.insert(id);
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
                client.deliveries.received.insert(id);
                link.send(v3::Packet::Pubrec(id)).await
            }
            (_, _) => link.send(v3::Packet::Puback(id)).await,
        }
    }

    /// PUBLISH to a subscriber, with the lower of both QoS.
    async fn deliver(
        &self,
        link: &mut Link,
        client: &mut Client,
        message: Arc<Message>,
    ) -> Result<(), End> {
        let granted = {
            let sessions = self.sessions();
            let session = sessions.get(&client.id);
            session.and_then(|session| session.granted(&message.topic))
        };
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
        let Some(publish) = message.packet(delivery, false, client.version) else {
            return Ok(());
        };
        // Before it is sent: whether it arrived is not known if the connection ends meanwhile.
        client.deliveries.sent.extend(packet_id.map(|id| Sent {
            id,
            delivery,
            message,
            released: false,
        }));
        match link.try_send(publish).await {
            Ok(()) => Ok(()),
            // Too large for this client: as if it had been sent, [MQTT-3.1.2-25].
            Err(CodecError::Encode(EncodeError::PacketTooLarge { .. })) => {
                if let Some(id) = packet_id {
                    client.sent_is_done(id);
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
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
