//! Codes in a packet: one, or the payload of SUBACK and UNSUBACK, a list with one code per Topic Filter.

use core::fmt;
use core::marker::PhantomData;
use core::slice;

use bytes::BufMut;
use nom::Parser;
use nom::combinator::map_res;

use crate::error::{ErrorKind, Parsed, refuse};
use crate::options::DecodeOptions;
use crate::packet_type::PacketType;
use crate::reason::sealed::Internal;
use crate::reason::{Code, PacketReason};
use crate::wire::{self, seldom};

/// One or more codes in the order of the Topic Filters they answer, [MQTT-3.9.3-1], [MQTT-3.11.3-1]: bytes that were
/// checked.
///
/// ```
/// use mqtt_reason::{CodeList, v5::SubackReason};
///
/// let list = CodeList::<SubackReason>::from_bytes(&[0x01, 0x87])?;
/// assert!(list.iter().eq([SubackReason::GrantedQos1, SubackReason::NotAuthorized]));
/// assert_eq!(list.iter().next_back(), list.get(1));
///
/// // 0x8B is no code of a SUBACK.
/// assert!(CodeList::<SubackReason>::from_bytes(&[0x01, 0x8B]).is_err());
///
/// let mut buffer = [0; 8];
/// let codes = [SubackReason::GrantedQos0; 3];
/// assert_eq!(CodeList::collect_in(codes, &mut buffer).map(|list| list.len()), Some(3));
/// # Ok::<(), mqtt_reason::CodeListError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeList<'a, C> {
    /// All in the table, at least one.
    bytes: &'a [u8],
    codes: PhantomData<C>,
}

/// Bytes that are no list of codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodeListError {
    /// There is not a single code: a SUBACK or UNSUBACK has at least one, §3.9.3, §3.11.3.
    #[error("no code")]
    Empty,
    /// A byte is not in the packet's table.
    #[error("code {value:#04x} at index {index} is not defined here")]
    #[non_exhaustive]
    Undefined {
        /// The place of the byte, counted from 0.
        index: usize,
        /// The byte.
        value: u8,
    },
}

/// How many codes are written at a time.
const BLOCK: usize = 64;

impl<'a, C: Code> CodeList<'a, C> {
    /// The list of the codes with these values.
    ///
    /// # Errors
    ///
    /// There is none, or the first that is not in the packet's table.
    #[inline]
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, CodeListError> {
        if bytes.is_empty() {
            Err(CodeListError::Empty)
        } else if all_defined::<C>(bytes) {
            Ok(Self::of_checked(bytes))
        } else {
            let (index, value) = first_undefined::<C>(bytes);
            Err(CodeListError::Undefined { index, value })
        }
    }

    /// Writes codes into `buffer` and borrows them from there; `None` if there is none or no room for one of them.
    ///
    /// [`v5::SubscriptionAck::new`](crate::v5::SubscriptionAck::new) takes the iterator itself.
    pub fn collect_in(codes: impl IntoIterator<Item = C>, buffer: &'a mut [u8]) -> Option<Self> {
        let mut len: usize = 0;
        for code in codes {
            *buffer.get_mut(len)? = code.as_u8();
            len = len.saturating_add(1);
        }
        match buffer.get(..len) {
            Some(bytes @ [_, ..]) => Some(Self::of_checked(bytes)),
            _ => None,
        }
    }

    /// All the rest of a packet as codes.
    #[inline]
    pub(crate) fn parse(i: &'a [u8], packet: PacketType, refusal: RefuseCode) -> Parsed<'a, Self> {
        if i.is_empty() {
            return refuse(i, ErrorKind::NoCodes { packet });
        }
        if all_defined::<C>(i) {
            return Ok((&[], Self::of_checked(i)));
        }
        let (index, code) = first_undefined::<C>(i);
        refuse(i.get(index..).unwrap_or_default(), refusal(packet, code))
    }

    /// The codes in order.
    #[inline]
    #[must_use]
    pub fn iter(&self) -> CodeIter<'a, C> {
        CodeIter {
            rest: self.bytes.iter(),
            codes: PhantomData,
        }
    }

    /// The code with this index, counted from 0; `None` past the end.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<C> {
        self.bytes.get(index).copied().and_then(C::from_u8)
    }
}

impl<'a, C> CodeList<'a, C> {
    /// A list of codes that are all in the table, at least one.
    #[inline]
    pub(crate) const fn of_checked(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            codes: PhantomData,
        }
    }

    /// The values of the codes.
    #[inline]
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many codes there are: at least 1.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub const fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// Whether the list has every code. No branch per code: a table look-up each.
///
/// A function of its own, so that no other code decides where its loop is placed: in the caller, 64 codes (W4 of
/// `benches/loops`) were decoded in 36 or 45 ns, whenever something else had changed.
#[inline(never)]
fn all_defined<C: Code>(bytes: &[u8]) -> bool {
    let undefined = |seen, byte: &u8| seen | C::undefined(*byte, Internal);
    let (mut seen, mut rest) = (0, bytes);
    // Eight at a time: what the call costs, W4 gets back.
    while let Some((eight, after)) = rest.split_first_chunk::<8>() {
        seen = eight.iter().fold(seen, undefined);
        rest = after;
    }
    rest.iter().fold(seen, undefined) == 0
}

/// The first byte that is not in the list, and its place.
#[cold]
fn first_undefined<C: Code>(bytes: &[u8]) -> (usize, u8) {
    let mut places = (0..).zip(bytes.iter().copied());
    places
        .find(|(_, byte)| C::undefined(*byte, Internal) != 0)
        .unwrap_or_default()
}

/// Writes codes: up to eight, as in most lists, from one number, more of them a block at a time.
///
/// The processor waits where bytes that were just stored one by one are copied together: to write a SUBACK with three codes
/// takes 4.6 ns so, and 7.1 with a block.
#[inline(always)]
pub(crate) fn put_codes<C: Code, B: BufMut>(
    mut codes: impl Iterator<Item = C> + Clone,
    dst: &mut B,
) {
    if codes.size_hint().0 > 8 {
        seldom();
        return put_more_codes(codes, dst);
    }
    let (mut word, mut bits) = (0_u64, 0_u32);
    for code in codes.by_ref().take(8) {
        word |= u64::from(code.as_u8()) << bits;
        bits = bits.saturating_add(u8::BITS);
    }
    if bits == u64::BITS {
        seldom();
        dst.put_u64_le(word);
        return put_more_codes(codes, dst);
    }
    // As many as the number of bytes has 4, 2 and 1 in it.
    if bits & 32 != 0 {
        let [a, b, c, d, rest @ ..] = word.to_le_bytes();
        dst.put_u32_le(u32::from_le_bytes([a, b, c, d]));
        word = u32::from_le_bytes(rest).into();
    }
    if bits & 16 != 0 {
        let [a, b, ..] = word.to_le_bytes();
        dst.put_u16_le(u16::from_le_bytes([a, b]));
        word >>= 16;
    }
    if bits & 8 != 0 {
        let [a, ..] = word.to_le_bytes();
        dst.put_u8(a);
    }
}

/// Writes codes, a block at a time.
///
/// A block is filled from a clone, and written as a whole: the compiler then copies a slice of codes sixteen at a time, and
/// a SUBACK with 64 codes takes 7 ns in place of 23.
#[inline(never)]
fn put_more_codes<C: Code, B: BufMut>(mut codes: impl Iterator<Item = C> + Clone, dst: &mut B) {
    loop {
        let mut block = [0; BLOCK];
        let mut len: usize = 0;
        for (byte, code) in block.iter_mut().zip(codes.clone()) {
            *byte = code.as_u8();
            // At most a block.
            len = len.wrapping_add(1);
        }
        if len < BLOCK {
            return dst.put_slice(block.get(..len).unwrap_or_default());
        }
        dst.put_slice(&block);
        if codes.nth(BLOCK - 1).is_none() {
            return;
        }
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
    map_res(wire::byte, |code| {
        let reason = R::from_u8(code).ok_or(ErrorKind::ReasonCode { packet, code })?;
        match options.sender {
            Some(sender) if is_auth::<R>() && !reason.can_be_sent_by(sender) => {
                Err(ErrorKind::ReasonCodeSender {
                    packet,
                    code,
                    sender,
                })
            }
            _ => Ok(reason),
        }
    })
    .parse(i)
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

impl<C: Code> fmt::Debug for CodeList<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The codes of a [`CodeList`] in order.
#[derive(Clone, Debug)]
pub struct CodeIter<'a, C> {
    rest: slice::Iter<'a, u8>,
    codes: PhantomData<C>,
}

impl<C: Code> Iterator for CodeIter<'_, C> {
    type Item = C;

    #[inline]
    fn next(&mut self) -> Option<C> {
        self.rest.next().and_then(|byte| C::from_u8(*byte))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rest.size_hint()
    }
}

impl<C: Code> DoubleEndedIterator for CodeIter<'_, C> {
    #[inline]
    fn next_back(&mut self) -> Option<C> {
        self.rest.next_back().and_then(|byte| C::from_u8(*byte))
    }
}

impl<C: Code> ExactSizeIterator for CodeIter<'_, C> {}
impl<C: Code> core::iter::FusedIterator for CodeIter<'_, C> {}
