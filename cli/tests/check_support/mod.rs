//! Captures made by a program: TCP segments that a test can drop, repeat and shuffle, written as any kind of capture.

use std::net::{IpAddr, SocketAddr};

pub(crate) mod packets;

/// Who sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum From {
    Client,
    Server,
}

pub(crate) const FIN: u8 = 0x01;
pub(crate) const SYN: u8 = 0x02;
pub(crate) const ACK: u8 = 0x10;

/// One TCP segment.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// Microseconds since the start.
    pub(crate) time: u64,
    pub(crate) from: From,
    pub(crate) sequence: u32,
    pub(crate) acknowledged: u32,
    pub(crate) flags: u8,
    pub(crate) payload: Vec<u8>,
}

/// A TCP connection as both sides live it: every segment arrives.
pub(crate) struct Tcp {
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    next: [u32; 2],
    time: u64,
    pub(crate) segments: Vec<Segment>,
}

impl Tcp {
    /// A connection whose handshake is done.
    pub(crate) fn open(client: &str, server: &str) -> Self {
        let mut tcp = Self::silent(client, server);
        tcp.push(From::Client, SYN, b"");
        tcp.push(From::Server, SYN | ACK, b"");
        tcp.push(From::Client, ACK, b"");
        tcp
    }

    /// One that exists before the capture begins. The client's sequence numbers wrap around soon.
    pub(crate) fn silent(client: &str, server: &str) -> Self {
        Self {
            client: client.parse().unwrap(),
            server: server.parse().unwrap(),
            next: [0xFFFF_FFF0, 5_000],
            time: 0,
            segments: Vec::new(),
        }
    }

    /// Sends bytes in one segment.
    pub(crate) fn send(&mut self, from: From, bytes: &[u8]) {
        self.push(from, ACK, bytes);
    }

    pub(crate) fn push(&mut self, from: From, flags: u8, payload: &[u8]) {
        let (own, other) = match from {
            From::Client => (0, 1),
            From::Server => (1, 0),
        };
        self.time += 100;
        let acknowledged = if flags & ACK == 0 {
            0
        } else {
            self.next[other]
        };
        self.segments.push(Segment {
            time: self.time,
            from,
            sequence: self.next[own],
            acknowledged,
            flags,
            payload: payload.to_vec(),
        });
        let takes = u32::from(flags & (SYN | FIN) != 0);
        self.next[own] = self.next[own].wrapping_add(u32::try_from(payload.len()).unwrap() + takes);
    }

    /// The segments as IP packets.
    pub(crate) fn packets(&self) -> Vec<(u64, Vec<u8>)> {
        (self.segments.iter())
            .map(|segment| {
                let (from, to) = match segment.from {
                    From::Client => (self.client, self.server),
                    From::Server => (self.server, self.client),
                };
                (segment.time, ip_packet(from, to, segment))
            })
            .collect()
    }
}

fn ip_packet(from: SocketAddr, to: SocketAddr, segment: &Segment) -> Vec<u8> {
    let mut tcp = Vec::new();
    tcp.extend(from.port().to_be_bytes());
    tcp.extend(to.port().to_be_bytes());
    tcp.extend(segment.sequence.to_be_bytes());
    tcp.extend(segment.acknowledged.to_be_bytes());
    // Three words of options: no-operation, no-operation, timestamps.
    tcp.extend([0x80, segment.flags, 0x20, 0, 0, 0, 0, 0]);
    tcp.extend([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]);
    tcp.extend(&segment.payload);
    let mut packet = Vec::new();
    match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let total = u16::try_from(20 + tcp.len()).unwrap();
            packet.extend([0x45, 0]);
            packet.extend(total.to_be_bytes());
            packet.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
            packet.extend(from.octets());
            packet.extend(to.octets());
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            packet.extend([0x60, 0, 0, 0]);
            packet.extend(u16::try_from(tcp.len()).unwrap().to_be_bytes());
            packet.extend([6, 64]);
            packet.extend(from.octets());
            packet.extend(to.octets());
        }
        _ => panic!("two versions of IP"),
    }
    packet.extend(tcp);
    packet
}

/// What stands in front of an IP packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Link {
    Ethernet,
    Vlan,
    TwoVlans,
    Cooked,
    Cooked2,
    Null,
    Raw,
}

pub(crate) const LINKS: [Link; 7] = [
    Link::Ethernet,
    Link::Vlan,
    Link::TwoVlans,
    Link::Cooked,
    Link::Cooked2,
    Link::Null,
    Link::Raw,
];

impl Link {
    const fn number(self) -> u16 {
        match self {
            Self::Ethernet | Self::Vlan | Self::TwoVlans => 1,
            Self::Cooked => 113,
            Self::Cooked2 => 276,
            Self::Null => 0,
            Self::Raw => 101,
        }
    }

    fn wrap(self, packet: &[u8]) -> Vec<u8> {
        let six = packet[0] >> 4 == 6;
        let ether_type: [u8; 2] = if six { [0x86, 0xDD] } else { [0x08, 0x00] };
        let mut frame = match self {
            Self::Ethernet => vec![2; 12],
            Self::Vlan => [vec![2; 12], vec![0x81, 0x00, 0x00, 0x07]].concat(),
            Self::TwoVlans => {
                [vec![2; 12], vec![0x88, 0xA8, 0, 1, 0x81, 0x00, 0x00, 0x07]].concat()
            }
            Self::Cooked => vec![0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0],
            Self::Cooked2 => {
                let mut frame = ether_type.to_vec();
                frame.extend([0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0]);
                frame.extend(packet);
                return frame;
            }
            Self::Null => {
                let family: u32 = if six { 30 } else { 2 };
                let mut frame = family.to_le_bytes().to_vec();
                frame.extend(packet);
                return frame;
            }
            Self::Raw => return packet.to_vec(),
        };
        frame.extend(ether_type);
        frame.extend(packet);
        // Ethernet pads short frames.
        if matches!(self, Self::Ethernet) {
            frame.resize(frame.len().max(90), 0x55);
        }
        frame
    }
}

/// A kind of capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    Pcap,
    PcapBig,
    PcapNanoseconds,
    PcapNg,
    PcapNgBig,
}

pub(crate) const FORMATS: [Format; 5] = [
    Format::Pcap,
    Format::PcapBig,
    Format::PcapNanoseconds,
    Format::PcapNg,
    Format::PcapNgBig,
];

/// A capture of these IP packets; of each frame at most `snap` bytes are kept.
pub(crate) fn capture(
    format: Format,
    link: Link,
    snap: usize,
    packets: &[(u64, Vec<u8>)],
) -> Vec<u8> {
    let big = matches!(format, Format::PcapBig | Format::PcapNgBig);
    let word = |value: u32| {
        if big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let half = |value: u16| {
        if big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let mut out = Vec::new();
    let next_generation = matches!(format, Format::PcapNg | Format::PcapNgBig);
    let block = |out: &mut Vec<u8>, kind: u32, body: &[u8]| {
        let len = u32::try_from(12 + body.len()).unwrap();
        assert_eq!(len % 4, 0);
        out.extend(word(kind));
        out.extend(word(len));
        out.extend(body);
        out.extend(word(len));
    };
    if next_generation {
        let section = [&word(0x1A2B_3C4D)[..], &half(1), &half(0), &[0xFF; 8]].concat();
        block(&mut out, 0x0A0D_0D0A, &section);
        // A resolution of nanoseconds for the second interface, which is the one that is used.
        let interface = [&half(link.number())[..], &[0, 0], &word(0)].concat();
        block(&mut out, 1, &interface);
        let options = [&half(9)[..], &half(1), &[9, 0, 0, 0], &[0; 4]].concat();
        block(&mut out, 1, &[interface, options].concat());
        // One that nobody knows.
        block(&mut out, 0x8000_0001, &[1, 2, 3, 4]);
    } else {
        let magic = match format {
            Format::PcapNanoseconds => 0xA1B2_3C4D,
            _ => 0xA1B2_C3D4,
        };
        out.extend(word(magic));
        out.extend([half(2), half(4)].concat());
        out.extend([0; 8]);
        out.extend(word(262_144));
        out.extend(word(link.number().into()));
    }
    for (time, packet) in packets {
        let frame = link.wrap(packet);
        let kept = &frame[..frame.len().min(snap)];
        let (captured, original) = (
            u32::try_from(kept.len()).unwrap(),
            u32::try_from(frame.len()).unwrap(),
        );
        if next_generation {
            let nanoseconds = (1_700_000_000_000_000 + time) * 1_000;
            let mut body = word(1).to_vec();
            body.extend(word(u32::try_from(nanoseconds >> 32).unwrap()));
            body.extend(word(u32::try_from(nanoseconds & 0xFFFF_FFFF).unwrap()));
            body.extend(word(captured));
            body.extend(word(original));
            body.extend(kept);
            body.resize(body.len().next_multiple_of(4), 0);
            block(&mut out, 6, &body);
        } else {
            let fraction = u32::try_from(time % 1_000_000).unwrap();
            out.extend(word(
                1_700_000_000 + u32::try_from(time / 1_000_000).unwrap(),
            ));
            out.extend(word(match format {
                Format::PcapNanoseconds => fraction * 1_000,
                _ => fraction,
            }));
            out.extend(word(captured));
            out.extend(word(original));
            out.extend(kept);
        }
    }
    out
}
