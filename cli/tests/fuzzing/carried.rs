//! What carries packets is taken off, and packets are told apart: in pieces as in one piece.

use mqtt_reason::{DecodeOptions, Side, Version};

use crate::Show;
use crate::direction::{Direction, Piece, Reading};
use crate::secrets;
use crate::transport::Transport;

/// What a direction gives.
#[derive(PartialEq, Debug, Default)]
struct Told {
    /// Packets as far as they are kept, and their size.
    packets: Vec<(Vec<u8>, usize)>,
    errors: Vec<String>,
    notes: Vec<String>,
}

/// What a direction gives that comes in pieces of this size.
fn read(side: Side, data: &[u8], size: usize) -> Told {
    let mut transport = Transport::default();
    let mut direction = Direction::new(Reading::Following);
    let mut told = Told::default();
    let options = DecodeOptions::new().sender(side);
    let mut goes_on = true;
    for piece in data.chunks(size.max(1)) {
        let unwrapped = transport.unwrap(side, piece);
        told.notes.extend(unwrapped.notes);
        let mut input = &unwrapped.bytes[..];
        while goes_on {
            let mut kept = Vec::new();
            match direction.next(Version::V5_0, &options, &mut input, &mut kept) {
                None => break,
                Some(Piece::Packet { bytes, len }) => told.packets.push((bytes.to_vec(), len)),
                Some(Piece::Broken {
                    error,
                    bytes,
                    goes_on: more,
                }) => {
                    // How much of it is there depends on the pieces.
                    assert!(error.offset() <= bytes.len());
                    told.errors.push(error.to_string());
                    goes_on = more;
                }
            }
            if kept.capacity() > 0 {
                direction.give_back(kept);
            }
        }
    }
    told
}

pub(crate) fn check(data: &[u8]) {
    let [choice, size, data @ ..] = data else {
        return;
    };
    let side = if choice & 1 == 0 {
        Side::Client
    } else {
        Side::Server
    };
    let whole = read(side, data, data.len());
    assert_eq!(whole, read(side, data, usize::from(*size)));
    let hidden = Show {
        secrets: false,
        payloads: false,
    };
    for (packet, _) in whole.packets {
        let shown = secrets::hexadecimal(Some(Version::V5_0), &packet, hidden);
        assert!(shown.len() <= 2 * packet.len());
    }
}
