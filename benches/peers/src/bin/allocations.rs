//! Counts allocations per packet, for `time` to print.

use std::alloc::System;
use std::env;
use std::error::Error;

use mqtt_reason_peers::args::Args;
use mqtt_reason_peers::report;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse(env::args().skip(1))?;
    let count = || {
        let stats = ALLOCATOR.stats();
        stats.allocations + stats.reallocations
    };
    print!(
        "{}",
        report::write_allocations(&report::allocations(&args.choice, count))
    );
    Ok(())
}
