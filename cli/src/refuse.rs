//! `mqtt-reason refuse`: a broker that answers with the reason codes that it is told to.

use std::path::PathBuf;

use clap::Args;
use mqtt_reason::view::check_topic_filter;
use mqtt_reason::{PacketType, Version};
use mqtt_reason_probe::net::{Address, Connector, TlsOptions};
use mqtt_reason_probe::refuse::{Refuser, Rule};
use tokio::sync::mpsc;

use crate::Verdict;
use crate::failure::{Failure, usage};

const EXAMPLES: &str = "\
CODE is a number (135, 0x87) or a name ('Not authorized'). Without :N every such request is answered so, with :N only
the Nth, counted over all connections; @SECONDS holds the answer back. In SUBACK and UNSUBACK one code stands for
every Topic Filter; a list (0x00,0x87) is sent as it stands.

Examples:
  mqtt-reason refuse --listen 127.0.0.1:1883 --connack 0x87 --reason-string 'unknown device'
  mqtt-reason refuse --listen 127.0.0.1:1883 --puback 0x87:2@1.5 --topic 'plant/#'
  mqtt-reason refuse --listen 127.0.0.1:1883 --disconnect 0x8b@10
  mqtt-reason refuse --listen 127.0.0.1:1884 --upstream 127.0.0.1:1883 --suback 0x80

In 3.1.1 and 3.1, where PUBACK and the like carry no code and there is no DISCONNECT from a server, the connection is
closed instead. Exit status: 0 when Ctrl-C or SIGTERM ends it, 2 for wrong usage.";

/// Be a broker that answers with the reason codes you ask for
///
/// It accepts every connection, grants every subscription and acknowledges every message, but for what the options
/// say. For authors of clients: what does yours do with PUBACK 0x97, or with DISCONNECT 0x8B?
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Refuse {
    /// Where to listen for clients, such as 127.0.0.1:1883; port 0 takes any free port
    #[arg(long, value_name = "HOST[:PORT]")]
    listen: Address,

    /// Stand in front of this broker: rewrite its answers as told, relay all else
    #[arg(long, value_name = "ADDRESS")]
    upstream: Option<Address>,

    /// Certificates of authorities to trust, for a broker that speaks TLS (PEM)
    #[arg(long, value_name = "FILE")]
    cafile: Option<PathBuf>,

    /// Do not check the broker's certificate
    #[arg(long)]
    insecure: bool,

    /// Answer CONNECT with this code; of 5.0, or 0 to 5 of 3.1.1
    #[arg(long, value_name = RULE)]
    connack: Vec<String>,

    /// Answer PUBLISH of QoS 1 with this code
    #[arg(long, value_name = RULE)]
    puback: Vec<String>,

    /// Answer PUBLISH of QoS 2 with this code
    #[arg(long, value_name = RULE)]
    pubrec: Vec<String>,

    /// Answer the client's PUBREC with this code; there is one because a PUBLISH of QoS 2 is sent to whoever subscribes
    #[arg(long, value_name = RULE)]
    pubrel: Vec<String>,

    /// Answer PUBREL with this code
    #[arg(long, value_name = RULE)]
    pubcomp: Vec<String>,

    /// Answer SUBSCRIBE with this code, or with this list of codes
    #[arg(long, value_name = RULE)]
    suback: Vec<String>,

    /// Answer UNSUBSCRIBE with this code, or with this list of codes
    #[arg(long, value_name = RULE)]
    unsuback: Vec<String>,

    /// Send DISCONNECT with this code after CONNACK (:N counts connections); with --topic in answer to such a PUBLISH
    /// or SUBSCRIBE
    #[arg(long, value_name = RULE)]
    disconnect: Vec<String>,

    /// Send AUTH with this code: 0x18 before CONNACK to a client that names an Authentication Method, 0x00 in answer
    /// to its re-authentication
    #[arg(long, value_name = RULE)]
    auth: Vec<String>,

    /// Only for PUBLISH and SUBSCRIBE of topics that this filter matches
    #[arg(long, value_name = "FILTER")]
    topic: Option<String>,

    /// A Reason String for these answers (5.0)
    #[arg(long, value_name = "TEXT")]
    reason_string: Option<String>,

    /// Send also what no server may send: codes outside the packet's table, the client's codes, too few codes
    #[arg(long)]
    force: bool,
}

const RULE: &str = "CODE[:N][@SECONDS]";

impl Refuse {
    /// Serves until Ctrl-C or SIGTERM.
    pub(crate) fn run(&self) -> Result<Verdict, Failure> {
        let mut refuser = Refuser::new().record(false);
        for rule in self.rules()? {
            refuser = refuser.rule(rule);
        }
        if let Some(upstream) = &self.upstream {
            let tls = TlsOptions::new(self.cafile.clone(), self.insecure);
            let broker = Connector::new(upstream.clone(), &tls)
                .map_err(|error| usage(format!("--upstream {upstream}: {error}")))?;
            refuser = refuser.upstream(broker);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| usage(format!("cannot start: {error}")))?;
        runtime.block_on(self.serve(refuser))
    }

    async fn serve(&self, refuser: Refuser) -> Result<Verdict, Failure> {
        let end = crate::signals::end_of_process()
            .map_err(|error| usage(format!("cannot start: {error}")))?;
        let (notes, mut told) = mpsc::unbounded_channel();
        let running = refuser
            .start_with((self.listen.host(), self.listen.port()), Some(notes))
            .await
            .map_err(|error| usage(format!("cannot listen on {}: {error}", self.listen)))?;
        anstream::eprintln!("listening on {}; Ctrl-C ends it", running.address());
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok(Verdict::Good),
                Some(note) = told.recv() => anstream::eprintln!("#{} {}", note.connection, note.text),
            }
        }
    }

    fn rules(&self) -> Result<Vec<Rule>, Failure> {
        if let Some(topic) = &self.topic {
            check_topic_filter(Version::V5_0, topic)
                .map_err(|error| usage(format!("--topic {topic}: {error}")))?;
        }
        let options = [
            ("connack", PacketType::Connack, &self.connack),
            ("puback", PacketType::Puback, &self.puback),
            ("pubrec", PacketType::Pubrec, &self.pubrec),
            ("pubrel", PacketType::Pubrel, &self.pubrel),
            ("pubcomp", PacketType::Pubcomp, &self.pubcomp),
            ("suback", PacketType::Suback, &self.suback),
            ("unsuback", PacketType::Unsuback, &self.unsuback),
            ("disconnect", PacketType::Disconnect, &self.disconnect),
            ("auth", PacketType::Auth, &self.auth),
        ];
        let mut rules = Vec::new();
        for (name, packet, texts) in options {
            for text in texts {
                let mut rule = Rule::parse(packet, text, self.force)
                    .map_err(|error| usage(format!("--{name} {text}: {error}")))?;
                let has_topic = matches!(
                    packet,
                    PacketType::Puback
                        | PacketType::Pubrec
                        | PacketType::Suback
                        | PacketType::Unsuback
                        | PacketType::Disconnect
                );
                if let Some(topic) = self.topic.as_ref().filter(|_| has_topic) {
                    rule = rule.topic(topic);
                }
                if let Some(text) = &self.reason_string {
                    rule = rule.reason_string(text);
                }
                rules.push(rule);
            }
        }
        Ok(rules)
    }
}
