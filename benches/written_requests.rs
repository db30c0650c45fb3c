//! One pass over packets without reason codes that writes what was decoded before; with the views and by hand.
//!
//! Shared by path: the times and the instruction counts include this file. It is not part of the one that decodes: code
//! that has to be there twice is not inlined there any more.

use std::hint::black_box;

use mqtt_reason::view::View;
use mqtt_reason::{DecodeOptions, Decoded, Version, v5};

use crate::requests::by_hand;

/// The packets as views.
pub(crate) fn views(bytes: &[u8]) -> Vec<View<'_>> {
    let options = DecodeOptions::new();
    let mut views = Vec::new();
    let mut rest = bytes;
    while let Ok(Decoded::Frame(frame)) = v5::decode(rest) {
        let view = View::of(Version::V5_0, &options, &frame);
        views.extend(view.expect("the packets are sound"));
        rest = rest.get(frame.bytes().len()..).unwrap_or_default();
    }
    views
}

/// Writes each view to the start of `room`.
pub(crate) fn write(views: &[View<'_>], room: &mut [u8]) {
    for view in views {
        let written = view.encode(Version::V5_0, &mut &mut *room);
        black_box(&*room);
        assert!(written.is_ok(), "there is room");
    }
}

/// The packets by their fields.
pub(crate) fn fields(bytes: &[u8]) -> Vec<by_hand::Fields<'_>> {
    let mut packets = Vec::new();
    let mut rest = bytes;
    while let Ok(Some((packet, len))) = by_hand::decode(rest) {
        packets.push(by_hand::fields(&packet));
        rest = rest.get(len..).unwrap_or_default();
    }
    packets
}

/// Writes each packet to the start of `room` by hand.
pub(crate) fn write_by_hand(packets: &[by_hand::Fields<'_>], room: &mut [u8]) {
    for packet in packets {
        let written = by_hand::encode(packet, room);
        black_box(&*room);
        assert!(written.is_ok(), "there is room");
    }
}
