//! A line for the shell that sends the same bytes without this tool.

use super::mask::{Show, for_printf, starred};
use crate::engine::{Act, Played};
use crate::net::Address;

/// The longest line that is worth showing.
const LONGEST: usize = 20_000;

/// What the judged connection was sent, packet by packet, for `nc`; `None` where no line can do it.
pub(crate) fn reproduce(played: &Played, address: &Address, show: Show) -> Option<String> {
    if address.transport().is_websocket() {
        return None;
    }
    let (_, events) = played.links.get(played.subject)?;
    let mut steps = Vec::new();
    for event in events {
        if let Act::Sent {
            draft,
            proof: false,
        } = &event.act
        {
            steps.push(format!("printf '{}'", for_printf(&starred(draft, show))));
        }
    }
    if steps.is_empty() {
        return None;
    }
    let (host, port) = (address.host(), address.port());
    let to = match address.transport().is_tls() {
        true => format!(
            "openssl s_client -quiet -connect {}",
            address.host_and_port()
        ),
        false => format!("nc {host} {port}"),
    };
    let line = format!(
        "({}; sleep 3) | {to} | od -An -tx1",
        steps.join("; sleep 1; ")
    );
    (line.len() <= LONGEST).then_some(line)
}
