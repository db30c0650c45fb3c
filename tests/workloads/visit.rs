//! What a reader takes out of a decoded packet.
//!
//! Every subject shows its packets to a [`Visit`]. While the clock runs that is a [`Sum`], which keeps what it sees from
//! being optimised away and nothing more; before, it is a [`Trace`], which writes everything down for comparison.

use std::hint::black_box;

/// One reader of one packet. The numbers in front of values are Property Identifiers.
pub trait Visit {
    /// The first byte of the packet: its type and flags.
    fn kind(&mut self, first: u8);
    fn session_present(&mut self, present: bool);
    fn packet_id(&mut self, id: u16);
    /// A reason code, in whatever type the subject has; `value` tells its byte and is not called while the clock runs.
    fn code<C: Copy>(&mut self, code: C, value: impl FnOnce(C) -> u8);
    fn number(&mut self, id: u8, value: u32);
    fn text(&mut self, id: u8, value: &str);
    fn binary(&mut self, id: u8, value: &[u8]);
    fn pair(&mut self, name: &str, value: &str);
}

/// The reader of the timed passes.
#[derive(Debug, Default)]
pub struct Sum(pub u64);

impl Sum {
    #[inline(always)]
    fn add(&mut self, value: impl Into<u64>) {
        self.0 = self.0.wrapping_add(value.into());
    }
}

impl Visit for Sum {
    #[inline(always)]
    fn kind(&mut self, first: u8) {
        self.add(first);
    }

    #[inline(always)]
    fn session_present(&mut self, present: bool) {
        self.add(present);
    }

    #[inline(always)]
    fn packet_id(&mut self, id: u16) {
        self.add(id);
    }

    #[inline(always)]
    fn code<C: Copy>(&mut self, code: C, _value: impl FnOnce(C) -> u8) {
        black_box(code);
    }

    #[inline(always)]
    fn number(&mut self, _id: u8, value: u32) {
        self.add(value);
    }

    #[inline(always)]
    fn text(&mut self, _id: u8, value: &str) {
        black_box(value);
    }

    #[inline(always)]
    fn binary(&mut self, _id: u8, value: &[u8]) {
        black_box(value);
    }

    #[inline(always)]
    fn pair(&mut self, name: &str, value: &str) {
        black_box(name);
        black_box(value);
    }
}

/// One thing read from a packet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Kind(u8),
    SessionPresent(bool),
    PacketId(u16),
    Code(u8),
    Number(u8, u32),
    Text(u8, String),
    Binary(u8, Vec<u8>),
    Pair(String, String),
}

impl Field {
    /// Whether this is the value that the specification gives to a property which is absent. Some crates have no way
    /// to say "absent", and do not write it.
    fn is_default(&self) -> bool {
        matches!(
            self,
            Self::Number(0x21, 65_535)
                | Self::Number(0x22, 0)
                | Self::Number(0x24, 2)
                | Self::Number(0x25 | 0x28 | 0x29 | 0x2A, 1)
        )
    }
}

/// Everything read from a packet.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Trace(pub Vec<Field>);

impl Trace {
    /// Whether `self` means the same as `expected`: the same fields, whatever the order of the properties, and whether
    /// or not defaults are written out.
    pub fn agrees_with(&self, expected: &Self) -> bool {
        let sorted = |trace: &Self| {
            let (mut codes, mut rest): (Vec<_>, Vec<_>) = trace
                .0
                .iter()
                .cloned()
                .partition(|field| matches!(field, Field::Code(_)));
            rest.retain(|field| !field.is_default());
            rest.sort();
            codes.append(&mut rest);
            codes
        };
        sorted(self) == sorted(expected)
    }
}

impl Visit for Trace {
    fn kind(&mut self, first: u8) {
        self.0.push(Field::Kind(first));
    }

    fn session_present(&mut self, present: bool) {
        self.0.push(Field::SessionPresent(present));
    }

    fn packet_id(&mut self, id: u16) {
        self.0.push(Field::PacketId(id));
    }

    fn code<C: Copy>(&mut self, code: C, value: impl FnOnce(C) -> u8) {
        self.0.push(Field::Code(value(code)));
    }

    fn number(&mut self, id: u8, value: u32) {
        self.0.push(Field::Number(id, value));
    }

    fn text(&mut self, id: u8, value: &str) {
        self.0.push(Field::Text(id, value.to_owned()));
    }

    fn binary(&mut self, id: u8, value: &[u8]) {
        self.0.push(Field::Binary(id, value.to_vec()));
    }

    fn pair(&mut self, name: &str, value: &str) {
        self.0.push(Field::Pair(name.to_owned(), value.to_owned()));
    }
}
