//! What is said of a good packet besides what it carries: what is odd about it, what follows from its codes.

use mqtt_reason::view::View;
use mqtt_reason::{Version, advice as library, odd as library_odd};

use crate::finding::{Finding, Told};
use crate::packet::{Codes, Packet};

/// What is odd about the packet, a sentence each.
pub(crate) fn odd(told: &Told<'_>) -> Vec<String> {
    let (mut list, bytes) = match told.finding {
        Finding::Packet { packet, bytes, .. } => {
            let list: Vec<String> = match packet {
                Packet::V5(packet) => library_odd::v5(packet, told.sender)
                    .map(|odd| odd.to_string())
                    .collect(),
                Packet::V3(version, packet) => library_odd::v3(*version, packet)
                    .map(|odd| odd.to_string())
                    .collect(),
            };
            (list, bytes)
        }
        Finding::View { view, bytes, .. } => (odd_in_view(view), bytes),
        _ => return Vec::new(),
    };
    if let Some(version) = told.finding.connect_version().or(told.version) {
        list.extend(library_odd::in_bytes(version, bytes).map(|odd| odd.to_string()));
    }
    list
}

fn odd_in_view(view: &View<'_>) -> Vec<String> {
    let mut texts: Vec<(&'static str, &str)> = Vec::new();
    let mut list = Vec::new();
    match view {
        View::Connect(connect) => {
            texts.push(("Client Identifier", connect.client_id()));
            texts.extend(connect.user_name().map(|name| ("User Name", name)));
            if let Some(will) = connect.will() {
                texts.push(("Will Topic", will.topic()));
                for property in will.properties().iter() {
                    list.extend(library_odd::in_property(property).map(|odd| odd.to_string()));
                }
            }
        }
        View::Publish(publish) => texts.push(("Topic Name", publish.topic())),
        View::Subscribe(subscribe) => {
            let filters = subscribe.subscriptions();
            texts.extend(filters.iter().map(|each| ("Topic Filter", each.filter())));
        }
        View::Unsubscribe(unsubscribe) => {
            let filters = unsubscribe.filters();
            texts.extend(filters.iter().map(|filter| ("Topic Filter", filter)));
        }
        View::UnknownConnect(_) | View::Pingreq | View::Pingresp => {}
    }
    for property in view.properties().iter() {
        list.extend(library_odd::in_property(property).map(|odd| odd.to_string()));
    }
    let in_texts = texts
        .into_iter()
        .filter_map(|(what, text)| library_odd::in_text(what, text));
    list.extend(in_texts.map(|odd| odd.to_string()));
    list
}

/// What follows from the codes of the packet, and what to do, a sentence each.
pub(crate) fn advice(told: &Told<'_>) -> Vec<String> {
    let more = told.advice.map(str::to_owned);
    let Finding::Packet { packet, .. } = told.finding else {
        return more.into_iter().collect();
    };
    let of = |version: Version, value: u8| {
        let advice = library::of(version, packet.packet_type(), value)?;
        (!advice.is_routine()).then_some(advice)
    };
    let mut list: Vec<String> = Vec::new();
    let mut add = |value: u8| {
        if let Some(advice) = of(packet.version(), value) {
            for sentence in [advice.consequence, advice.action] {
                if !sentence.is_empty() && !list.iter().any(|said| said == sentence) {
                    list.push(sentence.to_owned());
                }
            }
        }
    };
    match packet.codes() {
        Codes::None => {}
        Codes::One(code) => add(code.value),
        Codes::List(codes) => codes
            .iter()
            .filter(|code| code.is_error)
            .for_each(|code| add(code.value)),
    }
    list.extend(more);
    list
}
