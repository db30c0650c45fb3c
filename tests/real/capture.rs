//! A capture file: TCP segments in IPv4 packets, as `tshark -r` reads them.

/// The port of MQTT servers.
const SERVER_PORT: u16 = 1883;
/// The most a segment carries; larger packets take more than one, and tshark puts them together again.
const SEGMENT: usize = 32_000;

/// One connection for each protocol level, in the classic format of libpcap.
pub(crate) struct Capture {
    bytes: Vec<u8>,
    /// The sequence numbers of the server by protocol level, 0 before the CONNECT.
    sequence: [u32; 6],
}

impl Capture {
    pub(crate) fn new() -> Self {
        // Magic number, version 2.4, no time zone, accuracy 0, the longest packet, link type 101: raw IP.
        let header = [0xA1B2_C3D4_u32, 0x0002_0004, 0, 0, 0x0004_0000, 101];
        Self {
            bytes: header.iter().flat_map(|word| word.to_be_bytes()).collect(),
            sequence: [0; 6],
        }
    }

    /// The file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Adds a packet that the server sends on the connection of this protocol level.
    ///
    /// The connection begins with the client's CONNECT, which tells the dissector the level.
    pub(crate) fn add(&mut self, level: u8, packet: &[u8]) {
        let client_port = 40_000 + u16::from(level);
        let connect = connect(level);
        let acknowledged = 1 + u32::try_from(connect.len()).expect("a CONNECT is small");
        let mut sequence = *self
            .sequence
            .get(usize::from(level))
            .expect("levels 3 to 5");
        if sequence == 0 {
            self.segment(client_port, SERVER_PORT, [1, 1], &connect);
            sequence = 1;
        }
        for part in packet.chunks(SEGMENT) {
            self.segment(SERVER_PORT, client_port, [sequence, acknowledged], part);
            sequence += u32::try_from(part.len()).expect("a segment is small");
        }
        *self
            .sequence
            .get_mut(usize::from(level))
            .expect("levels 3 to 5") = sequence;
    }

    /// One record: IPv4 header, TCP header with PSH and ACK, data; checksums are 0, tshark does not look at them.
    fn segment(&mut self, from: u16, to: u16, [sequence, acknowledged]: [u32; 2], data: &[u8]) {
        let length = u16::try_from(40 + data.len()).expect("a segment fits in a packet");
        let mut packet = vec![0x45, 0];
        packet.extend(length.to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
        packet.extend(from.to_be_bytes());
        packet.extend(to.to_be_bytes());
        packet.extend(sequence.to_be_bytes());
        packet.extend(acknowledged.to_be_bytes());
        packet.extend([0x50, 0x18, 0xFF, 0xFF, 0, 0, 0, 0]);
        packet.extend(data);
        let length = u32::from(length);
        // Seconds, microseconds, length in the file, length on the wire.
        for word in [0, 0, length, length] {
            self.bytes.extend(word.to_be_bytes());
        }
        self.bytes.extend(packet);
    }
}

/// A CONNECT of this protocol level with the client identifier `c`.
fn connect(level: u8) -> Vec<u8> {
    let mut body = match level {
        3 => b"\0\x06MQIsdp".to_vec(),
        _ => b"\0\x04MQTT".to_vec(),
    };
    // Protocol level, Clean Session, Keep Alive.
    body.extend([level, 0b0000_0010, 0, 60]);
    if level == 5 {
        body.push(0);
    }
    body.extend(b"\0\x01c");
    let mut packet = vec![0x10, u8::try_from(body.len()).expect("a CONNECT is small")];
    packet.extend(body);
    packet
}
