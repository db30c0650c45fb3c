//! Decodes and encodes a packet without std and without memory: its allocator has none to give.

#![no_std]
#![no_main]

mod bare;

use core::ffi::c_int;

use mqtt_reason::v5::{self, Packet, PubackReason};
use mqtt_reason::{Decoded, Encode};

// The C runtime that calls `main`, and `memcpy`.
#[link(name = "c")]
unsafe extern "C" {}

/// Exits with 0 if a PUBACK with a Reason String is read and written back.
// SAFETY: the C runtime calls `main`, and no other symbol has that name.
#[unsafe(no_mangle)]
extern "C" fn main(_: c_int, _: *const *const u8) -> c_int {
    const BYTES: [u8; 12] = [
        0x40, 0x0A, 0x00, 0x0A, 0x87, 0x06, 0x1F, 0x00, 0x03, b'A', b'C', b'L',
    ];
    let Ok(Decoded::Packet {
        packet: Packet::Puback(puback),
        ..
    }) = v5::decode(&BYTES)
    else {
        return 1;
    };
    if puback.reason() != PubackReason::NotAuthorized
        || puback.properties().reason_string() != Some("ACL")
    {
        return 2;
    }
    let mut buffer = [0; 16];
    match puback.encode(&mut &mut buffer[..]) {
        Ok(12) if buffer[..12] == BYTES => 0,
        _ => 3,
    }
}
