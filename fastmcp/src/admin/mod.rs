//! Commands for the operator of a store: who is logged in, ending logins, checking and moving the
//! records, exchanging keys (feature `admin`).
//!
//! They read the same variables as a server (`FASTMCP_STORE`, `FASTMCP_SECRET`, …). Redis and
//! PostgreSQL are shared with running servers, which see what is revoked within seconds; a `disk:`
//! store has one process, so stop its server first. No command ever shows a token, code or secret,
//! and `export` writes records as they are stored: sealed.
//!
//! A binary of its own is one line, and so is a command of your server's:
//!
//! ```no_run
//! # use std::process::ExitCode;
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     fastmcp::admin::run(std::env::args_os()).await
//! }
//! ```

mod archive;
mod args;
mod care;
mod deployed;
mod format;
mod grants;
mod tell;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use self::args::{Args, Command};
use self::tell::Failed;
use crate::server::operator::Opened;

/// Runs the command that `args` spell, the first of which is the program's name.
///
/// Ends with 0; with 1 if a record is damaged or the store failed; with 2 if the command cannot be
/// understood; and with 78 if the store cannot be opened as it is configured.
pub async fn run(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(answer) => {
            // Help goes to standard output and is no failure.
            let code = u8::try_from(answer.exit_code()).unwrap_or(2);
            let _ = answer.print();
            return ExitCode::from(code);
        }
    };
    match obey(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failed.tell(),
    }
}

async fn obey(args: Args) -> Result<(), Failed> {
    let store = args.store.as_deref();
    match args.command {
        Command::Export { file } => archive::export(store, &file).await,
        Command::Import { file } => archive::import(store, &file).await,
        Command::RotateKey => care::rotate_key(store).await,
        Command::Grants { filter, json } => {
            grants::list(&Opened::existing(store).await?, &filter, json).await
        }
        Command::Revoke { filter, all } => {
            grants::revoke(&Opened::existing(store).await?, &filter, all).await
        }
        Command::Doctor { url } => deployed::examine(&url).await,
        Command::Compact => care::compact(store).await,
        Command::Check => care::check(&Opened::existing(store).await?).await,
        Command::SealAnew => care::seal_anew(&Opened::existing(store).await?)
            .await
            .map(drop),
    }
}
