//! Runs the comparison in both profiles and prints it as Markdown.

use std::env;
use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};

use mqtt_reason_peers::args::{Args, HELP};
use mqtt_reason_peers::report;

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse(env::args().skip(1))?;
    if args.help {
        print!("{HELP}");
        return Ok(());
    }

    let rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("--version")
        .output()?;
    let command: Vec<_> = env::args().skip(1).collect();
    println!("# mqtt-reason and its peers\n");
    println!("* date: {}", report::today());
    println!("* processor: {}", report::processor());
    println!(
        "* compiler: {}, no `target-cpu`",
        String::from_utf8_lossy(&rustc.stdout).trim()
    );
    println!("* profiles: `release` is Cargo's own; `lto` is that with `lto = \"fat\"`");
    println!("* rounds: {}, interleaved; medians", args.choice.rounds);
    println!(
        "* command, in `benches/peers`: `{}`",
        ["cargo run --release --", &command.join(" ")]
            .join(" ")
            .trim_end_matches(" -- ")
    );
    println!();

    // The counting allocator would slow down whoever allocates, so it has a process of its own.
    for profile in &args.profiles {
        let counts = run(profile, "allocations", &args, "")?;
        print!("{}", run(profile, "time", &args, &counts)?);
    }
    print!("{}", report::notes(&args.choice));
    Ok(())
}

/// Runs a binary of this package, built with `profile`, and returns what it prints.
fn run(profile: &str, binary: &str, args: &Args, input: &str) -> Result<String, Box<dyn Error>> {
    let mut child = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--profile", profile, "--bin", binary])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
            "--",
        ])
        .args(args.to_args(profile))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("`{binary}` ended with {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
