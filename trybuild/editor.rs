//! What an editor sees, asked of rust-analyzer: no error in correct forms, and completion inside a
//! tool whose attribute has a mistake. Without a `rust-analyzer` that runs (on the path, or named
//! by `RUST_ANALYZER`) these say so and pass over; with `CI` set they fail instead.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use trybuild_cases::names;

use crate::correct::Project;

/// One at a time: they share what was built, and beside it rust-analyzer keeps its notes on the
/// standard library, which a second one would write over while the first one reads.
static EDITOR: Mutex<()> = Mutex::new(());

#[test]
fn correct_forms_have_no_error_in_an_editor() {
    let Some(program) = rust_analyzer() else {
        return;
    };
    let _alone = EDITOR.lock().unwrap_or_else(PoisonError::into_inner);
    let project = Project::write("editor-forms", &names("pass", "rs"));
    let output = Command::new(program)
        .args(["diagnostics", ".", "--severity", "error"])
        .current_dir(project.folder())
        .env("CARGO_TARGET_DIR", target(project.folder()))
        .output()
        .expect("rust-analyzer runs");
    // Progress is written over itself, between the lines that count.
    let text = String::from_utf8_lossy(&output.stdout).replace(['\r', '\u{8}'], "\n");
    let errors: Vec<_> = text
        .lines()
        .filter(|line| line.contains("Error ") && line.contains("/trybuild/pass/"))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(text.contains("diagnostic scan complete"), "{text}");
}

#[test]
fn a_tool_with_a_mistake_in_its_attribute_still_completes() {
    let Some(program) = rust_analyzer() else {
        return;
    };
    let _alone = EDITOR.lock().unwrap_or_else(PoisonError::into_inner);
    let text = |attribute: &str| {
        format!(
            "use fastmcp::prelude::*;\n\n#[server(auth = dev)]\nstruct Notes;\n\n/// Who.\n\
             #[tool({attribute})]\nfn whoami(user: &AuthSession, note: String) -> String {{\n    \
             user.\n}}\n\nfn main() {{}}\n"
        )
    };
    let valid = text("requires_auth");
    let project = Project::of_text("editor-completion", &valid);
    let mut editor = Editor::open(&program, project.folder(), &valid);
    for attribute in [
        "requires_auth",
        "requires_aut",
        "requires_auth, roles = []",
        "requires_auth, timeout = 5",
        "requires_auth,, name =",
    ] {
        editor.change(&text(attribute));
        let offered = editor.complete(8, "    user.".len());
        for method in ["subject", "has_role", "access_token"] {
            let found = offered.iter().any(|label| label.starts_with(method));
            assert!(
                found,
                "`#[tool({attribute})]` offers no `{method}`: {offered:?}"
            );
        }
    }
}

/// A rust-analyzer that runs: rustup has a proxy of that name which may lead nowhere.
fn rust_analyzer() -> Option<String> {
    let program = std::env::var("RUST_ANALYZER").unwrap_or_else(|_| "rust-analyzer".to_owned());
    let version = Command::new(&program).arg("--version").output();
    if version.is_ok_and(|output| output.status.success()) {
        return Some(program);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "there is no rust-analyzer"
    );
    eprintln!("SKIPPED: there is no rust-analyzer");
    None
}

/// Where build scripts and macros are built: once for all projects of an editor.
fn target(project: &Path) -> std::path::PathBuf {
    project.with_file_name("editor-target")
}

/// A session of the language server protocol with one file open.
struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    file: String,
    last: u64,
    version: u64,
}

impl Editor {
    /// Opens `src/main.rs` and waits until everything is loaded.
    fn open(program: &str, folder: &Path, text: &str) -> Self {
        let mut server = Command::new(program)
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", target(folder))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("rust-analyzer starts");
        let input = server.stdin.take().expect("stdin is piped");
        let output = BufReader::new(server.stdout.take().expect("stdout is piped"));
        let root = format!("file://{}", folder.display());
        let file = format!("{root}/src/main.rs");
        let mut editor = Self {
            server,
            input,
            output,
            file,
            last: 0,
            version: 1,
        };
        editor.ask(
            "initialize",
            &json!({
                "processId": null,
                "rootUri": root,
                "capabilities": { "experimental": { "serverStatusNotification": true } },
                "initializationOptions": { "checkOnSave": false, "cachePriming": { "enable": false } },
            }),
        );
        editor.tell("initialized", &json!({}));
        let document =
            json!({ "uri": editor.file, "languageId": "rust", "version": 1, "text": text });
        editor.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        loop {
            let message = editor.hear();
            if message["method"] == "experimental/serverStatus"
                && message["params"]["quiescent"] == true
            {
                return editor;
            }
        }
    }

    /// Puts another text in the file's place.
    fn change(&mut self, text: &str) {
        self.version += 1;
        let document = json!({ "uri": self.file, "version": self.version });
        let change = json!({ "textDocument": document, "contentChanges": [{ "text": text }] });
        self.tell("textDocument/didChange", &change);
    }

    /// Labels of what is offered at a place.
    fn complete(&mut self, line: usize, character: usize) -> Vec<String> {
        let document = json!({ "uri": self.file });
        let position = json!({ "line": line, "character": character });
        let answer = self.ask(
            "textDocument/completion",
            &json!({ "textDocument": document, "position": position }),
        );
        let items = answer["items"].as_array().or(answer.as_array());
        let labels = items
            .into_iter()
            .flatten()
            .map(|item| item["label"].as_str());
        labels.flatten().map(str::to_owned).collect()
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let id = self.last;
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.hear();
            if message["id"] == id && message.get("method").is_none() {
                return message["result"].clone();
            }
        }
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.say(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn say(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len())
            .expect("rust-analyzer listens");
        self.input.flush().expect("rust-analyzer listens");
    }

    /// The next message; requests of the server get an empty answer.
    fn hear(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("text");
            assert!(read > 0, "rust-analyzer is gone");
            match line.trim().strip_prefix("Content-Length: ") {
                Some(text) => length = text.parse().expect("a number"),
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("a whole message");
        let message: Value = serde_json::from_slice(&body).expect("JSON");
        if let (Some(id), true) = (message.get("id"), message.get("method").is_some()) {
            self.say(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
        message
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It may be gone already, which is what is wanted.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
