//! How fuzz input is read: two bytes that choose the context, then what was received.

use crate::oracle::{Context, Sender, Version};

/// The context that the first two bytes choose, and the rest.
pub(crate) fn split(data: &[u8]) -> Option<(Context, &[u8])> {
    let [choice, size, bytes @ ..] = data else {
        return None;
    };
    let context = Context {
        version: match choice % 3 {
            0 => Version::V5_0,
            1 => Version::V3_1_1,
            _ => Version::V3_1,
        },
        sender: match choice / 3 % 3 {
            0 => None,
            1 => Some(Sender::Client),
            _ => Some(Sender::Server),
        },
        max_packet_size: (choice & 0x80 != 0).then_some(u32::from(*size)),
        request_problem_information: choice & 0x40 == 0,
    };
    Some((context, bytes))
}
