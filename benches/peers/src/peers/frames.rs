//! For crates that do not tell how long a packet was: its bytes alone, cut before the clock starts.

pub type Frames<'a> = std::vec::IntoIter<&'a [u8]>;

/// Cuts `bytes`, which hold whole packets.
pub fn frames(mut bytes: &[u8]) -> Frames<'_> {
    let mut frames = Vec::new();
    while let [_, header @ ..] = bytes {
        let digits = header.iter().take_while(|&&byte| byte >= 0x80).count() + 1;
        let remaining = header[..digits]
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 7 | usize::from(byte & 0x7F));
        let (frame, rest) = bytes.split_at(1 + digits + remaining);
        frames.push(frame);
        bytes = rest;
    }
    frames.into_iter()
}
