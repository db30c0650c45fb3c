//! The frames of a WebSocket connection, taken off the MQTT packets in them; RFC 6455 §5.
//!
//! Packets need not keep to frames: MQTT over WebSocket is one stream of bytes (MQTT 5.0 §6, 3.1.1 §6).

/// One direction after the handshake.
#[derive(Default)]
pub(super) struct Frames {
    /// A header that is not all there.
    header: Vec<u8>,
    /// What is left of the payload of the frame.
    left: u64,
    mask: [u8; 4],
    /// How much of the payload has been unmasked, modulo 4.
    turn: usize,
    /// Whether the payload is data.
    data: bool,
    /// Whether a frame of text came, and whether that was told.
    text: Option<bool>,
}

/// Why frames cannot be read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unread {
    /// Compressed by an extension.
    Compressed,
    /// No frame has this opcode.
    Opcode(u8),
}

const TEXT: u8 = 1;

impl Frames {
    /// Takes bytes of the stream and appends the data in them to `out`.
    pub(super) fn take(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Unread> {
        while !bytes.is_empty() {
            if self.left == 0 {
                let Some((byte, rest)) = bytes.split_first() else {
                    break;
                };
                bytes = rest;
                self.header.push(*byte);
                if self.header()? == Some(TEXT) {
                    self.text.get_or_insert(false);
                }
                continue;
            }
            let count = usize::try_from(self.left)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            let (payload, rest) = bytes.split_at(count);
            if self.data {
                let turns = self.mask.iter().cycle().skip(self.turn);
                out.extend(payload.iter().zip(turns).map(|(byte, mask)| byte ^ mask));
            }
            self.turn = (self.turn + count) % 4;
            self.left -= count as u64;
            bytes = rest;
        }
        Ok(())
    }

    /// Whether a frame of text came, once.
    pub(super) const fn is_text(&mut self) -> bool {
        match self.text {
            Some(false) => {
                self.text = Some(true);
                true
            }
            _ => false,
        }
    }

    /// The opcode once the header is all there.
    fn header(&mut self) -> Result<Option<u8>, Unread> {
        let [first, second, rest @ ..] = self.header.as_slice() else {
            return Ok(None);
        };
        let opcode = first & 0x0F;
        if !matches!(opcode, 0..=2 | 8..=10) {
            return Err(Unread::Opcode(opcode));
        }
        if first & 0x70 != 0 {
            return Err(Unread::Compressed);
        }
        let (long, short) = match second & 0x7F {
            126 => (2, 0),
            127 => (8, 0),
            short => (0, u64::from(short)),
        };
        let masked = second & 0x80 != 0;
        let Some(length) = rest.get(..long) else {
            return Ok(None);
        };
        let length = length
            .iter()
            .fold(short, |length, byte| length << 8 | u64::from(*byte));
        let mask = rest.get(long..).unwrap_or_default();
        self.mask = match (masked, mask.first_chunk()) {
            (true, None) => return Ok(None),
            (true, Some(mask)) => *mask,
            (false, _) => [0; 4],
        };
        self.left = length;
        self.turn = 0;
        self.data = opcode <= 2;
        self.header.clear();
        Ok(Some(opcode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_fragments_and_control_frames_give_the_bytes_in_them() {
        // "abc" in two fragments with a PING between them, the first one masked.
        let stream = [
            0x02,
            0x82,
            1,
            2,
            3,
            4,
            b'a' ^ 1,
            b'b' ^ 2, //
            0x89,
            0x01,
            b'x', //
            0x80,
            0x01,
            b'c',
        ];
        for split in 0..stream.len() {
            let (mut frames, mut out) = (Frames::default(), Vec::new());
            let (one, other) = stream.split_at(split);
            assert_eq!(frames.take(one, &mut out), Ok(()));
            assert_eq!(frames.take(other, &mut out), Ok(()));
            assert_eq!(out, b"abc", "split at {split}");
        }
    }

    #[test]
    fn long_frames_compressed_ones_and_text() {
        let (mut frames, mut out) = (Frames::default(), Vec::new());
        let mut stream = vec![0x82, 0x7E, 0x01, 0x00];
        stream.extend([7; 256]);
        assert_eq!(frames.take(&stream, &mut out), Ok(()));
        assert_eq!(out, [7; 256]);
        assert!(!frames.is_text());
        assert_eq!(frames.take(&[0x81, 0x01, 0xC0], &mut out), Ok(()));
        assert!(frames.is_text() && !frames.is_text());
        assert_eq!(
            frames.take(&[0xC2, 0x01], &mut out),
            Err(Unread::Compressed)
        );
        assert_eq!(
            Frames::default().take(&[0x83, 0x01], &mut out),
            Err(Unread::Opcode(3))
        );
    }
}
