//! What a firmware that is an MQTT 5.0 client does with what it receives: it answers a PUBLISH of QoS 1 with PUBACK,
//! looks at the packets that carry reason codes, and says what is wrong with anything else in a DISCONNECT.
//!
//! It has no std and no memory. `size.sh` builds it with the library of two revisions; so it uses what both have.

#![no_std]
#![no_main]

mod bare;

use core::ffi::{c_int, c_void};

use mqtt_reason::v5::{self, Disconnect, DisconnectReason, Puback, PubackReason};
use mqtt_reason::{Decoded, Encode, PacketId, PacketType};

// Instead of a network. The C runtime also calls `main`.
#[link(name = "c")]
unsafe extern "C" {
    fn read(file: c_int, buffer: *mut c_void, len: usize) -> isize;
    fn write(file: c_int, buffer: *const c_void, len: usize) -> isize;
}

/// Answers what stands in `received`: how many bytes of `answer` to send.
fn react(received: &[u8], mut answer: &mut [u8]) -> usize {
    let written = match v5::decode(received) {
        // A refusal is for the application.
        Ok(Decoded::Packet { packet, .. }) => return usize::from(packet.packet_type() == PacketType::Puback),
        Ok(Decoded::Frame(frame)) => match packet_id(frame.body()) {
            Some(id) if frame.packet_type() == PacketType::Publish => {
                Puback::new(id, PubackReason::Success).encode(&mut answer)
            }
            _ => return 0,
        },
        Ok(_) => return 0,
        Err(error) => Disconnect::new(DisconnectReason::from(&error)).encode(&mut answer),
    };
    written.unwrap_or(0)
}

/// The Packet Identifier behind the Topic Name of a PUBLISH.
fn packet_id(body: &[u8]) -> Option<PacketId> {
    let [high, low, rest @ ..] = body else {
        return None;
    };
    let rest = rest.get(usize::from(u16::from_be_bytes([*high, *low]))..)?;
    match rest {
        [high, low, ..] => PacketId::new(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

// SAFETY: the C runtime calls `main`, and no other symbol has that name.
#[unsafe(no_mangle)]
extern "C" fn main(_: c_int, _: *const *const u8) -> c_int {
    let mut received = [0_u8; 256];
    let mut answer = [0_u8; 256];
    // SAFETY: the buffers are as long as is said.
    let len = unsafe { read(0, received.as_mut_ptr().cast(), received.len()) };
    let received = received.get(..usize::try_from(len).unwrap_or(0)).unwrap_or_default();
    let len = react(received, &mut answer);
    // SAFETY: no more is written than there is.
    unsafe { write(1, answer.as_ptr().cast(), len.min(answer.len())) };
    0
}
