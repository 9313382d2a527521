//! The scripts of `tests/npm` as child processes that print one JSON object a line.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

/// No script needs longer, even on two busy cores.
const LIMIT: Duration = Duration::from_mins(3);

/// What a script printed.
#[derive(Clone, Debug)]
pub struct Steps(Vec<Value>);

impl Steps {
    /// The first object with that `step`.
    pub fn find(&self, step: &str) -> Option<&Value> {
        self.0.iter().find(|value| value["step"] == step)
    }

    /// How many objects have that `step`.
    pub fn count(&self, step: &str) -> usize {
        let steps = self.0.iter();
        steps.filter(|value| value["step"] == step).count()
    }

    /// The object with that `step`; the script must have printed it.
    pub fn step(&self, step: &str) -> &Value {
        self.find(step)
            .unwrap_or_else(|| panic!("no step `{step}` in {self:#?}"))
    }

    /// The object with that `step` and `name`.
    pub fn named(&self, step: &str, name: &str) -> &Value {
        let mut steps = self.0.iter();
        let found = steps.find(|value| value["step"] == step && value["name"] == name);
        found.unwrap_or_else(|| panic!("no `{step}` of `{name}` in {self:#?}"))
    }
}

/// The folder of the scripts.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("npm")
}

/// Whether the scripts cannot run here, and says why. With `CI` set, that is a failure.
pub fn is_missing(also: &[&str]) -> bool {
    let mut missing = Vec::new();
    if !folder().join("node_modules").is_dir() {
        missing.push("the npm packages (run `npm ci` in tests/npm)".to_owned());
    }
    for program in [&["node"], also].concat() {
        let found = std::process::Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if found.is_err() {
            missing.push(format!("`{program}`"));
        }
    }
    if missing.is_empty() {
        return false;
    }
    let missing = missing.join(" and ");
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

/// Runs a script to its end, which must be a good one.
pub async fn run(script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Steps {
    let mut command = Command::new("node");
    command
        .arg(script)
        .args(arguments)
        .envs(environment.iter().copied());
    command
        .current_dir(folder())
        .kill_on_drop(true)
        .stdin(Stdio::null());
    let output = tokio::time::timeout(LIMIT, command.output()).await;
    let output = output
        .unwrap_or_else(|_| panic!("{script} hangs"))
        .expect("node runs");
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "{script} {arguments:?}\n{stdout}\n{stderr}"
    );
    let lines = stdout
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let steps = Steps(lines.collect());
    steps.step("done");
    steps
}
