//! Measures the profile it was built with. Reads counts of allocations from standard input, if there are any.

use std::env;
use std::error::Error;
use std::io::{self, IsTerminal, Read};

use mqtt_reason_peers::args::Args;
use mqtt_reason_peers::report;

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse(env::args().skip(1))?;
    let mut counts = String::new();
    if !io::stdin().is_terminal() {
        io::stdin().read_to_string(&mut counts)?;
    }
    let counts = report::read_allocations(&counts);
    print!(
        "{}",
        report::measure(&args.choice, &args.profiles[0], &counts)
    );
    Ok(())
}
