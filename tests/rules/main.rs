//! The rules of the specifications, one test or more for each, named after the rule: `tests/spec/rules.md` lists them,
//! `tests/spec/decisions.md` says what this crate does where the specifications leave a choice.
//!
//! Every test writes the bytes out and checks class, offset, rule, kind and answer of a refusal.
//!
//! Rules without a test, because no codec can break or check them:
//!
//! * R1 to R7 and R9 define the classes and say how to close a connection. The class and the answer of every refusal
//!   are checked by each test here; sending the answer and closing is for the code that owns the connection.
//! * R35, R36 and R37 compare Session Present with Clean Start and with the Session State, R38 the CONNACK with what
//!   came before it: they need the connection.
//! * R44 needs the phase of the authentication.
//! * R50, R51 and R54 say what to do with a packet once it is read.
//! * R75, R78, R79, R81 and R82 compare a packet with the CONNECT packet of the connection.
//! * R107 sums up what else is left to the code above a codec.

#[macro_use]
#[path = "../shown/mod.rs"]
mod shown;

mod building;
mod codes;
mod connack;
mod debug;
mod decisions;
mod fixed_header;
mod layout;
mod limits;
mod mapping;
mod odd;
mod properties;
mod strings;
mod support;
mod tested;
mod v3;
