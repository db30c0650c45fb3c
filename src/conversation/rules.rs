//! The one table of rules across packets: for each row what is checked, its numbers in each version, class and answer.

use crate::error::ErrorClass;
use crate::packet_type::{Side, Version};

/// How a rule is treated by the checker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a rule is checked in one of two kinds, remembered, or not checked"
)]
pub enum Check {
    /// A breach is a finding: the specification says MUST, or names an error.
    Violation,
    /// A breach is a finding, but nothing forbids it: it is described otherwise, implausible, or a SHOULD.
    Odd,
    /// Nothing is told: the rule decides what is remembered, or says that something is no fault.
    State,
    /// Not checked, because of this.
    NotChecked(&'static str),
}

/// A rule that needs more than one packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The name of the rule in this table: a letter for the group and a number.
    pub row: &'static str,
    /// Whether it is checked, and what a breach is.
    pub check: Check,
    /// Its statement (`MQTT-3.1.0-1`) or section (`3.13`) in MQTT 5.0; if there are two, one for a Client and one for a
    /// Server. Empty if it does not exist there.
    pub v5_0: &'static [&'static str],
    /// The same in 3.1.1.
    pub v3_1_1: &'static [&'static str],
    /// The same in 3.1.
    pub v3_1: &'static [&'static str],
    /// The class of a breach in MQTT 5.0; `None` if the text names none.
    pub class: Option<ErrorClass>,
    /// The reason code to answer with in MQTT 5.0; `None` if there is nobody to answer, or nothing to say.
    pub answer: Option<u8>,
    /// The rule in a few words.
    pub says: &'static str,
}

impl Rule {
    /// The number of the rule in this version, if `by` breaks it.
    pub(super) fn number(&self, version: Version, by: Side) -> &'static str {
        let numbers = match version {
            Version::V5_0 => self.v5_0,
            Version::V3_1_1 => self.v3_1_1,
            Version::V3_1 => self.v3_1,
        };
        match (numbers, by) {
            (&[client, _], Side::Client) => client,
            (&[_, server], Side::Server) => server,
            (&[both, ..], _) => both,
            (&[], _) => self.v5_0.first().copied().unwrap_or_default(),
        }
    }
}

/// Makes the rows' names and the table of them.
macro_rules! rules {
    ($($row:ident $check:expr, $class:ident $answer:expr, [$($v5:literal)*] [$($v4:literal)*] [$($v3:literal)*] $says:literal;)+) => {
        /// A row of the table.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[expect(dead_code, reason = "rows that are not checked are in the table, too")]
        pub(super) enum Row {
            $($row,)+
        }

        /// Every rule across packets that the specification has for the packets of this crate, checked or not.
        pub const RULES: &[Rule] = &[$(Rule {
            row: stringify!($row),
            check: $check,
            v5_0: &[$($v5),*],
            v3_1_1: &[$($v4),*],
            v3_1: &[$($v3),*],
            class: class::$class,
            answer: $answer,
            says: $says,
        }),+];
    };
}

/// Short names for the table.
mod class {
    use super::ErrorClass;

    pub(super) const PE: Option<ErrorClass> = Some(ErrorClass::ProtocolError);
    pub(super) const MP: Option<ErrorClass> = Some(ErrorClass::MalformedPacket);
    pub(super) const TL: Option<ErrorClass> = Some(ErrorClass::PacketTooLarge);
    pub(super) const NO: Option<ErrorClass> = None;
}

use Check::{NotChecked, Odd, State, Violation};

/// Why rules about a Session are not checked.
const SESSION: Check =
    NotChecked("it needs the Session of earlier connections, which is not remembered");
/// Why rules about one side's knowledge are not checked.
const SELF: Check = NotChecked("only the side itself knows what it rests on");

rules! {
    // Sequence.
    S1 Violation, PE None, ["MQTT-3.1.0-1"] ["MQTT-3.1.0-1"] ["3.1"] "the first packet of a Client is CONNECT";
    S2 Violation, PE Some(0x82), ["MQTT-3.1.0-2"] ["MQTT-3.1.0-2"] ["3.1"] "a Client sends one CONNECT";
    S3 Violation, PE Some(0x82), ["MQTT-3.2.0-1"] ["MQTT-3.2.0-1"] ["3.2"] "before CONNACK a Server sends nothing but AUTH";
    S4 Violation, PE Some(0x82), ["MQTT-3.2.0-2"] ["3.2"] ["3.2"] "a Server sends one CONNACK; odd in 3.x, which does not say so";
    S5 Violation, PE None, ["MQTT-3.2.2-7"] ["MQTT-3.2.2-5"] [] "after a CONNACK that refuses the Server sends nothing";
    S6 State, NO None, ["MQTT-3.1.4-6"] ["MQTT-3.1.4-5"] [] "what a Client sends after a refused CONNECT is not processed";
    S7 Violation, PE None, ["MQTT-3.14.0-1"] [] [] "a Server sends no DISCONNECT before a CONNACK that accepts";
    S8 Violation, PE None, ["MQTT-3.14.4-1"] ["MQTT-3.14.4-2"] ["3.14"] "nothing follows a DISCONNECT";
    S9 Violation, PE Some(0x82), ["MQTT-3.1.2-30"] [] [] "a Client that authenticates sends AUTH or DISCONNECT until CONNACK";
    S10 State, NO None, ["3.1.4"] ["3.1.4"] ["3.1"] "a Client may send at once after CONNECT";
    S11 NotChecked("a Server that goes on after an error of the Client was told the error; nothing sets the time to close"), NO None,
        ["MQTT-4.13.1-1"] [] [] "a Server closes after a malformed packet or a protocol error";
    S12 NotChecked("nothing sets the time to close; a packet that follows is told as S5 or S8"), NO None,
        ["MQTT-4.13.2-1"] [] [] "after a code of 0x80 and above in CONNACK or DISCONNECT the connection closes";
    S13 Violation, MP None, ["3.2.2"] ["MQTT-3.1.2-2"] [] "a CONNACK has the layout of the version; 20 02 00 01 to a Client of 5.0 is odd";
    // CONNACK against CONNECT.
    K1 Violation, PE Some(0x82), ["MQTT-3.2.2-2"] ["MQTT-3.2.2-1"] [] "no Session Present after Clean Start";
    K2 SESSION, PE None, ["MQTT-3.2.2-3"] ["MQTT-3.2.2-2"] [] "Session Present tells whether the Server has Session State";
    K3 SESSION, NO None, ["MQTT-3.2.2-4"] ["3.2.2.2"] [] "a Client without Session State closes after Session Present";
    K4 SESSION, NO None, ["MQTT-3.2.2-5"] [] [] "a Client drops its Session State if Session Present is 0";
    K5 Violation, PE Some(0x82), ["MQTT-3.2.2-16" ] [] [] "an empty Client Identifier gets a new one in CONNACK";
    K6 Odd, NO None, ["3.2.2.3.7"] [] [] "an Assigned Client Identifier answers an empty one";
    K7 Violation, PE Some(0x82), ["MQTT-3.1.2-28"] [] [] "no Response Information that was not requested";
    K8 Violation, PE Some(0x82), ["MQTT-4.12.0-5"] [] [] "an accepting CONNACK has the Authentication Method of CONNECT";
    K9 Violation, PE Some(0x82), ["MQTT-4.12.0-6"] [] [] "no Authentication Method in CONNACK if CONNECT had none";
    K10 Odd, NO None, ["3.2.2.3.18"] [] [] "no Authentication Data without Authentication Method in CONNACK";
    K11 State, NO None, ["3.2.2.3.2"] [] [] "Session Expiry Interval of CONNACK replaces that of CONNECT";
    K12 State, NO None, ["MQTT-3.2.2-21"] [] [] "Server Keep Alive replaces Keep Alive";
    K13 NotChecked("only the Server knows which versions it supports; the layout of its answer is S13"), NO None,
        ["MQTT-3.1.2-2"] ["MQTT-3.1.2-2"] ["3.1"] "an unsupported version is refused with 0x84 or 0x01";
    K14 Violation, NO None, ["MQTT-3.1.3-8"] ["MQTT-3.1.3-8"] [] "3.1.1: an empty Client Identifier without Clean Session is refused with 0x02";
    K15 SELF, NO None, ["MQTT-3.2.2-12"] [] [] "a Will that is not supported refuses the connection";
    K16 SELF, NO None, ["MQTT-4.12.0-1"] [] [] "a Server may refuse an Authentication Method";
    K17 Odd, NO None, ["MQTT-3.1.4-5"] ["MQTT-3.1.4-4"] ["3.1"] "CONNECT is answered with CONNACK";
    K18 Odd, NO None, ["3.2.2.2"] [] [] "a refusal names what CONNECT has: a method, a Will, a user name";
    // Enhanced authentication.
    A1 Violation, PE Some(0x82), ["MQTT-4.12.0-7"] [] [] "a Client sends AUTH only if CONNECT has an Authentication Method";
    A2 Violation, PE Some(0x82), ["MQTT-4.12.0-6"] [] [] "a Server sends AUTH only if CONNECT has an Authentication Method";
    A3 Violation, PE Some(0x82), ["MQTT-4.12.0-5"] [] [] "every AUTH has the Authentication Method of CONNECT";
    A4 Violation, PE Some(0x82), ["MQTT-4.12.0-2"] [] [] "a Server's AUTH before CONNACK is 0x18";
    A5 Violation, PE Some(0x82), ["MQTT-4.12.0-3"] [] [] "a Client's AUTH before CONNACK is 0x18";
    A6 Odd, NO Some(0x82), ["4.12"] [] [] "a Client's AUTH before CONNACK answers one of the Server";
    A7 NotChecked("0x19 before CONNACK is told as A5, and a decoder that knows the sender refuses 0x19 from a Server"), NO None,
        ["4.12.1"] [] [] "0x19 is a Client's, after CONNACK";
    A8 Odd, NO Some(0x82), ["4.12.1"] [] [] "a Server's AUTH after CONNACK answers one of the Client";
    A9 Odd, NO Some(0x82), ["4.12.1"] [] [] "a Client's AUTH 0x18 after CONNACK answers one of the Server";
    A10 State, NO None, ["4.12.1"] [] [] "a second 0x19 while one is running is not described";
    A11 NotChecked("which code fits a failed re-authentication is the sender's choice, and nothing sets the time to close"), NO None,
        ["MQTT-4.12.1-2"] [] [] "a failed re-authentication ends the connection";
    A12 State, NO None, ["4.13.1"] [] [] "a Client may answer a wrong AUTH with DISCONNECT";
    // PUBACK, PUBREC, PUBREL, PUBCOMP.
    Q1 Violation, NO Some(0x91), ["MQTT-2.2.1-3" "MQTT-2.2.1-4"] ["MQTT-2.3.1-2" "MQTT-2.3.1-4"] ["2.4"] "a new packet takes an identifier that its sender does not use";
    Q2 Violation, PE Some(0x82), ["MQTT-3.3.4-1"] ["MQTT-3.3.4-1"] ["3.3"] "QoS 1 is answered with PUBACK, QoS 2 with PUBREC";
    Q3 Violation, PE Some(0x82), ["MQTT-2.2.1-5"] ["MQTT-2.3.1-6"] ["3.4"] "PUBACK names a PUBLISH of QoS 1 that waits for it";
    Q4 Odd, NO Some(0x92), ["MQTT-2.2.1-5"] ["MQTT-2.3.1-6"] ["3.5"] "PUBREC names a PUBLISH of QoS 2";
    Q5 Odd, NO None, ["MQTT-4.3.3-4"] ["MQTT-4.3.3-1"] ["3.5"] "PUBREC is answered with PUBREL";
    Q6 Odd, NO Some(0x92), ["MQTT-4.3.3-4"] [] [] "no PUBREL after a PUBREC that refuses";
    Q7 State, NO None, ["MQTT-4.3.3-9"] ["4.3.3"] ["4.1"] "after the last acknowledgement an identifier is free";
    Q8 Odd, NO Some(0x92), ["3.6.2.1"] ["MQTT-2.3.1-6"] ["3.6"] "PUBREL names an identifier whose PUBREC came";
    Q9 Odd, NO None, ["MQTT-4.3.3-11"] ["MQTT-4.3.3-2"] ["3.6"] "PUBREL is answered with PUBCOMP";
    Q10 Violation, PE Some(0x82), ["MQTT-2.2.1-5"] ["MQTT-2.3.1-6"] ["3.7"] "PUBCOMP names a PUBREL that waits for it; odd before that PUBREL";
    Q11 Odd, NO None, ["3.6.2.1"] [] [] "0x92 about an identifier that the other side holds: their Session States differ";
    Q12 Violation, PE Some(0x82), ["MQTT-4.3.3-6"] ["MQTT-4.3.3-1"] ["4.1"] "a PUBLISH is not sent again after its PUBREL; odd in 3.1";
    Q13 State, NO None, ["MQTT-4.3.3-10"] ["MQTT-4.3.3-2"] ["4.1"] "a repeated PUBLISH of QoS 2 gets PUBREC again";
    Q14 Violation, PE Some(0x82), ["MQTT-4.4.0-1"] [] [] "PUBLISH and PUBREL are sent again after a reconnect only";
    Q15 Violation, NO None, ["MQTT-4.6.0-2"] ["MQTT-4.6.0-2"] [] "a Client sends PUBACK in the order of the PUBLISH packets";
    Q16 Violation, NO None, ["MQTT-4.6.0-3"] ["MQTT-4.6.0-3"] [] "a Client sends PUBREC in the order of the PUBLISH packets";
    Q17 Violation, NO None, ["MQTT-4.6.0-4"] ["MQTT-4.6.0-4"] [] "a Client sends PUBREL in the order of the PUBREC packets";
    Q18 State, NO None, ["4.6"] ["4.6"] [] "a Server is not bound to these orders";
    Q19 Odd, NO None, ["MQTT-4.5.0-2" "MQTT-3.3.4-1"] ["MQTT-4.5.0-2" "MQTT-3.3.4-1"] ["3.3"] "a PUBLISH of QoS 1 and 2 is acknowledged";
    Q20 Violation, PE Some(0x93), ["MQTT-3.3.4-7" "MQTT-3.3.4-9"] [] [] "at most Receive Maximum PUBLISH packets are unacknowledged";
    Q21 State, NO None, ["MQTT-4.9.0-3"] [] [] "acknowledgements flow whatever the quota";
    Q22 State, NO None, ["4.9"] [] [] "the quota starts anew with each connection";
    Q23 SELF, NO None, ["MQTT-4.8.2-6"] [] [] "a message of a Shared Subscription that a Client refuses goes to nobody else";
    Q24 SESSION, NO None, ["MQTT-3.2.2-5"] ["3.2.2.2"] [] "after Session Present 0 earlier identifiers are void";
    Q25 State, NO None, ["3.1.4"] ["3.1.4"] ["3.1"] "acknowledgements before CONNACK are legal";
    // SUBACK, UNSUBACK.
    B1 Odd, NO None, ["MQTT-3.8.4-1"] ["MQTT-3.8.4-1"] ["3.8"] "SUBSCRIBE is answered with SUBACK";
    B2 Violation, PE Some(0x82), ["MQTT-2.2.1-6"] ["MQTT-2.3.1-7"] ["3.9"] "SUBACK names a SUBSCRIBE, UNSUBACK an UNSUBSCRIBE that waits for it";
    B3 Violation, PE Some(0x82), ["MQTT-3.8.4-6"] ["MQTT-3.8.4-5"] ["3.9"] "SUBACK has a code for each Topic Filter";
    B4 Odd, NO None, ["MQTT-3.8.4-7"] ["MQTT-3.8.4-6"] ["3.9"] "SUBACK grants no QoS above the requested one";
    B5 NotChecked("the Client's SUBSCRIBE is told as P3; a refusal in SUBACK instead of DISCONNECT follows from it"), NO None,
        ["3.2.2.3.11"] [] [] "what is not available is answered with DISCONNECT";
    B6 Odd, NO None, ["3.9.3"] [] [] "a code of SUBACK fits the Topic Filter that it refuses";
    B7 Odd, NO None, ["MQTT-3.10.4-4"] ["MQTT-3.10.4-4"] ["3.10"] "UNSUBSCRIBE is answered with UNSUBACK";
    B8 Violation, PE Some(0x82), ["MQTT-3.11.3-1"] [] [] "UNSUBACK has a code for each Topic Filter";
    B9 SESSION, NO None, ["3.11.3"] [] [] "0x11 says that there was no such subscription";
    B10 State, NO None, ["3.8.4"] ["3.8.4"] ["3.8"] "a PUBLISH may come before the SUBACK";
    B11 State, NO None, ["2.2.1"] ["2.3.1"] ["2.4"] "an identifier is free after its acknowledgement";
    // DISCONNECT.
    E1 Violation, PE Some(0x82), ["3.14.2.2.2"] [] [] "no Session Expiry Interval in DISCONNECT if that of CONNECT was 0";
    E2 State, NO None, ["3.14.2.2.2"] [] [] "Session Expiry Interval of DISCONNECT replaces that of CONNECT";
    E3 State, NO None, ["MQTT-3.14.4-3"] ["MQTT-3.14.4-3"] ["3.14"] "a DISCONNECT with 0x00 drops the Will";
    E4 NotChecked("it needs the other connections of the Client Identifier"), NO None,
        ["MQTT-3.1.4-3"] ["MQTT-3.1.4-2"] ["3.1"] "a second connection of a Client Identifier ends the first";
    E5 Odd, NO None, ["4.13.1"] [] [] "a code about a limit needs a limit that was announced";
    E6 State, NO None, ["3.14.2.1"] [] [] "0x04 without a Will is not forbidden";
    E7 NotChecked("nothing sets the time to close"), NO None, ["3.14.4"] ["3.14.4"] ["3.14"] "who receives DISCONNECT closes";
    E8 Violation, NO None, [] ["2.2.1"] ["3.14"] "3.x: a Server sends no DISCONNECT";
    // Limits announced by the other side.
    L1 Violation, TL Some(0x95), ["MQTT-3.1.2-24"] [] [] "no packet above the Client's Maximum Packet Size";
    L2 Violation, TL Some(0x95), ["MQTT-3.2.2-15"] [] [] "no packet above the Server's Maximum Packet Size";
    L3 Violation, PE Some(0x82), ["MQTT-3.1.2-29"] [] [] "no Reason String and User Property that was not requested";
    L4 SELF, NO None, ["MQTT-3.1.2-25"] [] [] "a message too large for the Client is dropped";
    L5 NotChecked("it is told as P5"), PE Some(0x94), ["MQTT-3.2.2-17" "MQTT-3.1.2-26"] [] [] "no Topic Alias above Topic Alias Maximum";
    // Time.
    T1 Violation, NO Some(0x8D), ["MQTT-3.1.2-22"] ["MQTT-3.1.2-24"] ["3.1"] "a Client is not silent for 1.5 times the Keep Alive, after which the Server closes";
    T2 Violation, NO None, ["MQTT-3.1.2-20"] ["MQTT-3.1.2-23"] ["3.1"] "a Client sends something within Keep Alive; odd as long as a timer of a second explains it";
    T3 NotChecked("it is told as K17"), NO None, ["3.2"] ["3.2"] ["3.2"] "a Client closes if CONNACK does not come";
    T4 NotChecked("nothing sets the time to close"), NO None, ["3.1.4"] ["3.1.4"] ["3.1"] "a Server closes if CONNECT does not come";
    T5 SESSION, NO None, ["MQTT-4.1.0-2"] [] [] "a Session ends Session Expiry Interval after the connection";
    // PUBLISH, SUBSCRIBE, PING in the same conversation.
    P1 Violation, PE Some(0x9B), ["MQTT-3.2.2-11"] [] [] "no PUBLISH above Maximum QoS";
    P2 Violation, PE Some(0x9A), ["MQTT-3.2.2-14"] [] [] "no RETAIN if Retain Available is 0";
    P3 Violation, PE Some(0xA2), ["3.2.2.3.11"] [] [] "no subscription of a kind that is not available";
    P4 Violation, PE Some(0x82), ["3.3.2.1"] [] [] "an empty Topic Name needs a Topic Alias that was set";
    P5 Violation, PE Some(0x94), ["MQTT-3.2.2-17" "MQTT-3.1.2-26"] [] [] "no Topic Alias above Topic Alias Maximum";
    P6 Violation, PE Some(0x82), ["MQTT-3.3.4-6"] [] [] "a Client's PUBLISH has no Subscription Identifier";
    P7 Odd, NO None, ["MQTT-3.12.4-1"] ["MQTT-3.12.4-1"] ["3.12"] "PINGREQ is answered with PINGRESP";
    P8 Odd, NO None, ["3.13"] ["3.13"] ["3.13"] "PINGRESP answers a PINGREQ";
    P9 NotChecked("the decoder tells what one packet alone shows"), NO None, ["MQTT-3.8.3-4"] ["MQTT-3.8.3-4"] ["3.8"] "fields and flags of one packet";
}

impl Row {
    /// The rule.
    pub(super) fn rule(self) -> &'static Rule {
        RULES.get(self as usize).unwrap_or(&NO_RULE)
    }
}

/// Stands for nothing: every row is in the table.
const NO_RULE: Rule = Rule {
    row: "",
    check: State,
    v5_0: &[],
    v3_1_1: &[],
    v3_1: &[],
    class: None,
    answer: None,
    says: "",
};
