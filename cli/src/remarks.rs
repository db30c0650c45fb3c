//! What is said of a good packet besides what it carries: what is odd about it, what follows from its codes.

use mqtt_reason::view::View;
use mqtt_reason::{Version, advice as library, odd as library_odd};

use crate::finding::{Finding, Told};
use crate::packet::{Codes, Packet};

/// What is odd about the packet, a sentence each.
pub(crate) fn odd(told: &Told<'_>) -> Vec<String> {
    let mut list = Vec::new();
    let mut add = |odd: library_odd::Odd| list.push(odd.to_string());
    let bytes = match told.finding {
        Finding::Packet { packet, bytes, .. } => {
            match packet {
                Packet::V5(packet) => library_odd::v5(packet, told.sender).for_each(&mut add),
                Packet::V3(version, packet) => {
                    library_odd::v3(*version, packet).for_each(&mut add);
                }
            }
            bytes
        }
        Finding::View { view, bytes, .. } => {
            odd_in_view(view, &mut add);
            bytes
        }
        _ => return list,
    };
    // In 5.0 the bytes tell nothing more.
    if let Some(version) = told.finding.connect_version().or(told.version)
        && version != Version::V5_0
    {
        library_odd::in_bytes(version, bytes).for_each(add);
    }
    list
}

fn odd_in_view(view: &View<'_>, mut add: impl FnMut(library_odd::Odd)) {
    let will = match view {
        View::Connect(connect) => connect.will(),
        _ => None,
    };
    let of_will = will.iter().flat_map(|will| will.properties().iter());
    of_will
        .chain(view.properties().iter())
        .flat_map(library_odd::in_property)
        .for_each(&mut add);
    let mut text = |what, text: &str| {
        library_odd::in_text(what, text)
            .into_iter()
            .for_each(&mut add)
    };
    match view {
        View::Connect(connect) => {
            text("Client Identifier", connect.client_id());
            if let Some(name) = connect.user_name() {
                text("User Name", name);
            }
            if let Some(will) = will {
                text("Will Topic", will.topic());
            }
        }
        View::Publish(publish) => text("Topic Name", publish.topic()),
        View::Subscribe(subscribe) => {
            let filters = subscribe.subscriptions();
            filters
                .iter()
                .for_each(|each| text("Topic Filter", each.filter()));
        }
        View::Unsubscribe(unsubscribe) => {
            let filters = unsubscribe.filters();
            filters
                .iter()
                .for_each(|filter| text("Topic Filter", filter));
        }
        View::UnknownConnect(_) | View::Pingreq | View::Pingresp => {}
    }
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
