//! A frame of the network around the bytes of a TCP segment: Wireshark, tshark and tcpdump show it whole.

use etherparse::{SlicedPacket, TransportSlice};

/// The size of the longest headers looked for: link, IPv6, TCP.
pub(crate) const HEADERS: usize = 20 + 40 + 60;

/// What stands before the IP header: nothing (tcpdump -X), Ethernet, Ethernet with a VLAN tag, Linux cooked capture of
/// both versions, BSD loopback. Each with what its last two bytes must be, if they tell the protocol.
const LINKS: [(usize, bool); 6] = [
    (0, false),
    (14, true),
    (18, true),
    (16, true),
    (20, false),
    (4, false),
];

/// Where the IP packet is in a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ip {
    start: usize,
    /// The end of the IP packet: what follows is padding.
    pub(crate) end: usize,
}

/// The IP packet that carries TCP in the frame that `bytes` start, by its headers alone.
pub(crate) fn ip(bytes: &[u8]) -> Option<Ip> {
    LINKS.iter().find_map(|&(start, typed)| {
        let ip = bytes.get(start..)?;
        let ethertype = start
            .checked_sub(2)
            .filter(|_| typed)
            .and_then(|at| bytes.get(at..start));
        let len = match *ip {
            [0x45..=0x4F, _, high, low, _, _, _, _, _, 6, ..]
                if ethertype.is_none_or(|id| id == [0x08, 0x00]) =>
            {
                usize::from(u16::from_be_bytes([high, low]))
            }
            [0x60..=0x6F, _, _, _, high, low, 6, ..]
                if ethertype.is_none_or(|id| id == [0x86, 0xDD]) =>
            {
                usize::from(u16::from_be_bytes([high, low])) + 40
            }
            _ => return None,
        };
        // The shortest headers of IP and TCP.
        (len >= 40).then_some(Ip {
            start,
            end: start + len,
        })
    })
}

/// The source port and the bytes of the TCP segment in the frame; `None` if it is no such frame.
pub(crate) fn payload(frame: &[u8]) -> Option<(u16, &[u8])> {
    let Ip { start, end } = ip(frame)?;
    // Ethernet fills up its frames to 60 bytes.
    if end != frame.len() && (frame.len() > 64 || end > frame.len()) {
        return None;
    }
    let packet = SlicedPacket::from_ip(frame.get(start..end)?).ok()?;
    match packet.transport? {
        TransportSlice::Tcp(segment) => Some((segment.source_port(), segment.payload())),
        _ => None,
    }
}
