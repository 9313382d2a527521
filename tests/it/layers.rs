//! The shape of the house: imports point down, files stay small.
//!
//! The table is `fastmcp/src`'s law. To change it is a decision about the architecture: say why in
//! the commit that does it. Tests inside the crate (`#[cfg(test)]`) are held to it as well.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A module → the modules that it may name; its own inside is free.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // level 0: words, no I/O
    ("secret", &[]),
    ("spec", &[]),
    ("health", &[]),
    // (what is counted and timed, and whose trace it belongs to: anybody may say so)
    ("measure", &[]),
    ("trace", &[]),
    ("error", &[]),
    // (who is told of decisions is part of the world that everybody is handed)
    ("audit", &["measure"]),
    // (a description: `server`, which knows what it describes, fills it in)
    ("manifest", &[]),
    // (`spec`: what cannot be is what its types refuse)
    ("faults", &["spec"]),
    // level 1: the world as a value; pages
    ("parts", &["audit", "secret", "spec"]),
    ("page", &["secret", "spec"]),
    // (a client that looks at a server: nothing of the server itself)
    ("doctor", &["parts", "spec"]),
    // (what a task is and how it may change: the ledger keeps it, `mcp` runs it)
    ("task", &["parts"]),
    // level 2
    ("keys", &["secret", "parts", "error"]),
    // (`parts`: it counts by the server's clock)
    ("limits", &["parts"]),
    // level 3: bytes, and strings that prove something
    ("store", &["audit", "keys", "measure", "parts", "secret"]),
    ("token", &["keys", "parts", "secret", "spec"]),
    // level 4: providers as data, who is calling, what may happen
    // (`keys`: the sign-in page of `dev` seals its code; `parts`: a session tells when it expires)
    (
        "provider",
        &["token", "keys", "parts", "secret", "spec", "page"],
    ),
    ("auth", &["token", "spec", "secret", "parts"]),
    (
        "ledger",
        &["audit", "store", "keys", "parts", "secret", "spec", "task"],
    ),
    // level 5: a login, an item
    (
        "oauth",
        &[
            "ledger", "provider", "token", "auth", "page", "keys", "parts", "secret", "spec",
            "faults", "audit", "limits", "measure", "trace",
        ],
    ),
    // (`spec`: the URI templates of resources)
    ("item", &["auth", "spec"]),
    ("guard", &["audit", "auth", "parts"]),
    // level 6: a call
    // (`secret`: a standing stream keeps the token that it is asked about again; `keys`: what a call
    // leaves with its client between two rounds of questions is sealed)
    (
        "mcp",
        &[
            "item", "auth", "guard", "measure", "parts", "secret", "keys", "task", "trace",
        ],
    ),
    // level 7: every option once
    (
        "settings",
        &[
            "oauth", "mcp", "store", "provider", "keys", "error", "secret",
        ],
    ),
    // level 8 (`server`, `admin`, `testing`, `private`, `prelude`, `lib`) introduces everybody to everybody
];
// (`admin` is another way to start: it opens what `server` opens; `fuzz` is a list of the targets
// that lie beside what they ask; `testing` starts a server for the tests of who wrote it)
const TOP: &[&str] = &[
    "admin", "fuzz", "server", "testing", "private", "prelude", "lib",
];

/// No file is longer; most have fewer than 300 lines.
const LINES: usize = 400;

#[test]
fn imports_point_down_only() {
    let source = source();
    let mut wrong = Vec::new();
    for file in files(&source) {
        let module = module_of(&source, &file);
        if TOP.contains(&module.as_str()) {
            continue;
        }
        let may = MAY_IMPORT.iter().find(|(known, _)| *known == module);
        let Some((_, may)) = may else {
            wrong.push(format!(
                "{}: module `{module}` is not in the table",
                file.display()
            ));
            continue;
        };
        for name in named(&fs::read_to_string(&file).expect("a source file")) {
            if name != module && !may.contains(&name.as_str()) {
                wrong.push(format!(
                    "{}: `{module}` may not name `{name}`",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_the_budget() {
    let crates = [
        "bench/benches",
        "bench/src",
        "fastmcp/src",
        "fastmcp/tests",
        "fastmcp-macros/src",
        "examples/src",
        "tests/src",
        "tests/it",
    ];
    let long: Vec<_> = crates
        .iter()
        .flat_map(|folder| files(&workspace().join(folder)))
        .map(|file| (lines(&file), file))
        .filter(|(lines, _)| *lines > LINES)
        .collect();
    assert!(long.is_empty(), "longer than {LINES} lines: {long:#?}");
}

#[test]
fn examples_fit_one_screen() {
    let long: Vec<_> = files(&workspace().join("examples/src/bin"))
        .into_iter()
        .filter(|file| lines(file) > 60)
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn only_the_engine_knows_the_sdk() {
    let source = source();
    let engine = source.join("mcp/engine");
    let knowing: Vec<_> = files(&source)
        .into_iter()
        .filter(|file| !file.starts_with(&engine) && !file.ends_with("mcp/engine.rs"))
        .filter(|file| {
            let text = fs::read_to_string(file).expect("a source file");
            code_lines(&text).any(|line| line.contains("rmcp::"))
        })
        .collect();
    assert!(
        knowing.is_empty(),
        "`rmcp` outside `mcp/engine/`: {knowing:#?}"
    );
}

#[test]
fn the_table_has_no_knot() {
    let below = |name: &str| MAY_IMPORT.iter().position(|(known, _)| *known == name);
    for (at, (module, may)) in MAY_IMPORT.iter().enumerate() {
        for name in *may {
            let below = below(name).unwrap_or_else(|| panic!("`{name}` is not in the table"));
            assert!(below < at, "`{module}` stands below `{name}`");
        }
    }
}

fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the package is in a workspace")
        .to_path_buf()
}

fn source() -> PathBuf {
    workspace().join("fastmcp/src")
}

fn lines(file: &Path) -> usize {
    fs::read_to_string(file)
        .expect("a source file")
        .lines()
        .count()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("a folder can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `fastmcp/src/oauth/token.rs` → `oauth`.
fn module_of(source: &Path, file: &Path) -> String {
    let below = file.strip_prefix(source).expect("a file of the crate");
    let first = below.components().next().expect("a file has a name");
    let first = first.as_os_str().to_string_lossy();
    first
        .trim_end_matches(".rs")
        .trim_end_matches("_tests")
        .to_owned()
}

/// Lines without those that are comments.
fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

/// The modules that the text names by `crate::x` or `crate::{x, y::…}`; a macro, `crate::x!`, is
/// none, and neither is what stands in quotes.
fn named(text: &str) -> BTreeSet<String> {
    let code: Vec<_> = code_lines(text).collect();
    let code = code.join("\n");
    code.match_indices("crate::")
        .filter(|(at, _)| {
            !code[..*at].ends_with(|c: char| "$_\"".contains(c) || c.is_alphanumeric())
        })
        .flat_map(|(at, found)| first_names(&code[at + found.len()..]))
        .filter(|name| name.starts_with(|c: char| c.is_lowercase()))
        .collect()
}

/// The first name of a path, or of each path in braces.
fn first_names(path: &str) -> Vec<String> {
    let word = |text: &str| {
        let text = text.trim_start();
        let end = text.find(|c: char| c != '_' && !c.is_alphanumeric());
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        let is_macro = rest.starts_with('!');
        if is_macro { "" } else { word }.to_owned()
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path)];
    };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn paths_are_read_in_every_form() {
    let text = "use crate::store::{Key, Record};\nuse crate::{keys::Keys, parts, spec::{Scopes, Resource}};\n\
                // crate::ignored::here\nlet x = crate::secret::Secret::new(); ::other_crate::x; crate::Secret\n\
                crate::items!(); \"crate::quoted::x\"";
    let expected = ["keys", "parts", "secret", "spec", "store"].map(String::from);
    assert_eq!(named(text), expected.into());
}
