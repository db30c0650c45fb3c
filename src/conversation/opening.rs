//! How a connection opens: CONNECT, and CONNACK against it.

use crate::conversation::finding::{Seen, What};
use crate::conversation::rules::Row;
use crate::conversation::state::{Authentication, Connack, Connect, Method, Phase};
use crate::conversation::{Breach, Conversation};
use crate::packet_type::{PacketType, Version};
use crate::spec::scalar::QoS;
use crate::{v3, v5, view};

impl Conversation {
    /// CONNECT: it is the first one.
    #[cold]
    pub(super) fn connect(&mut self, seen: Seen, connect: &view::Connect<'_>) {
        let version = connect.version();
        let properties = connect.properties();
        let will = connect.will();
        self.version = Some(version);
        self.client.phase = Phase::Open;
        if self.client.told {
            // What came before CONNECT was told, and takes no part in what follows.
            self.client.forget_ids();
        }
        self.client.told = false;
        self.connect = Some(Connect {
            about: seen.about(PacketType::Connect),
            time: seen.time,
            client_id_empty: connect.client_id().is_empty(),
            clean_start: connect.clean_start(),
            keep_alive: connect.keep_alive(),
            will: will.is_some(),
            will_qos: will.is_some_and(|will| will.qos() != QoS::AtMostOnce),
            will_retain: will.is_some_and(|will| will.retain()),
            credentials: connect.user_name().is_some() || connect.password().is_some(),
            expires: properties.session_expiry_interval().unwrap_or(0) != 0,
            receive_maximum: properties.receive_maximum().unwrap_or(u16::MAX),
            max_packet_size: properties.maximum_packet_size(),
            topic_alias_maximum: properties.topic_alias_maximum().unwrap_or(0),
            response_information: properties.request_response_information() == Some(true),
            problem_information: properties.request_problem_information() != Some(false),
            method: properties.authentication_method().map(Method::new),
        });
        if properties.authentication_method().is_some() {
            self.authentication = Authentication::ServersTurn;
        }
        // A Session may be there until CONNACK says that it is not.
        self.resumed = !connect.clean_start();
        self.client_is_there();
        self.note_due(seen.time);
    }

    /// CONNECT of a level that no version has: whoever knows it may judge it.
    #[cold]
    pub(super) fn unknown_connect(&mut self, seen: Seen) {
        let _ = seen;
        self.client.phase = Phase::Open;
        self.client.told = false;
        self.version = None;
    }

    /// CONNACK of 5.0: it is the first one.
    #[cold]
    pub(super) fn connack(&mut self, seen: Seen, connack: &v5::Connack<'_>) {
        self.answered = true;
        self.version = self.version.or(Some(Version::V5_0));
        let properties = connack.properties();
        let code = connack.reason();
        self.connack_against_connect(seen, connack);
        if code.is_error() {
            self.server.phase = Phase::Refused;
            self.server.told = false;
            self.server.last = Some(seen.about(PacketType::Connack));
            return;
        }
        self.accepted(connack.session_present());
        self.connack = Some(Connack {
            about: seen.about(PacketType::Connack),
            time: seen.time,
            receive_maximum: properties.receive_maximum().unwrap_or(u16::MAX),
            max_packet_size: properties.maximum_packet_size(),
            topic_alias_maximum: properties.topic_alias_maximum().unwrap_or(0),
            maximum_qos: properties.maximum_qos().map_or(2, QoS::as_u8),
            retain: properties.retain_available().unwrap_or(true),
            wildcards: properties.wildcard_subscription_available().unwrap_or(true),
            identifiers: properties
                .subscription_identifiers_available()
                .unwrap_or(true),
            shared: properties.shared_subscription_available().unwrap_or(true),
            keep_alive: properties.server_keep_alive(),
        });
    }

    /// The Server has accepted.
    fn accepted(&mut self, session_present: bool) {
        self.server.phase = Phase::Open;
        self.server.told = false;
        self.client.told = false;
        self.authentication = match self.authentication {
            Authentication::Unknown => Authentication::Unknown,
            _ => Authentication::Idle,
        };
        self.resumed = match self.version {
            // 3.1 has no Session Present: a Session may be there unless it was to be discarded.
            Some(Version::V3_1) | None => self.resumed,
            _ => session_present,
        };
    }

    /// K1, K5 to K10, K18.
    fn connack_against_connect(&mut self, seen: Seen, connack: &v5::Connack<'_>) {
        let Some(connect) = self.connect else {
            if self.client.phase == Phase::Nothing && !self.client.told {
                self.tell(
                    Breach::of(
                        Row::S3,
                        seen,
                        PacketType::Connack,
                        What::Place("before CONNECT"),
                    )
                    .odd(),
                );
            }
            return;
        };
        let about = Some(connect.about);
        let breach =
            |row, text| Breach::of(row, seen, PacketType::Connack, What::Text(text)).about(about);
        let properties = connack.properties();
        let method = properties.authentication_method().map(Method::new);
        if connect.method.is_none() && method.is_some() {
            self.tell(breach(
                Row::K9,
                "an Authentication Method although CONNECT has none",
            ));
        }
        if properties.response_information().is_some() && !connect.response_information {
            self.tell(breach(
                Row::K7,
                "Response Information that CONNECT did not request",
            ));
        }
        let assigned = properties.assigned_client_identifier();
        if assigned.is_some() && !connect.client_id_empty {
            self.tell(breach(
                Row::K6,
                "an Assigned Client Identifier although CONNECT has a Client Identifier",
            ));
        }
        let code = connack.reason();
        if code.is_error() {
            self.refusal_against_connect(seen, &connect, code.as_u8());
            return;
        }
        let session_present = connack.session_present();
        if session_present && connect.clean_start {
            self.tell(breach(
                Row::K1,
                "Session Present although CONNECT has Clean Start",
            ));
        }
        if connect.client_id_empty {
            if assigned.is_none() {
                self.tell(breach(
                    Row::K5,
                    "no Assigned Client Identifier although CONNECT has an empty one",
                ));
            } else if session_present && !connect.clean_start {
                self.tell(breach(
                    Row::K5,
                    "Session Present for a Client Identifier that was assigned just now",
                ));
            }
        }
        match (connect.method, method) {
            (Some(_), None) => {
                self.tell(breach(
                    Row::K8,
                    "no Authentication Method although CONNECT has one",
                ));
            }
            (Some(ours), Some(theirs)) if ours != theirs => {
                self.tell(breach(
                    Row::K8,
                    "another Authentication Method than that of CONNECT",
                ));
            }
            (None, None) if properties.authentication_data().is_some() => {
                self.tell(breach(
                    Row::K10,
                    "Authentication Data without Authentication Method",
                ));
            }
            _ => {}
        }
    }

    /// K18: codes that name what CONNECT does not have.
    fn refusal_against_connect(&mut self, seen: Seen, connect: &Connect, code: u8) {
        let lacks = match code {
            0x8C if connect.method.is_none() => "although CONNECT has no Authentication Method",
            0x90 | 0x99 if !connect.will => "although CONNECT has no Will",
            0x9A if !connect.will_retain => "although CONNECT has no Will with RETAIN",
            0x9B if !connect.will_qos => "although CONNECT has no Will above QoS 0",
            0x86 if !connect.credentials => "although CONNECT has neither User Name nor Password",
            _ => return,
        };
        let what = What::Code(code, lacks);
        let about = Some(connect.about);
        self.tell(Breach::of(Row::K18, seen, PacketType::Connack, what).about(about));
    }

    /// CONNACK of 3.1.1 or 3.1.
    #[cold]
    pub(super) fn connack_v3(&mut self, seen: Seen, version: v3::Version, connack: &v3::Connack) {
        self.answered = true;
        let about = self.connect.map(|connect| connect.about);
        let breach =
            |row, text| Breach::of(row, seen, PacketType::Connack, What::Text(text)).about(about);
        if self.is_v5() {
            // S13: a Server of an older version.
            if connack.return_code().as_u8() == 1 {
                self.tell(
                    breach(
                        Row::S13,
                        "the server does not speak MQTT 5.0: connect again with 3.1.1",
                    )
                    .odd()
                    .numbered("MQTT-3.1.2-2"),
                );
            } else {
                self.tell(breach(
                    Row::S13,
                    "a CONNACK of 3.1.1 answers a CONNECT of 5.0: connect again with 3.1.1",
                ));
            }
            self.over = true;
            return;
        }
        self.version = self.version.or(Some(version.into()));
        if connack.return_code().is_error() {
            self.server.phase = Phase::Refused;
            self.server.told = false;
            self.server.last = Some(seen.about(PacketType::Connack));
            return;
        }
        if let Some(connect) = self.connect {
            if connack.session_present() && connect.clean_start {
                self.tell(breach(
                    Row::K1,
                    "Session Present although CONNECT has Clean Session",
                ));
            }
            if version == v3::Version::V3_1_1 && connect.client_id_empty && !connect.clean_start {
                self.tell(breach(
                    Row::K14,
                    "a CONNECT with an empty Client Identifier and without Clean Session is accepted",
                ));
            }
        } else if self.client.phase == Phase::Nothing && !self.client.told {
            self.tell(breach(Row::S3, "CONNACK before CONNECT").odd());
        }
        self.accepted(connack.session_present());
        self.connack = Some(Connack {
            about: seen.about(PacketType::Connack),
            time: seen.time,
            receive_maximum: u16::MAX,
            max_packet_size: None,
            topic_alias_maximum: u16::MAX,
            maximum_qos: 2,
            retain: true,
            wildcards: true,
            identifiers: true,
            shared: true,
            keep_alive: None,
        });
    }
}
