//! What a packet alone cannot tell: who sends it, how large it may be, whether problem information was asked for.

use crate::packet_type::Side;

/// What a decoder needs to know beyond the bytes; the default knows nothing and so enforces less.
///
/// ```
/// use mqtt_reason::{DecodeOptions, Side, v5};
///
/// // DISCONNECT with a Session Expiry Interval: only a Client may send that [MQTT-3.14.2-2].
/// let bytes = [0xE0, 0x07, 0x00, 0x05, 0x11, 0x00, 0x00, 0x00, 0x00];
/// let from_server = DecodeOptions::new().sender(Side::Server);
/// assert!(v5::decode(&bytes).is_ok());
/// assert!(v5::decode_with(&from_server, &bytes).is_err());
///
/// // What is set can be read, too.
/// assert_eq!(from_server.sender, Some(Side::Server));
/// assert_eq!(from_server.max_packet_size, u32::MAX);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[must_use]
pub struct DecodeOptions {
    /// Who sent the bytes, `None` if that is not known; see [`sender`](Self::sender()).
    pub sender: Option<Side>,
    /// The largest packet in bytes; see [`max_packet_size`](Self::max_packet_size()).
    pub max_packet_size: u32,
    /// Whether problem information was requested; see
    /// [`request_problem_information`](Self::request_problem_information()).
    pub request_problem_information: bool,
}

impl DecodeOptions {
    /// The options of [`new`](Self::new) as a constant, so that whoever needs a reference to them builds nothing.
    pub(crate) const DEFAULT: &Self = &Self::new();

    /// Sender unknown, no limit on the size, problem information requested.
    pub const fn new() -> Self {
        Self {
            sender: None,
            max_packet_size: u32::MAX,
            request_problem_information: true,
        }
    }

    /// Who sent the bytes: a Server decodes with [`Side::Client`], a Client with [`Side::Server`].
    ///
    /// Turns on the checks of direction (Table 2-1, all fifteen packet types), of who sends which code of AUTH (§4.12,
    /// §4.12.1), and of [MQTT-3.14.2-2]. The "Sent by" columns of PUBACK, PUBREC and DISCONNECT are descriptions: a code
    /// in the wrong column is decoded.
    pub const fn sender(mut self, sender: Side) -> Self {
        self.sender = Some(sender);
        self
    }

    /// The Maximum Packet Size that the receiver announced, in bytes, fixed header included; 1 to 4,294,967,295.
    ///
    /// A larger packet is refused as soon as its fixed header is there, whatever its type, MQTT 5.0 §3.1.2.11.4 and
    /// §3.2.2.3.6. 3.1.1 and 3.1 do not know the property; a receiver may have a limit all the same.
    pub const fn max_packet_size(mut self, max: u32) -> Self {
        self.max_packet_size = max;
        self
    }

    /// The Request Problem Information of the CONNECT packet, [MQTT-3.1.2-29]; ignored in 3.1.1 and 3.1.
    ///
    /// With `false`, Reason String and User Property are refused in every packet but CONNACK and DISCONNECT, unless
    /// the sender is known to be the Client, whom the setting does not bind.
    pub const fn request_problem_information(mut self, requested: bool) -> Self {
        self.request_problem_information = requested;
        self
    }
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// What an encoder needs to know beyond the packet; the default knows nothing and so enforces less.
///
/// ```
/// use mqtt_reason::{Encode, EncodeOptions, PacketId, v5};
///
/// let id = PacketId::new(10).unwrap();
/// let puback = v5::Puback::new(id, v5::PubackReason::NotAuthorized)
///     .with_reason_string("the topic is reserved for operators");
///
/// // The Client announced a Maximum Packet Size of 16: the Reason String is left out [MQTT-3.4.2-2].
/// let mut buffer = Vec::new();
/// puback.encode_with(&EncodeOptions::new().max_packet_size(16), &mut buffer)?;
/// assert_eq!(buffer, [0x40, 0x03, 0x00, 0x0A, 0x87]);
/// # Ok::<(), mqtt_reason::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[must_use]
pub struct EncodeOptions {
    /// Who sends the packet, `None` if that is not known; see [`sender`](Self::sender()).
    pub sender: Option<Side>,
    /// The largest packet in bytes; see [`max_packet_size`](Self::max_packet_size()).
    pub max_packet_size: u32,
    /// Whether problem information was requested; see
    /// [`request_problem_information`](Self::request_problem_information()).
    pub request_problem_information: bool,
    /// Whether packets have all their fields; see [`long_form`](Self::long_form()).
    pub long_form: bool,
}

impl EncodeOptions {
    /// The options of [`new`](Self::new) as a constant, so that whoever needs a reference to them builds nothing.
    pub(crate) const DEFAULT: &Self = &Self::new();

    /// Sender unknown, no limit on the size, problem information requested.
    pub const fn new() -> Self {
        Self {
            sender: None,
            max_packet_size: u32::MAX,
            request_problem_information: true,
            long_form: false,
        }
    }

    /// Who sends the packet: a Server encodes with [`Side::Server`].
    ///
    /// Packets, codes and properties that this side must not send are refused.
    pub const fn sender(mut self, sender: Side) -> Self {
        self.sender = Some(sender);
        self
    }

    /// The Maximum Packet Size that the receiver announced, in bytes, fixed header included; 1 to 4,294,967,295.
    ///
    /// A larger packet first loses all its User Properties, then its Reason String; if it is still too large, it is
    /// refused ([MQTT-3.1.2-24], [MQTT-3.2.2-15], [MQTT-3.2.2-19] and the like of the other packets).
    pub const fn max_packet_size(mut self, max: u32) -> Self {
        self.max_packet_size = max;
        self
    }

    /// The Request Problem Information of the CONNECT packet, [MQTT-3.1.2-29].
    ///
    /// With `false`, Reason String and User Properties are left out of every packet but CONNACK and DISCONNECT,
    /// unless the sender is known to be the Client, whom the setting does not bind.
    pub const fn request_problem_information(mut self, requested: bool) -> Self {
        self.request_problem_information = requested;
        self
    }

    /// Whether packets have all their fields: with `true`, PUBACK, PUBREC, PUBREL, PUBCOMP and DISCONNECT of 5.0 are
    /// written with reason code and Property Length, although they need neither.
    ///
    /// Some clients cannot read the short forms.
    ///
    /// ```
    /// use mqtt_reason::{Encode, EncodeOptions, v5::{Disconnect, DisconnectReason}};
    ///
    /// let mut buffer = Vec::new();
    /// let options = EncodeOptions::new().long_form(true);
    /// Disconnect::new(DisconnectReason::SessionTakenOver).encode_with(&options, &mut buffer)?;
    /// assert_eq!(buffer, [0xE0, 0x02, 0x8E, 0x00]);
    /// # Ok::<(), mqtt_reason::EncodeError>(())
    /// ```
    pub const fn long_form(mut self, long_form: bool) -> Self {
        self.long_form = long_form;
        self
    }
}

impl Default for EncodeOptions {
    fn default() -> Self {
        Self::new()
    }
}
