//! What the fuzz target `views` checks: crate and oracle agree, and what is written is read again.

use mqtt_reason::view::{Publish, View};

use crate::oracle::{self, Context, Sender, Version};
use crate::words;

/// The packet that fuzz input stands for: a byte that chooses the context, the first byte of the packet, its body.
fn split(data: &[u8]) -> Option<(Context, Vec<u8>)> {
    let [choice, first, body @ ..] = data else {
        return None;
    };
    let version = match choice % 3 {
        0 => Version::V5_0,
        1 => Version::V3_1_1,
        _ => Version::V3_1,
    };
    let sender = match choice / 3 % 3 {
        0 => None,
        1 => Some(Sender::Client),
        _ => Some(Sender::Server),
    };
    let first = match first >> 4 {
        1 | 3 | 8 | 10 | 12 | 13 => *first,
        other => [0x10, 0x30, 0x32, 0x34, 0x82, 0xA2][usize::from(other) % 6],
    };
    let mut packet = vec![first];
    let mut rest = body.len();
    while rest >= 128 {
        packet.push(u8::try_from(rest % 128).unwrap() | 0x80);
        rest /= 128;
    }
    packet.push(u8::try_from(rest).unwrap());
    packet.extend_from_slice(body);
    Some((Context { version, sender }, packet))
}

/// Panics if something is wrong with what the crate makes of `data`.
pub(crate) fn check(data: &[u8]) {
    let Some((context, bytes)) = split(data) else {
        return;
    };
    let (version, options) = (words::version(context.version), words::options(&context));
    let Ok(frame) = words::frame(version, &options, &bytes) else {
        return;
    };
    let found = View::of(version, &options, &frame).map(|view| view.expect("one of the six"));
    let expected = oracle::judge(&bytes, &context);
    match &found {
        Ok(view) => assert_eq!(Ok(words::packet(view)), expected),
        Err(error) => assert_eq!(Err(words::fault(error)), expected),
    }
    let Ok(view) = found else {
        return;
    };
    if let View::Publish(publish) = view {
        assert_eq!(Publish::head(version, &options, &bytes), Ok(Some(publish)));
        let before = bytes.len() - publish.payload().len();
        let head = Publish::head(version, &options, &bytes[..before]).unwrap();
        assert_eq!(head.unwrap().topic(), publish.topic());
    }
    let mut again = Vec::new();
    if view.encode(version, &mut again).is_ok() {
        let frame = words::frame(version, &options, &again).unwrap();
        assert_eq!(View::of(version, &options, &frame), Ok(Some(view)));
    } else {
        assert!(again.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::check;
    use crate::golden::{SOUND, bytes, captured};

    #[test]
    fn golden_frames_pass_in_every_context() {
        let sound = SOUND.iter().map(|(_, hex)| bytes(hex));
        for packet in sound.chain(captured().into_iter().map(|(_, packet)| packet)) {
            let length = packet[1..].iter().take_while(|byte| **byte >= 128).count() + 1;
            for choice in 0..9 {
                check(&[&[choice, packet[0]], &packet[1 + length..]].concat());
            }
        }
    }

    #[test]
    fn findings_of_the_fuzzer_are_no_findings_any_more() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/findings/views");
        for entry in fs::read_dir(folder).into_iter().flatten() {
            check(&fs::read(entry.unwrap().path()).unwrap());
        }
    }
}
