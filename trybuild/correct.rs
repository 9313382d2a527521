//! Every mistake has its correct form beside it, and that builds.
//!
//! The forms are checked, not linked, as targets of one project beside trybuild's own and with its
//! flags, so that both share one build of the dependencies.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use trybuild_cases::{names, package};

/// Flags that trybuild builds with.
const FLAGS: &str = r#"["--cfg", "trybuild", "--verbose", "-A", "dead_code"]"#;

#[test]
fn every_mistake_has_a_correct_form_and_every_form_a_mistake() {
    let (wrong, right) = (names("fail", "rs"), names("pass", "rs"));
    assert!(wrong.len() >= 80, "only {} mistakes", wrong.len());
    let alone: Vec<_> = wrong.symmetric_difference(&right).collect();
    assert!(alone.is_empty(), "without the other half: {alone:#?}");
    let texts = names("fail", "stderr");
    let silent: Vec<_> = wrong.difference(&texts).collect();
    assert!(silent.is_empty(), "without a message: {silent:#?}");
}

#[test]
fn correct_forms_build() {
    let project = Project::write("forms", &names("pass", "rs"));
    let output = project.cargo(&["check", "--bins", "--keep-going", "--message-format=short"]);
    assert!(output.status.success(), "\n{}", text(&output));
}

/// `auth = dev` may be tried, not shipped: what a release build makes of it.
#[test]
#[cfg_attr(not(debug_assertions), ignore = "the cases are built for debugging")]
fn the_development_sign_in_is_no_part_of_a_release() {
    let release = ["--profile", "check", "--", "-C", "debug-assertions=off"];
    for (form, fault) in [
        ("provider/dev_with_options", Some("[FM0208]")),
        ("provider/dev_allowed_in_release", None),
    ] {
        let project = Project::write("one-form", &BTreeSet::from([form.to_owned()]));
        let bin = target(form);
        let output = project.cargo(&[&["rustc", "--bin", &bin][..], &release].concat());
        let text = text(&output);
        match fault {
            Some(code) => assert!(
                text.contains(code) && text.contains("auth = dev(allow_release)"),
                "{form}:\n{text}"
            ),
            None => assert!(output.status.success(), "{form}:\n{text}"),
        }
    }
}

/// A cargo project beside trybuild's.
pub(crate) struct Project(PathBuf);

impl Project {
    /// A project whose targets are correct forms.
    pub(crate) fn write(name: &str, forms: &BTreeSet<String>) -> Self {
        let mut targets = String::new();
        for form in forms {
            let path = package().join("pass").join(form).with_extension("rs");
            let name = target(form);
            let path = path.display();
            write!(targets, "\n[[bin]]\nname = \"{name}\"\npath = \"{path}\"\n")
                .expect("a text grows");
        }
        Self::with_targets(name, &targets)
    }

    /// A project of one file.
    pub(crate) fn of_text(name: &str, text: &str) -> Self {
        let project = Self::with_targets(name, "");
        let sources = project.folder().join("src");
        std::fs::create_dir_all(&sources).expect("a folder");
        std::fs::write(sources.join("main.rs"), text).expect("a source file");
        project
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    fn with_targets(name: &str, targets: &str) -> Self {
        let root = package().parent().expect("a workspace").to_owned();
        let folder = root.join("target/tests/correct").join(name);
        let manifest = format!(
            r#"[package]
name = "{name}"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
fastmcp = {{ path = "{}" }}
schemars = "1.2"
serde = {{ version = "1", features = ["derive", "rc"] }}
serde_json = "1"
tokio = {{ version = "1", features = ["macros", "net", "rt-multi-thread", "signal", "sync", "time"] }}
{targets}"#,
            root.join("fastmcp").display()
        );
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
        Self(folder)
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let shared = shared_target(&self.0);
        let host = host();
        let (command, rest) = arguments.split_first().expect("a command");
        Command::new(env!("CARGO"))
            .arg(command)
            .args(["--offline", "--target", &host])
            .arg(format!("--config=build.rustflags={FLAGS}"))
            .arg(format!("--config=target.{host}.rustflags={FLAGS}"))
            .args(rest)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", shared)
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs")
    }
}

/// Where trybuild builds.
fn shared_target(project: &Path) -> PathBuf {
    let tests = project.ancestors().nth(2).expect("`target/tests`");
    tests.join("trybuild")
}

/// This machine, as rustc calls it.
fn host() -> String {
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let version = String::from_utf8(version.stdout).expect("text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc knows its host").to_owned()
}

fn target(form: &str) -> String {
    form.replace('/', "-")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
