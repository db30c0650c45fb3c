//! The packets of a capture: pcap and pcapng, read as they come.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use pcap_parser::nom::Err as NomErr;
use pcap_parser::traits::PcapNGPacketBlock as _;
use pcap_parser::{
    Block, LegacyPcapBlock, PcapHeader, parse_block_be, parse_block_le, parse_pcap_frame,
    parse_pcap_frame_be, parse_pcap_frame_modified, parse_pcap_header,
};

use super::{Unusable, unusable};

/// How much is read at once.
const CHUNK: usize = 1 << 20;
/// No packet and no block of a capture is larger: what says so is damaged.
const LARGEST: usize = 1 << 24;
/// How many interfaces a section may describe.
const INTERFACES: usize = 1 << 16;

/// One packet as it was captured.
#[derive(Debug)]
pub(crate) struct Captured<'a> {
    /// Its number in the capture, from 1.
    pub(crate) number: u64,
    /// Since the first packet of the capture.
    pub(crate) time: Duration,
    /// What it starts with: a number of the registry of link types.
    pub(crate) link: i32,
    pub(crate) data: &'a [u8],
}

/// Whether a capture can start with these bytes.
pub(crate) fn is_capture(start: &[u8]) -> bool {
    matches!(
        start,
        [0x0A, 0x0D, 0x0D, 0x0A, ..]
            | [0xD4, 0xC3, 0xB2, 0xA1, ..]
            | [0xA1, 0xB2, 0xC3, 0xD4, ..]
            | [0x4D, 0x3C, 0xB2, 0xA1, ..]
            | [0xA1, 0xB2, 0x3C, 0x4D, ..]
            | [0x34, 0xCD, 0xB2, 0xA1, ..]
    )
}

/// Reads the packets of a capture one after the other.
pub(crate) struct Packets<R> {
    input: R,
    buffer: Vec<u8>,
    /// What of `buffer` is read and not yet handed out.
    start: usize,
    end: usize,
    format: Format,
    number: u64,
    /// The time of the first packet, in nanoseconds since 1970.
    first: Option<i128>,
    /// How many bytes have been read.
    read: u64,
    cut_off: bool,
}

enum Format {
    Unknown,
    Pcap(PcapHeader),
    PcapNg {
        big: bool,
        interfaces: Vec<Interface>,
    },
}

#[derive(Clone, Copy)]
struct Interface {
    link: i32,
    resolution: u8,
    /// Seconds to add.
    offset: i64,
}

/// What stands at the start of the buffer.
enum Next {
    /// `len` bytes in which a packet stands.
    Packet {
        len: usize,
        data: std::ops::Range<usize>,
        time: i128,
        link: i32,
    },
    /// `len` bytes in which none stands; some of them are counted as if one did.
    Other { len: usize, counts: bool },
    /// More bytes are needed.
    More,
}

impl<R: Read> Packets<R> {
    /// `start` has been read from `input` already.
    pub(crate) fn new(start: &[u8], input: R) -> Self {
        let mut buffer = vec![0; CHUNK];
        let end = start.len().min(CHUNK);
        for (to, from) in buffer.iter_mut().zip(start) {
            *to = *from;
        }
        Self {
            input,
            buffer,
            start: 0,
            end,
            format: Format::Unknown,
            number: 0,
            first: None,
            read: 0,
            cut_off: false,
        }
    }

    /// How many bytes have been read so far.
    pub(crate) const fn read(&self) -> u64 {
        self.read
    }

    /// Whether the capture ended in the middle of a packet.
    pub(crate) const fn is_cut_off(&self) -> bool {
        self.cut_off
    }

    /// The next packet; `before_read` is called before bytes are asked for that may be long in coming.
    pub(crate) fn next(
        &mut self,
        before_read: &mut dyn FnMut(),
    ) -> Result<Option<Captured<'_>>, Unusable> {
        let (range, time, link) = loop {
            match self.look()? {
                Next::More => {
                    before_read();
                    if !self.fill()? {
                        self.cut_off = self.start < self.end;
                        return Ok(None);
                    }
                }
                Next::Other { len, counts } => {
                    self.start += len;
                    self.number += u64::from(counts);
                }
                Next::Packet {
                    len,
                    data,
                    time,
                    link,
                } => {
                    let range = self.start + data.start..self.start + data.end;
                    self.start += len;
                    break (range, time, link);
                }
            }
        };
        self.number += 1;
        let first = *self.first.get_or_insert(time);
        let since = u64::try_from((time - first).max(0)).unwrap_or(u64::MAX);
        Ok(Some(Captured {
            number: self.number,
            time: Duration::from_nanos(since),
            link,
            data: self.buffer.get(range).unwrap_or_default(),
        }))
    }

    /// What stands at the start of the bytes that are there.
    fn look(&mut self) -> Result<Next, Unusable> {
        let bytes = self.buffer.get(self.start..self.end).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(Next::More);
        }
        match &mut self.format {
            Format::Unknown => {
                if bytes.len() < 4 {
                    return Ok(Next::More);
                }
                if bytes.starts_with(&[0x0A, 0x0D, 0x0D, 0x0A]) {
                    self.format = Format::PcapNg {
                        big: false,
                        interfaces: Vec::new(),
                    };
                    return Ok(Next::Other {
                        len: 0,
                        counts: false,
                    });
                }
                match parse_pcap_header(bytes) {
                    Ok((rest, header)) => {
                        let len = bytes.len() - rest.len();
                        self.format = Format::Pcap(header);
                        Ok(Next::Other { len, counts: false })
                    }
                    Err(NomErr::Incomplete(_)) => Ok(Next::More),
                    Err(_) => Err(unusable("this is no capture: it has none of their marks")),
                }
            }
            Format::Pcap(header) => Self::pcap(header, bytes, self.number),
            Format::PcapNg { big, interfaces } => pcapng(big, interfaces, bytes, self.number),
        }
    }

    fn pcap(header: &PcapHeader, bytes: &[u8], number: u64) -> Result<Next, Unusable> {
        // Before the parser is asked: it takes what a length says for granted.
        if let Some(Ok(captured)) = bytes.get(8..12).map(<[u8; 4]>::try_from) {
            let captured = match header.is_bigendian() {
                true => u32::from_be_bytes(captured),
                false => u32::from_le_bytes(captured),
            };
            if usize::try_from(captured).unwrap_or(usize::MAX) > LARGEST {
                return Err(damaged(number));
            }
        }
        let (parsed, head) = match (header.is_modified_format(), header.is_bigendian()) {
            (true, _) => (parse_pcap_frame_modified(bytes), 24),
            (false, true) => (parse_pcap_frame_be(bytes), 16),
            (false, false) => (parse_pcap_frame(bytes), 16),
        };
        match parsed {
            Ok((
                _,
                LegacyPcapBlock {
                    ts_sec,
                    ts_usec,
                    data,
                    ..
                },
            )) => {
                let nanoseconds = match header.is_nanosecond_precision() {
                    true => i128::from(ts_usec),
                    false => i128::from(ts_usec) * 1_000,
                };
                Ok(Next::Packet {
                    len: head + data.len(),
                    data: head..head + data.len(),
                    time: i128::from(ts_sec) * 1_000_000_000 + nanoseconds,
                    // The upper bits tell of checksums at the end of each packet.
                    link: header.network.0 & 0x03FF_FFFF,
                })
            }
            Err(NomErr::Incomplete(_)) => Ok(Next::More),
            Err(_) => Err(damaged(number)),
        }
    }

    /// Reads more; false at the end of the input.
    fn fill(&mut self) -> Result<bool, Unusable> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            // At most a block of the largest size: `look` refuses what would need more.
            let len = (self.buffer.len() * 2).min(LARGEST + CHUNK);
            if len == self.buffer.len() {
                return Err(damaged(self.number));
            }
            self.buffer.resize(len, 0);
        }
        loop {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.input.read(free) {
                Ok(count) => {
                    self.end += count;
                    self.read += count as u64;
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The next block of a pcapng capture.
fn pcapng(
    big: &mut bool,
    interfaces: &mut Vec<Interface>,
    bytes: &[u8],
    number: u64,
) -> Result<Next, Unusable> {
    // A section header reads the same in both byte orders, and says which one holds from there on.
    if bytes.starts_with(&[0x0A, 0x0D, 0x0D, 0x0A]) {
        match bytes.get(8..12) {
            None => return Ok(Next::More),
            Some(order) => *big = order == [0x1A, 0x2B, 0x3C, 0x4D],
        }
    }
    // Before the parser is asked: it takes what a length says for granted.
    let Some(Ok(announced)) = bytes.get(4..8).map(<[u8; 4]>::try_from) else {
        return Ok(Next::More);
    };
    let announced = match big {
        true => u32::from_be_bytes(announced),
        false => u32::from_le_bytes(announced),
    };
    let len = usize::try_from(announced).unwrap_or(usize::MAX);
    if !(12..=LARGEST).contains(&len) || len % 4 != 0 {
        return Err(damaged(number));
    }
    let Some(block) = bytes.get(..len) else {
        return Ok(Next::More);
    };
    let parsed = match big {
        true => parse_block_be(block),
        false => parse_block_le(block),
    };
    // The block is there as a whole: a parser that wants more has met a damaged one.
    let Ok((_, block)) = parsed else {
        return Err(damaged(number));
    };
    Ok(match block {
        Block::SectionHeader(_) => {
            interfaces.clear();
            Next::Other { len, counts: false }
        }
        Block::InterfaceDescription(block) => {
            if interfaces.len() == INTERFACES {
                return Err(damaged(number));
            }
            interfaces.push(Interface {
                link: block.linktype.0,
                resolution: block.if_tsresol,
                offset: block.if_tsoffset,
            });
            Next::Other { len, counts: false }
        }
        Block::EnhancedPacket(block) => {
            let index = usize::try_from(block.if_id).unwrap_or(usize::MAX);
            let Some(interface) = interfaces.get(index) else {
                return Err(damaged(number));
            };
            let units = u64::from(block.ts_high) << 32 | u64::from(block.ts_low);
            Next::Packet {
                len,
                data: 28..28 + block.packet_data().len(),
                time: nanoseconds(units, interface),
                link: interface.link,
            }
        }
        Block::SimplePacket(block) => {
            let Some(interface) = interfaces.first() else {
                return Err(damaged(number));
            };
            Next::Packet {
                len,
                data: 12..12 + block.packet_data().len(),
                // It has no time.
                time: 0,
                link: interface.link,
            }
        }
        // Wireshark gives these a number, too.
        Block::Custom(_) | Block::SystemdJournalExport(_) => Next::Other { len, counts: true },
        _ => Next::Other { len, counts: false },
    })
}

/// A time stamp of pcapng in nanoseconds.
fn nanoseconds(units: u64, interface: &Interface) -> i128 {
    let units = i128::from(units);
    let bits = u32::from(interface.resolution & 0x7F);
    let nanoseconds = match interface.resolution & 0x80 {
        // A power of two: at most 2^127, and more than 64 leaves nothing of a time.
        0x80 if bits <= 62 => (units * 1_000_000_000) >> bits,
        0 if bits <= 9 => units * 10_i128.pow(9 - bits),
        0 if bits <= 27 => units / 10_i128.pow(bits - 9),
        _ => 0,
    };
    nanoseconds + i128::from(interface.offset) * 1_000_000_000
}

fn damaged(number: u64) -> Unusable {
    unusable(match number {
        0 => "the capture is damaged before its first packet".to_owned(),
        _ => format!("the capture is damaged after packet {number}"),
    })
}
