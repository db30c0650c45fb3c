//! What the checker keeps, and that it allocates nothing once it has met the usual number of identifiers.

use std::time::Duration;

use allocation_counter::measure;
use mqtt_reason::Side;
use mqtt_reason::conversation::{Conversation, Event, Settings, Streams};

use crate::packets::*;

/// One round of messages both ways, every identifier free at its end.
fn round() -> Vec<(Side, Vec<u8>)> {
    let mut round = Vec::new();
    let mut say = |side, bytes: Vec<u8>| round.push((side, bytes));
    let (client, server) = (Side::Client, Side::Server);
    for id in 1..=20 {
        say(server, publish(5, 1, id).into());
        say(client, publish(5, 2, id).into());
        say(server, publish(5, 0, 0).into());
    }
    for id in 1..=20 {
        say(client, puback(id));
        say(server, pubrec(id));
    }
    for id in 1..=20 {
        say(client, pubrel(id));
        say(server, pubcomp(id));
    }
    say(client, subscribe(5, 7, &[("a/+", 1), ("b", 2)]));
    say(server, suback(5, 7, &[1, 2]));
    say(client, unsubscribe(5, 8, &["a/+"]));
    say(server, unsuback(5, 8, &[0]));
    say(client, pingreq());
    say(server, pingresp());
    round
}

fn open() -> Streams {
    let mut streams = Streams::new(Conversation::new(Settings::new()));
    let nothing = &mut |event: Event<'_>| assert!(!matches!(event, Event::Finding(_)));
    streams.receive(
        Side::Client,
        Duration::ZERO,
        1,
        &connect(5).bytes(),
        nothing,
    );
    streams.receive(
        Side::Server,
        Duration::ZERO,
        2,
        &connack(false, 0, &[]),
        nothing,
    );
    streams
}

#[test]
fn nothing_is_allocated_in_the_steady_state() {
    let round = round();
    let mut streams = open();
    let mut play = || {
        for (tag, (side, bytes)) in (3..).zip(&round) {
            streams.receive(*side, Duration::ZERO, tag, bytes, &mut |event| {
                assert!(!matches!(event, Event::Finding(_) | Event::Error(..)));
            });
        }
        streams.tick(Duration::ZERO, &mut |_| panic!("nothing is told"));
    };
    play();
    let info = measure(|| (0..100).for_each(|_| play()));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn memory_of_an_idle_connection_and_of_10_000_identifiers() {
    let mut streams = open();
    let idle = size_of::<Conversation>() + streams.conversation().memory();
    for id in 1..=10_000 {
        let bytes = publish(5, 1, id).bytes();
        streams.receive(Side::Client, Duration::ZERO, id.into(), &bytes, &mut |_| {});
    }
    let client = streams.conversation().memory();
    for id in 1..=10_000 {
        let bytes = publish(5, 1, id).bytes();
        streams.receive(Side::Server, Duration::ZERO, id.into(), &bytes, &mut |_| {});
    }
    let both = streams.conversation().memory();
    println!("idle {idle} bytes; 10,000 of the client {client}, and 10,000 of the server {both}");
    assert!(idle <= 1024);
    // 24 bytes in 16,384 slots; for a Server's PUBLISH packets also their order.
    assert_eq!(client, 24 * 16_384);
    assert!(both <= 2 * 24 * 16_384 + 8 * 16_384);
    // A burst that is over takes no memory.
    for id in 1..=10_000 {
        streams.receive(Side::Server, Duration::ZERO, 0, &puback(id), &mut |_| {});
        streams.receive(Side::Client, Duration::ZERO, 0, &puback(id), &mut |_| {});
    }
    streams.tick(Duration::ZERO, &mut |_| panic!("nothing is told"));
    assert_eq!(streams.conversation().memory(), 0);
}

#[test]
fn more_identifiers_than_are_remembered_accuse_nobody() {
    let settings = Settings::new().max_outstanding(10);
    let mut streams = Streams::new(Conversation::new(settings));
    let mut told = Vec::new();
    let mut steps = vec![
        (Side::Client, connect(5).bytes()),
        (Side::Server, connack(false, 0, &[])),
    ];
    steps.extend((1..=20).map(|id| (Side::Client, publish(5, 1, id).bytes())));
    steps.extend((1..=20).map(|id| (Side::Server, puback(id))));
    for (side, bytes) in steps {
        streams.receive(side, Duration::ZERO, 0, &bytes, &mut |event| {
            if let Event::Finding(finding) = event {
                told.push(finding);
            }
        });
    }
    assert_eq!(told, []);
}
