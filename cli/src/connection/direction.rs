//! The packets of one direction: where each one starts and ends in what is sent.

use mqtt_reason::{DecodeError, DecodeOptions, PacketType, Version, frame};

use super::{At, How};

/// How much of one packet is kept. Of a larger PUBLISH the payload is cut off; other packets are not looked into.
pub(super) const KEPT: usize = 1 << 20;
/// How much memory a direction keeps between packets.
const BETWEEN: usize = 1 << 14;
/// A fixed header is at most this long.
const HEADER: usize = 5;

/// One direction.
pub(super) struct Direction {
    /// The beginning of a packet.
    buffer: Vec<u8>,
    /// The size of that packet, once its fixed header is there.
    total: Option<usize>,
    /// Bytes still to come that belong to it and are not kept.
    skip: usize,
    /// Bytes still to come that belong to a packet that was told already.
    discard: usize,
    pub(super) reading: Reading,
    pub(super) ended: Option<How>,
    pub(super) disconnected: bool,
    pub(super) last: Option<Last>,
}

/// How a direction is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// Packet after packet.
    Following,
    /// Nobody knows where the next packet starts: it is looked for at the start of each piece.
    Searching,
    /// Not any more.
    Not,
}

/// The last packet of a direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub(crate) packet: Option<PacketType>,
    pub(crate) len: usize,
    pub(crate) at: At,
}

/// A packet under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partial<'a> {
    pub(crate) bytes: &'a [u8],
    /// How many bytes of it came.
    pub(crate) there: usize,
    pub(crate) len: Option<usize>,
}

/// What stands at the start of bytes.
pub(super) enum Piece<'a> {
    /// A packet; `bytes` are shorter than `len` if not all of it was kept.
    Packet { bytes: &'a [u8], len: usize },
    /// A fixed header that breaks a rule, and the packet as far as it is there.
    Broken {
        error: DecodeError,
        bytes: &'a [u8],
        /// Whether the size of the packet is known, so that the next one can be read.
        goes_on: bool,
    },
}

impl Direction {
    pub(super) const fn new(reading: Reading) -> Self {
        Self {
            buffer: Vec::new(),
            total: None,
            skip: 0,
            discard: 0,
            reading,
            ended: None,
            disconnected: false,
            last: None,
        }
    }

    /// The packet under way, if there is one.
    pub(super) fn partial(&self) -> Option<Partial<'_>> {
        if self.buffer.is_empty() {
            return None;
        }
        let there = match self.total {
            Some(total) if self.buffer.len() >= KEPT => total.saturating_sub(self.skip),
            _ => self.buffer.len(),
        };
        Some(Partial {
            bytes: &self.buffer,
            there,
            len: self.total,
        })
    }

    /// Forgets the packet under way.
    pub(super) fn clear(&mut self) {
        self.buffer.clear();
        self.buffer.shrink_to(BETWEEN);
        self.total = None;
        self.skip = 0;
        self.discard = 0;
    }

    /// Whether `count` bytes that are missing leave no doubt where the next packet starts; then they are skipped.
    ///
    /// What is missing is taken for part of the packet under way, which is cut there.
    pub(super) fn jump(&mut self, count: usize) -> Jump {
        let (left, untold) = match (self.discard, self.total) {
            (0, Some(total)) => {
                let left = match self.skip {
                    0 => total.saturating_sub(self.buffer.len()),
                    skip => skip,
                };
                (left, true)
            }
            (discard, _) => (discard, false),
        };
        if count > left || (left == 0 && count > 0) {
            return Jump::Lost;
        }
        match untold {
            true => {
                self.skip = left - count;
                if self.skip == 0 {
                    Jump::Done
                } else {
                    Jump::Inside
                }
            }
            false => {
                self.discard -= count;
                Jump::Told
            }
        }
    }

    /// The packet that is complete since its last bytes were skipped.
    pub(super) fn take_cut(&mut self) -> (Vec<u8>, usize) {
        let len = self.total.take().unwrap_or(self.buffer.len());
        (std::mem::take(&mut self.buffer), len)
    }

    /// Gives back what [`take_cut`](Self::take_cut) or [`next`](Self::next) lent.
    pub(super) fn give_back(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        buffer.shrink_to(BETWEEN);
        self.buffer = buffer;
    }

    /// Takes bytes from `input` until a packet is complete. `None`: all of `input` was taken.
    ///
    /// A packet that came in pieces is lent from `kept`: [`give_back`](Self::give_back) wants it back.
    pub(super) fn next<'i: 'k, 'k>(
        &mut self,
        version: Version,
        options: &DecodeOptions,
        input: &mut &'i [u8],
        kept: &'k mut Vec<u8>,
    ) -> Option<Piece<'k>> {
        loop {
            if input.is_empty() {
                return None;
            }
            if self.discard > 0 {
                let (_, rest) = split(input, self.discard);
                self.discard -= input.len() - rest.len();
                *input = rest;
                continue;
            }
            if self.skip > 0 {
                let (_, rest) = split(input, self.skip);
                self.skip -= input.len() - rest.len();
                *input = rest;
                if self.skip > 0 {
                    return None;
                }
                let (buffer, len) = self.take_cut();
                *kept = buffer;
                return Some(Piece::Packet { bytes: kept, len });
            }
            if self.buffer.is_empty() {
                // Most packets are whole in what was received: nothing is copied.
                match header(version, options, input) {
                    Header::Whole(len) => {
                        let (bytes, rest) = input.split_at_checked(len)?;
                        *input = rest;
                        return Some(Piece::Packet { bytes, len });
                    }
                    Header::Broken(error, len) => {
                        let (bytes, rest) = split(input, len.unwrap_or(usize::MAX));
                        self.discard = len.map_or(0, |len| len - bytes.len());
                        *input = rest;
                        return Some(Piece::Broken {
                            error,
                            bytes,
                            goes_on: len.is_some(),
                        });
                    }
                    Header::Partial(total) => {
                        self.total = total;
                        let (bytes, rest) = split(input, KEPT);
                        self.buffer.extend_from_slice(bytes);
                        *input = rest;
                        self.skip_rest();
                        continue;
                    }
                }
            }
            let Some(total) = self.total else {
                // The fixed header is not all there: byte by byte, at most five times.
                let (bytes, rest) = split(input, 1);
                self.buffer.extend_from_slice(bytes);
                *input = rest;
                match header(version, options, &self.buffer) {
                    Header::Whole(len) => self.total = Some(len),
                    Header::Partial(total) => self.total = total,
                    Header::Broken(error, len) => {
                        let (more, rest) = split(
                            input,
                            len.map_or(0, |len| len.saturating_sub(self.buffer.len())),
                        );
                        self.buffer.extend_from_slice(split(more, KEPT).0);
                        *input = rest;
                        self.discard = len.map_or(0, |len| len.saturating_sub(self.buffer.len()));
                        *kept = std::mem::take(&mut self.buffer);
                        return Some(Piece::Broken {
                            error,
                            bytes: kept,
                            goes_on: len.is_some(),
                        });
                    }
                }
                if self.total != Some(self.buffer.len()) {
                    continue;
                }
                *kept = std::mem::take(&mut self.buffer);
                self.total = None;
                let len = kept.len();
                return Some(Piece::Packet { bytes: kept, len });
            };
            let missing = total.min(KEPT).saturating_sub(self.buffer.len());
            let (bytes, rest) = split(input, missing);
            self.buffer.extend_from_slice(bytes);
            *input = rest;
            if self.buffer.len() == total {
                self.total = None;
                *kept = std::mem::take(&mut self.buffer);
                return Some(Piece::Packet {
                    bytes: kept,
                    len: total,
                });
            }
            self.skip_rest();
        }
    }

    /// Of a packet that is too large to be kept, the rest is skipped.
    const fn skip_rest(&mut self) {
        if let Some(total) = self.total
            && self.buffer.len() >= KEPT
        {
            self.skip = total.saturating_sub(self.buffer.len());
        }
    }
}

/// What missing bytes do to a direction.
pub(super) enum Jump {
    /// Nobody knows where the next packet starts.
    Lost,
    /// The packet under way is cut and goes on.
    Inside,
    /// It is cut and complete: [`Direction::take_cut`].
    Done,
    /// They belong to a packet that was told already.
    Told,
}

/// What a fixed header says.
pub(super) enum Header {
    /// The packet is there, with this size.
    Whole(usize),
    /// It is not, or not even its size.
    Partial(Option<usize>),
    /// It breaks a rule; the size of the packet, if that is known nevertheless.
    Broken(DecodeError, Option<usize>),
}

pub(super) fn header(version: Version, options: &DecodeOptions, bytes: &[u8]) -> Header {
    match frame::total_len_with(version, options, bytes) {
        Ok(Some(len)) if len <= bytes.len() => Header::Whole(len),
        Ok(len) => Header::Partial(len),
        Err(error) => match length_of_broken(version, bytes) {
            Length::Known(len) => Header::Broken(error, Some(len)),
            Length::Unknown => Header::Broken(error, None),
            Length::More => Header::Partial(None),
        },
    }
}

/// The size of a packet whose fixed header breaks a rule.
enum Length {
    Known(usize),
    /// Its bytes are not there yet.
    More,
    Unknown,
}

/// The size of a packet whose first byte breaks a rule: its length stands where those of all packets do.
fn length_of_broken(version: Version, bytes: &[u8]) -> Length {
    // Reserved packet types: this is no MQTT.
    let packet = bytes
        .first()
        .and_then(|first| PacketType::from_first_byte(*first));
    if packet.is_none() || (packet == Some(PacketType::Auth) && version != Version::V5_0) {
        return Length::Unknown;
    }
    // A PUBLISH is fine with these flags, from either side, in any length.
    let mut header = [0x30, 0, 0, 0, 0];
    for (to, from) in header.iter_mut().zip(bytes).skip(1) {
        *to = *from;
    }
    let header = header.get(..bytes.len().min(HEADER)).unwrap_or_default();
    match frame::total_len(version, header) {
        Ok(Some(len)) => Length::Known(len),
        Ok(None) => Length::More,
        Err(_) => Length::Unknown,
    }
}

/// The first `count` bytes, or all.
fn split(bytes: &[u8], count: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(count).unwrap_or((bytes, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mqtt_reason::Side;

    /// What is told of a stream that comes in pieces of this size.
    fn pieces(stream: &[u8], size: usize) -> Vec<String> {
        let mut direction = Direction::new(Reading::Following);
        let options = DecodeOptions::new().sender(Side::Client);
        let mut told = Vec::new();
        for piece in stream.chunks(size) {
            let mut input = piece;
            loop {
                let mut kept = Vec::new();
                match direction.next(Version::V5_0, &options, &mut input, &mut kept) {
                    None => break,
                    Some(Piece::Packet { bytes, len }) => told.push(format!("{bytes:?} {len}")),
                    Some(Piece::Broken { error, goes_on, .. }) => {
                        told.push(format!("{error} {goes_on}"));
                    }
                }
                direction.give_back(kept);
            }
        }
        told
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        // A packet of the wrong side, a PUBLISH of two bytes of length, flags that are not those of SUBSCRIBE.
        let mut stream = vec![0x90, 4, 0, 1, 0, 0, 0x30, 0x83, 0x01, 0, 1, b'a', 0];
        stream.extend([7; 127]);
        stream.extend([0x80, 2, 9, 9, 0xC0, 0]);
        let whole = pieces(&stream, stream.len());
        assert_eq!(whole.len(), 4, "{whole:?}");
        for size in 1..stream.len() {
            assert_eq!(pieces(&stream, size), whole, "pieces of {size}");
        }
    }
}
