//! What 200 tools cost at build time: as bare functions, with argument types and a dispatcher
//! written by hand, and with `#[tool]`. `cargo run -p trybuild-cases --bin build-cost` prints a
//! table of one run on this machine.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement on a developer's machine"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

const TOOLS: usize = 200;
/// Of so many runs the middle one counts.
const RUNS: usize = 5;

/// What is written around the same bodies.
#[derive(Clone, Copy)]
enum Way {
    Bare,
    ByHand,
    Macros,
}

fn main() {
    println!("{TOOLS} tools, middle of {RUNS} runs, in seconds\n");
    println!(
        "| written | `cargo check` | `cargo build` | one tool edited, built again | lines expanded |"
    );
    println!("|---|---|---|---|---|");
    for (name, way) in [
        ("bare functions", Way::Bare),
        ("by hand", Way::ByHand),
        ("`#[tool]`", Way::Macros),
    ] {
        let project = Project::write(way);
        let check = project.time(&["check"], |project| project.edit(way, TOOLS));
        let build = project.time(&["build"], |project| {
            project.cargo(&["clean", "-p", "cost"]);
        });
        let edit = project.time(&["build"], |project| project.edit(way, TOOLS));
        let lines = project.expanded();
        println!("| {name} | {check:.2} | {build:.2} | {edit:.2} | {lines} |");
    }
}

/// The source of the whole program; `edited` changes one body.
fn source(way: Way, edited: usize) -> String {
    let mut text = String::from("use fastmcp::prelude::*;\n\n");
    for index in 0..TOOLS {
        let attribute = match (way, index % 4) {
            (Way::Bare | Way::ByHand, _) => String::new(),
            (Way::Macros, 0) => "#[tool(roles = [\"admin\"])]\n".to_owned(),
            (Way::Macros, 1) => "#[tool(requires_auth, scopes = [\"notes:read\"])]\n".to_owned(),
            (Way::Macros, _) => "#[tool]\n".to_owned(),
        };
        write!(
            text,
            "/// Tool {index}.\n{attribute}async fn tool_{index}(days: u32, note: String, tags: Option<Vec<String>>) -> String {{\n    \
             format!(\"{{days}} {{note}} {{tags:?}} {}\")\n}}\n\n",
            if index == 0 { edited } else { 0 }
        )
        .expect("a text grows");
    }
    text + &match way {
        Way::Bare => bare(),
        Way::ByHand => by_hand(),
        Way::Macros => "#[server(auth = google, roles = [\"admin\"], scopes = [\"notes:read\"])]\nstruct Notes;\n\n\
                        fn main() {\n    drop(Notes.into_server());\n}\n"
            .to_owned(),
    }
}

/// Calls each, so that none is left out.
fn bare() -> String {
    let mut text = String::from("fn main() {\n");
    for index in 0..TOOLS {
        writeln!(text, "    drop(tool_{index}(1, String::new(), None));").expect("a text grows");
    }
    text + "}\n"
}

/// What a careful person would write: a type for the arguments of each tool, a list, a dispatcher.
fn by_hand() -> String {
    let mut text = String::new();
    for index in 0..TOOLS {
        write!(
            text,
            "#[derive(Deserialize, JsonSchema)]\n#[serde(deny_unknown_fields)]\nstruct Tool{index} {{\n    \
             days: u32,\n    note: String,\n    tags: Option<Vec<String>>,\n}}\n\n"
        )
        .expect("a text grows");
    }
    text.push_str(
        "fn list() -> Vec<(&'static str, &'static str, schemars::Schema)> {\n    vec![\n",
    );
    for index in 0..TOOLS {
        writeln!(
            text,
            "        (\"tool_{index}\", \"Tool {index}.\", schemars::schema_for!(Tool{index})),"
        )
        .expect("a text grows");
    }
    text.push_str("    ]\n}\n\nasync fn call(name: &str, arguments: &str, roles: &[&str]) -> Result<String, String> {\n    match name {\n");
    for index in 0..TOOLS {
        let rule = if index % 4 == 0 {
            "if !roles.contains(&\"admin\") { return Err(\"forbidden\".into()); }\n            "
        } else {
            ""
        };
        write!(
            text,
            "        \"tool_{index}\" => {{\n            {rule}let it: Tool{index} = serde_json::from_str(arguments).map_err(|error| error.to_string())?;\n            \
             Ok(tool_{index}(it.days, it.note, it.tags).await)\n        }}\n"
        )
        .expect("a text grows");
    }
    text + "        _ => Err(\"unknown tool\".into()),\n    }\n}\n\nfn main() {\n    drop(list());\n    drop(call(\"\", \"\", &[]));\n}\n"
}

struct Project(PathBuf);

impl Project {
    fn write(way: Way) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("a workspace");
        let folder = root.join("target/build-cost").join(match way {
            Way::Bare => "bare",
            Way::ByHand => "by-hand",
            Way::Macros => "macros",
        });
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"cost\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             fastmcp = {{ path = \"{}\" }}\nschemars = \"1\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
            root.join("fastmcp").display()
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
        let project = Self(folder);
        project.edit(way, 0);
        // Dependencies are not part of the cost.
        project.cargo(&["check"]);
        project.cargo(&["build"]);
        project
    }

    /// Changes the body of one tool.
    fn edit(&self, way: Way, seed: usize) {
        let path = self.0.join("src/main.rs");
        let before = fs::read_to_string(&path).unwrap_or_default();
        let mut edited = seed;
        while source(way, edited) == before {
            edited += 1;
        }
        fs::write(path, source(way, edited)).expect("a source file");
    }

    /// The middle duration of a command, each run after `prepare`.
    fn time(&self, command: &[&str], prepare: impl Fn(&Self)) -> f64 {
        let mut runs: Vec<Duration> = (0..RUNS)
            .map(|_| {
                prepare(self);
                let start = Instant::now();
                self.cargo(command);
                start.elapsed()
            })
            .collect();
        runs.sort();
        runs[RUNS / 2].as_secs_f64()
    }

    fn cargo(&self, command: &[&str]) -> String {
        let output = Command::new(env!("CARGO"))
            .arg(command[0])
            .arg("--offline")
            .args(&command[1..])
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.with_file_name("target"))
            // For `-Zunpretty` alone, which a stable compiler has but does not show.
            .env("RUSTC_BOOTSTRAP", "1")
            .stderr(Stdio::piped())
            .output()
            .expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// How many lines the compiler sees once everything is expanded.
    fn expanded(&self) -> usize {
        let text = self.cargo(&["rustc", "--profile", "check", "--", "-Zunpretty=expanded"]);
        text.lines().count()
    }
}
