//! Views allocate nothing, whatever is done with them.

use std::fmt::{self, Write};
use std::hint::black_box;

use allocation_counter::measure;
use mqtt_reason::view::{self, View};
use mqtt_reason::{DecodeOptions, Version};

use crate::golden::{SOUND, bytes, captured};
use crate::words;

/// Text that is thrown away.
struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

/// Everything that one does with a packet.
fn use_all(version: Version, bytes: &[u8], room: &mut [u8]) {
    let options = DecodeOptions::new();
    let Ok(frame) = words::frame(version, &options, bytes) else {
        return;
    };
    match View::of(version, &options, &frame) {
        Ok(Some(view)) => {
            write!(Nowhere, "{view:?}").unwrap();
            for property in view.properties() {
                black_box(property);
            }
            if let View::Subscribe(subscribe) = view {
                for subscription in subscribe.subscriptions() {
                    black_box(view::share(subscription.filter()));
                }
            }
            // Whether 3.1 can say it or not.
            let _ = black_box(view.encode(version, &mut &mut *room));
        }
        Ok(None) => panic!("one of the six"),
        Err(error) => {
            write!(Nowhere, "{error} {error:?} {}", error.rule()).unwrap();
        }
    }
}

#[test]
fn reading_writing_and_refusing_allocate_nothing() {
    let mut room = vec![0; 4096];
    let sound = SOUND
        .iter()
        .map(|(version, hex)| (*version, bytes(hex)))
        .chain(captured());
    for (version, mut packet) in sound {
        let version = words::version(version);
        let header = 1 + packet[1..].iter().take_while(|byte| **byte >= 128).count() + 1;
        let info = measure(|| {
            use_all(version, &packet, &mut room);
            for place in header..packet.len() {
                packet[place] ^= 0x21;
                use_all(version, &packet, &mut room);
                packet[place] ^= 0x21;
            }
        });
        assert_eq!(info.count_total, 0, "{packet:02x?}");
    }
}
