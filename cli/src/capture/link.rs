//! From a captured packet to the TCP segment in it: Ethernet with any number of VLAN tags, Linux cooked captures of
//! both versions, loopback, raw IP; IPv4 and IPv6.

use std::net::{IpAddr, SocketAddr};

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TcpSlice, TransportSlice};

/// A TCP segment, as far as it was captured.
#[derive(Debug)]
pub(crate) struct Segment<'a> {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) sequence: u32,
    /// The next byte that its sender expects, if it says so.
    pub(crate) acknowledged: Option<u32>,
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) reset: bool,
    pub(crate) payload: &'a [u8],
    /// How many bytes of the payload were not captured.
    pub(crate) missing: u32,
}

/// What is in a captured packet.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Segment(Segment<'a>),
    /// A fragment of an IP packet that holds TCP: it is not put together again.
    Fragment,
    /// Not TCP, or too little of it.
    Other,
    /// A link type that nobody here reads.
    UnknownLink,
}

const NULL: i32 = 0;
const ETHERNET: i32 = 1;
const RAW_BSD: i32 = 12;
const RAW_OPENBSD: i32 = 14;
const RAW: i32 = 101;
const LOOP: i32 = 108;
const LINUX_SLL: i32 = 113;
const IPV4: i32 = 228;
const IPV6: i32 = 229;
const LINUX_SLL2: i32 = 276;

const TCP: u8 = 6;

/// The segment in a captured packet.
pub(crate) fn content(link: i32, data: &[u8]) -> Content<'_> {
    // Where the network layer starts, and what it is.
    let (ether_type, rest) = match link {
        ETHERNET => (ether_type(data, 12), data.get(14..)),
        LINUX_SLL => (ether_type(data, 14), data.get(16..)),
        LINUX_SLL2 => (ether_type(data, 0), data.get(20..)),
        // An address family in the byte order of whoever captured; only the version of IP tells for certain.
        NULL | LOOP => (None, data.get(4..)),
        RAW | RAW_BSD | RAW_OPENBSD | IPV4 | IPV6 => (None, Some(data)),
        _ => return Content::UnknownLink,
    };
    let Some(rest) = rest else {
        return Content::Other;
    };
    let ether_type = match ether_type {
        Some(ether_type) => ether_type,
        None => match rest.first().map(|first| first >> 4) {
            Some(4) => EtherType::IPV4,
            Some(6) => EtherType::IPV6,
            _ => return Content::Other,
        },
    };
    network(ether_type, rest)
}

fn ether_type(data: &[u8], at: usize) -> Option<EtherType> {
    let bytes = data.get(at..)?.first_chunk::<2>()?;
    Some(EtherType(u16::from_be_bytes(*bytes)))
}

fn network(ether_type: EtherType, data: &[u8]) -> Content<'_> {
    let packet = LaxSlicedPacket::from_ether_type(ether_type, data);
    let (from, to, announced, headers, payload) = match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => {
            let header = ip.header();
            let headers = header.slice().len();
            (
                IpAddr::V4(header.source_addr()),
                IpAddr::V4(header.destination_addr()),
                usize::from(header.total_len()),
                headers,
                ip.payload(),
            )
        }
        Some(LaxNetSlice::Ipv6(ip)) => {
            let header = ip.header();
            let extensions = ip.extensions().slice().len();
            (
                IpAddr::V6(header.source_addr()),
                IpAddr::V6(header.destination_addr()),
                usize::from(header.payload_length()),
                extensions,
                ip.payload(),
            )
        }
        _ => return Content::Other,
    };
    if payload.fragmented {
        return match payload.ip_number.0 {
            TCP => Content::Fragment,
            _ => Content::Other,
        };
    }
    let Some(TransportSlice::Tcp(tcp)) = &packet.transport else {
        return Content::Other;
    };
    let own = tcp.header_slice().len();
    // A length of 0 stands in packets that were captured before the network card cut them into pieces.
    let missing = match announced {
        0 => 0,
        _ => announced.saturating_sub(headers + own + tcp.payload().len()),
    };
    Content::Segment(segment(from, to, tcp, missing))
}

fn segment<'a>(from: IpAddr, to: IpAddr, tcp: &TcpSlice<'a>, missing: usize) -> Segment<'a> {
    Segment {
        from: SocketAddr::new(from, tcp.source_port()),
        to: SocketAddr::new(to, tcp.destination_port()),
        sequence: tcp.sequence_number(),
        acknowledged: tcp.ack().then(|| tcp.acknowledgment_number()),
        syn: tcp.syn(),
        fin: tcp.fin(),
        reset: tcp.rst(),
        payload: tcp.payload(),
        missing: u32::try_from(missing).unwrap_or(u32::MAX),
    }
}
