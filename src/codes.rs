//! Codes in a packet: one, or the payload of SUBACK and UNSUBACK, a list with one code per Topic Filter.

use core::fmt;
use core::slice;

use bytes::BufMut;
use nom::Offset;

use crate::error::{ErrorKind, Parsed, refuse};
use crate::options::DecodeOptions;
use crate::packet_type::PacketType;
use crate::reason::{Code, PacketReason};
use crate::wire;

/// One or more codes in the order of the Topic Filters they answer, [MQTT-3.9.3-1], [MQTT-3.11.3-1].
///
/// A list borrows either the bytes of a decoded packet, checked, or a slice of codes.
///
/// ```
/// use mqtt_reason::{CodeList, v5::SubackReason};
///
/// let codes = [SubackReason::GrantedQos1, SubackReason::NotAuthorized];
/// let list = CodeList::new(&codes).unwrap();
/// assert_eq!(list.len(), 2);
/// assert!(list.iter().eq(codes));
/// assert!(CodeList::<SubackReason>::new(&[]).is_none());
/// ```
#[derive(Clone, Copy)]
pub struct CodeList<'a, C> {
    source: Source<'a, C>,
}

#[derive(Clone, Copy)]
enum Source<'a, C> {
    /// Bytes of a packet, all in the table, at least one.
    Wire(&'a [u8]),
    /// Codes to be sent, at least one.
    List(&'a [C]),
}

/// How many codes are handled at a time.
const BLOCK: usize = 64;

impl<'a, C: Code> CodeList<'a, C> {
    /// A list of codes to send, `None` if there is none: a SUBACK or UNSUBACK has at least one code, §3.9.3, §3.11.3.
    #[must_use]
    pub const fn new(codes: &'a [C]) -> Option<Self> {
        if codes.is_empty() {
            None
        } else {
            Some(Self {
                source: Source::List(codes),
            })
        }
    }

    /// All the rest of a packet as codes.
    #[inline]
    pub(crate) fn parse(i: &'a [u8], packet: PacketType, refusal: RefuseCode) -> Parsed<'a, Self> {
        if i.is_empty() {
            return refuse(i, ErrorKind::NoCodes { packet });
        }
        let Some(block) = i.chunks(BLOCK).find(|block| !all_defined::<C>(block)) else {
            let source = Source::Wire(i);
            return Ok((&[], Self { source }));
        };
        let before = block
            .iter()
            .take_while(|byte| C::undefined(**byte) == 0)
            .count();
        let at = i
            .get(i.offset(block).saturating_add(before)..)
            .unwrap_or_default();
        let code = at.first().copied().unwrap_or_default();
        refuse(at, refusal(packet, code))
    }

    /// How many codes there are: at least 1.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub const fn len(&self) -> usize {
        match self.source {
            Source::Wire(bytes) => bytes.len(),
            Source::List(codes) => codes.len(),
        }
    }

    /// The codes in order.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> CodeIter<'a, C> {
        let rest = match self.source {
            Source::Wire(bytes) => Rest::Wire(bytes.iter()),
            Source::List(codes) => Rest::List(codes.iter()),
        };
        CodeIter { rest }
    }

    /// The code with this index, counted from 0; `None` past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<C> {
        match self.source {
            Source::Wire(bytes) => bytes.get(index).copied().and_then(C::from_u8),
            Source::List(codes) => codes.get(index).copied(),
        }
    }

    /// Writes the codes.
    #[inline]
    pub(crate) fn put<B: BufMut>(&self, dst: &mut B) {
        match self.source {
            Source::Wire(bytes) => dst.put_slice(bytes),
            Source::List(codes) => put_codes(codes, dst),
        }
    }
}

/// Whether the list has every code. No branch per code: a table look-up each, eight without a branch.
#[inline]
fn all_defined<C: Code>(bytes: &[u8]) -> bool {
    let undefined = |seen, byte: &u8| seen | C::undefined(*byte);
    let rest = bytes.chunks_exact(8).remainder();
    let seen = rest.iter().fold(0, undefined);
    let seen = wire::words(bytes).fold(seen, |seen, eight| eight.iter().fold(seen, undefined));
    seen == 0
}

/// Writes codes a block at a time: most lists are one block, and a buffer takes a block faster than its bytes.
fn put_codes<C: Code, B: BufMut>(codes: &[C], dst: &mut B) {
    for block in codes.chunks(BLOCK) {
        let mut bytes = [0; BLOCK];
        for (byte, code) in bytes.iter_mut().zip(block) {
            *byte = code.as_u8();
        }
        dst.put_slice(bytes.get(..block.len()).unwrap_or_default());
    }
}

/// A reason code of the packet's table; in AUTH one that the sender, if known, may send.
///
/// # Conformance
///
/// A code outside the table is a protocol error: nine statements say that the sender MUST use one of the table's, none
/// names the class. The "Sent by" columns of PUBACK, PUBREC and DISCONNECT are descriptions: no statement forbids the
/// other side to send such a code, and deployed clients do. §4.12 and §4.12.1 define who sends which code of AUTH in
/// which step, and nothing else.
#[inline(always)]
pub(crate) fn reason_code<'a, R: PacketReason>(
    i: &'a [u8],
    options: &DecodeOptions,
) -> Parsed<'a, R> {
    let packet = R::PACKET;
    let (rest, code) = wire::byte(i)?;
    let Some(reason) = R::from_u8(code) else {
        return refuse(i, ErrorKind::ReasonCode { packet, code });
    };
    match options.sender {
        Some(sender) if is_auth::<R>() && !reason.can_be_sent_by(sender) => refuse(
            i,
            ErrorKind::ReasonCodeSender {
                packet,
                code,
                sender,
            },
        ),
        _ => Ok((rest, reason)),
    }
}

/// Whether the codes are those of AUTH; known when it is compiled.
const fn is_auth<R: PacketReason>() -> bool {
    matches!(R::PACKET, PacketType::Auth)
}

/// Makes the error for an undefined code: reason codes in 5.0, return codes in 3.x.
pub(crate) type RefuseCode = fn(PacketType, u8) -> ErrorKind;

impl<'a, C: Code> IntoIterator for CodeList<'a, C> {
    type Item = C;
    type IntoIter = CodeIter<'a, C>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, C: Code> IntoIterator for &CodeList<'a, C> {
    type Item = C;
    type IntoIter = CodeIter<'a, C>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Equal if the same codes are listed in the same order, wherever they are borrowed from.
impl<C: Code> PartialEq for CodeList<'_, C> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<C: Code> Eq for CodeList<'_, C> {}

impl<C: Code> fmt::Debug for CodeList<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The codes of a [`CodeList`] in order.
#[derive(Clone, Debug)]
pub struct CodeIter<'a, C> {
    rest: Rest<'a, C>,
}

/// What an iterator has not yet read.
#[derive(Clone, Debug)]
enum Rest<'a, C> {
    /// Codes of a decoded packet.
    Wire(slice::Iter<'a, u8>),
    /// Codes to be sent.
    List(slice::Iter<'a, C>),
}

impl<C: Code> Iterator for CodeIter<'_, C> {
    type Item = C;

    #[inline]
    fn next(&mut self) -> Option<C> {
        match &mut self.rest {
            Rest::Wire(bytes) => bytes.next().and_then(|byte| C::from_u8(*byte)),
            Rest::List(codes) => codes.next().copied(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.rest {
            Rest::Wire(bytes) => bytes.size_hint(),
            Rest::List(codes) => codes.size_hint(),
        }
    }
}

impl<C: Code> ExactSizeIterator for CodeIter<'_, C> {}
impl<C: Code> core::iter::FusedIterator for CodeIter<'_, C> {}
