//! The command line.
use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand};

/// Look after the store of an MCP server: its logins, its records, its keys.
///
/// Reads the variables that the server reads: `FASTMCP_STORE`, `FASTMCP_SECRET`,
/// `FASTMCP_SECRET_PREVIOUS`. A `disk:` store has one process: stop its server first.
#[derive(Parser)]
#[command(name = "admin", version, verbatim_doc_comment)]
pub(super) struct Args {
    /// The store, instead of `FASTMCP_STORE` (which does not show in the list of processes)
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(super) store: Option<String>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// List the logins: who, by which client, with which scopes, until when
    Grants {
        #[command(flatten)]
        filter: Filter,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// End logins: every token of theirs is dead from then on
    Revoke {
        #[command(flatten)]
        filter: Filter,
        /// All of them
        #[arg(long, conflicts_with_all = ["subject", "client", "grant"])]
        all: bool,
    },
    /// Open every record and count what is there; fails if one is damaged
    Check,
    /// Seal every record with the current secret, so that `FASTMCP_SECRET_PREVIOUS` can go
    SealAnew,
    /// Put a new key into the key file of a `disk:` store, and seal every record with it
    RotateKey,
    /// Make the file of a `disk:` store as small as its records allow
    Compact,
    /// Write all records into a new file, sealed as they are: a backup, or for another store
    Export {
        /// Must not exist
        file: PathBuf,
    },
    /// Read the records of such a file into an empty store
    Import {
        /// What `export` wrote
        file: PathBuf,
    },
    /// Look at a deployed server from outside and say what to change; fails if something is bad
    Doctor {
        /// Its MCP endpoint, as clients are given it: `https://notes.example.com/mcp`
        url: String,
    },
}

/// Which logins are meant; all conditions must hold.
#[derive(Group)]
pub(super) struct Filter {
    /// Of this user, by the id that the provider gave
    #[arg(long, value_name = "ID")]
    pub(super) subject: Option<String>,
    /// By this client
    #[arg(long, value_name = "CLIENT_ID")]
    pub(super) client: Option<String>,
    /// This one
    #[arg(long, value_name = "ID")]
    pub(super) grant: Option<String>,
}
