//! Enhanced authentication, §4.12.

use crate::conversation::finding::{Seen, What};
use crate::conversation::rules::Row;
use crate::conversation::state::{Authentication, Method, Phase};
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Side};
use crate::v5::{self, AuthReason};

impl Conversation {
    /// AUTH.
    #[cold]
    pub(super) fn auth(&mut self, seen: Seen, auth: &v5::Auth<'_>) {
        self.auth_method(seen, auth);
        let first = self.server.phase == Phase::Nothing;
        let breach = |row, text| Breach::of(row, seen, PacketType::Auth, What::Place(text));
        let turn = self.authentication;
        let reason = auth.reason();
        let found = match (seen.from, first, reason) {
            (_, true, reason) if reason != AuthReason::ContinueAuthentication => Some(breach(
                match seen.from {
                    Side::Client => Row::A5,
                    Side::Server => Row::A4,
                },
                "before CONNACK with another code than 0x18",
            )),
            (Side::Client, true, _) if turn == Authentication::ServersTurn => {
                Some(breach(Row::A6, "that answers no AUTH of the server"))
            }
            (Side::Client, false, AuthReason::ContinueAuthentication)
                if !matches!(turn, Authentication::ClientsTurn | Authentication::Unknown) =>
            {
                Some(breach(Row::A9, "that answers no AUTH of the server"))
            }
            (Side::Server, false, _)
                if !matches!(turn, Authentication::ServersTurn | Authentication::Unknown) =>
            {
                Some(breach(Row::A8, "that answers no AUTH of the client"))
            }
            _ => None,
        };
        if let Some(found) = found {
            self.tell(found);
        }
        // The Client has answered what came after CONNACK.
        if !first && seen.from == Side::Client && turn == Authentication::ClientsTurn {
            self.bound = true;
        }
        self.authentication = match (turn, seen.from, reason) {
            (Authentication::Unknown, ..) => Authentication::Unknown,
            (_, Side::Server, AuthReason::Success) => Authentication::Idle,
            (_, Side::Server, _) => Authentication::ClientsTurn,
            (_, Side::Client, _) => Authentication::ServersTurn,
        };
    }

    /// A1 to A3.
    fn auth_method(&mut self, seen: Seen, auth: &v5::Auth<'_>) {
        let Some(connect) = self.connect else {
            return;
        };
        let about = Some(connect.about);
        let Some(ours) = connect.method else {
            let row = match seen.from {
                Side::Client => Row::A1,
                Side::Server => Row::A2,
            };
            // The answer to an AUTH that must not be follows from it.
            if core::mem::replace(&mut self.method_told, true) {
                return;
            }
            let what = What::Place("although CONNECT has no Authentication Method");
            self.tell(Breach::of(row, seen, PacketType::Auth, what).about(about));
            return;
        };
        // An AUTH without a body has no method: Success, as a decoder takes it.
        let theirs = auth.properties().authentication_method().map(Method::new);
        if theirs.is_some_and(|theirs| theirs != ours)
            && !core::mem::replace(&mut self.method_told, true)
        {
            let what = What::Place("with another Authentication Method than that of CONNECT");
            let breach = Breach::of(Row::A3, seen, PacketType::Auth, what).about(about);
            self.tell(match auth.reason() {
                AuthReason::ReAuthenticate => breach.numbered("MQTT-4.12.1-1"),
                _ => breach,
            });
        }
    }
}
