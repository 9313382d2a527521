//! Makes the table: `cargo run --profile production -p bench`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a table is what it is for"
)]

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use bench::Result;
use bench::contender::{Contender, Offer, Place};
use bench::load::Timing;
use bench::message::{Era, Question};
use bench::report::By;
use bench::rows::{self, Load, Row};
use bench::{process, report, upstream};
use clap::{Parser, ValueEnum};
use tokio::task::LocalSet;

/// How fast fastmcp is, beside a constant answer, the official SDK and the other frameworks.
#[derive(Debug, Parser)]
struct Options {
    /// Measured seconds of each contender in each row, all its turns together.
    #[arg(long, default_value_t = 6.0)]
    seconds: f64,
    /// Seconds of warm-up before each turn.
    #[arg(long, default_value_t = 1.0)]
    warm_up: f64,
    /// How many turns the contenders of a row take.
    #[arg(long, default_value_t = 2)]
    turns: u32,
    /// How many connections ask at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// What to measure; everything unless named.
    #[arg(long, value_enum, value_delimiter = ',')]
    rows: Vec<What>,
    /// How many grants the disk store holds when logins are measured, one table row each; a million
    /// takes minutes to fill.
    #[arg(long, value_delimiter = ',', default_value = "1,1000")]
    grants: Vec<usize>,
    /// The core of the servers.
    #[arg(long, default_value_t = 1)]
    server_core: usize,
    /// The core of the load.
    #[arg(long, default_value_t = 0)]
    load_core: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// `tools/call`, both eras.
    Calls,
    /// The same, signed in.
    SignedIn,
    /// `tools/list` of 200 tools.
    List,
    /// A call that reports progress ten times.
    Events,
    /// A whole login, a refresh, and calls over a growing store.
    Logins,
    /// Start and memory at rest.
    Starts,
}

impl Options {
    fn has(&self, what: What) -> bool {
        self.rows.is_empty() || self.rows.contains(&what)
    }

    fn load(&self) -> Load {
        Load {
            timing: Timing {
                warm_up: Duration::from_secs_f64(self.warm_up),
                measured: Duration::from_secs_f64(self.seconds / f64::from(self.turns.max(1))),
            },
            turns: self.turns.max(1),
            connections: self.connections.max(1),
        }
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    match prepare(&options).and_then(|()| run(&options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The servers are programs of this package, which `cargo run` does not build by itself.
fn prepare(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) {
        eprintln!("built for debugging: these figures mean nothing");
    } else if let Some(cargo) = std::env::var_os("CARGO") {
        // A profile's programs lie in a folder of its name.
        let program = std::env::current_exe()?;
        let folder = program.parent().and_then(Path::file_name);
        let profile = folder.and_then(OsStr::to_str).unwrap_or("release");
        let arguments = [
            "build",
            "--profile",
            profile,
            "--quiet",
            "-p",
            "bench",
            "--bins",
        ];
        if !Command::new(cargo).args(arguments).status()?.success() {
            return Err("the servers do not build".into());
        }
    }
    process::stay_on(options.load_core)
}

fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, measure(options))
}

async fn measure(options: &Options) -> Result<()> {
    println!("{}", report::surroundings());
    let place = Place {
        core: options.server_core,
        upstream: upstream::start().await?,
        scratch: tempfile::tempdir()?,
    };
    let load = options.load();
    let mut rows: Vec<Row> = Vec::new();
    for (what, title, offer, question) in [
        (What::Calls, "`tools/call`", Offer::Open, Question::Echo),
        (
            What::SignedIn,
            "`tools/call`, signed in",
            Offer::SignedIn,
            Question::Echo,
        ),
        (
            What::List,
            "`tools/list`, 200 tools",
            Offer::Many,
            Question::List,
        ),
        (
            What::Events,
            "`tools/call`, 10 notes of progress",
            Offer::Events,
            Question::Steps,
        ),
    ] {
        if !options.has(what) {
            continue;
        }
        for era in [Era::Legacy, Era::Modern] {
            let title = format!("{title}, {}", era.version());
            eprintln!("{title} …");
            rows.push(rows::calls(&title, (offer, question, era), (load, &place)).await?);
        }
    }
    if options.has(What::Logins) {
        rows.extend(logins(options, (load, &place)).await?);
    }
    if !rows.is_empty() {
        println!("{}", report::ratios(&rows, By::Rate));
        println!("{}", report::ratios(&rows, By::Processor));
        println!("{}", report::figures(&rows));
    }
    if options.has(What::Starts) {
        eprintln!("starts …");
        println!("{}", report::starts(&rows::starts(5, &place).await?));
    }
    Ok(())
}

async fn logins(options: &Options, how: (Load, &Place)) -> Result<Vec<Row>> {
    /// A rival that makes a file of each record is not asked for more.
    const ENOUGH: usize = 10_000;
    let mut rows = Vec::new();
    for grants in &options.grants {
        eprintln!("logins over {grants} grants …");
        let who: &[Contender] = if *grants > ENOUGH {
            &[Contender::Ours]
        } else {
            &[Contender::Ours, Contender::Npm]
        };
        rows.extend(rows::logins(*grants, who, how).await?);
    }
    Ok(rows)
}
