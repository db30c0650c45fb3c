//! What carries packets is taken off, and packets are told apart: in pieces as in one piece.
#![no_main]

#[path = "../../cli/src/capture/mod.rs"]
#[allow(dead_code)]
mod capture;


#[path = "../../cli/src/connection/direction.rs"]
#[allow(dead_code)]
mod direction;
#[path = "../../cli/src/connection/secrets.rs"]
#[allow(dead_code)]
mod secrets;
#[path = "../../cli/src/connection/transport.rs"]
#[allow(dead_code)]
mod transport;
#[path = "../../cli/src/connection/websocket.rs"]
mod websocket;

use capture::{At, How};
use direction::{Direction, Piece, Reading};
use libfuzzer_sys::fuzz_target;
use mqtt_reason::{DecodeOptions, Side, Version};
use transport::Transport;

/// As in the command.
#[derive(Clone, Copy)]
struct Show {
    secrets: bool,
    payloads: bool,
}

/// The packets and the remarks of a direction that comes in pieces of this size.
fn read(side: Side, data: &[u8], size: usize) -> (Vec<(Vec<u8>, usize)>, Vec<String>) {
    let mut transport = Transport::default();
    let mut direction = Direction::new(Reading::Following);
    let (mut packets, mut notes) = (Vec::new(), Vec::new());
    let options = DecodeOptions::new().sender(side);
    'all: for piece in data.chunks(size.max(1)) {
        let unwrapped = transport.unwrap(side, piece);
        notes.extend(unwrapped.notes);
        let mut input = &unwrapped.bytes[..];
        loop {
            let mut kept = Vec::new();
            match direction.next(Version::V5_0, &options, &mut input, &mut kept) {
                None => break,
                Some(Piece::Packet { bytes, len }) => packets.push((bytes.to_vec(), len)),
                Some(Piece::Broken { error, bytes, goes_on }) => {
                    // How much of it is there depends on the pieces.
                    assert!(error.offset() <= bytes.len());
                    notes.push(error.to_string());
                    if !goes_on {
                        break 'all;
                    }
                }
            }
            if kept.capacity() > 0 {
                direction.give_back(kept);
            }
        }
    }
    (packets, notes)
}

fuzz_target!(|data: &[u8]| {
    let [choice, size, data @ ..] = data else { return };
    let side = if choice & 1 == 0 { Side::Client } else { Side::Server };
    let whole = read(side, data, data.len());
    assert_eq!(whole, read(side, data, usize::from(*size)));
    let hidden = Show { secrets: false, payloads: false };
    for (packet, _) in whole.0 {
        let shown = secrets::hexadecimal(Some(Version::V5_0), &packet, hidden);
        assert!(shown.len() <= 2 * packet.len());
    }
});
