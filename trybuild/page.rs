//! `docs/diagnostics.md` is made of the table and the cases, so it cannot say anything else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use trybuild_cases::diagnostics::{DIAGNOSTICS, Diagnostic, GROUPS, Stops};
use trybuild_cases::{names, package};

const HEAD: &str = "\
# Diagnostics

Every message of fastmcp that stops a build or a start carries a code. Here is each with its cause
and its cure; those of the build with an example, which is one of the project's tests.

<!-- Made by `UPDATE_DOCS=1 cargo test -p trybuild-cases --test ui page`; do not edit. -->
";

#[test]
fn the_page_is_made_of_the_cases() {
    let path = package()
        .parent()
        .expect("a workspace")
        .join("docs/diagnostics.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).expect("the page is written");
    }
    let written = fs::read_to_string(&path).expect("the page");
    assert!(
        written == page,
        "docs/diagnostics.md is not what the cases say; make it anew with UPDATE_DOCS=1"
    );
}

#[test]
fn every_code_has_a_row_and_every_row_its_message() {
    let shown: BTreeSet<String> = examples().into_keys().collect();
    let rows = |stops| {
        DIAGNOSTICS
            .iter()
            .filter(move |row| row.stops == stops)
            .map(|row| row.code.to_owned())
    };
    let expected: BTreeSet<String> = rows(Stops::Build).collect();
    let differ: Vec<_> = expected.symmetric_difference(&shown).collect();
    assert!(
        differ.is_empty(),
        "a row without a case, or a case without a row: {differ:?}"
    );

    let known: BTreeSet<String> = DIAGNOSTICS.iter().map(|row| row.code.to_owned()).collect();
    assert_eq!(known.len(), DIAGNOSTICS.len(), "a code is there twice");
    let root = package().parent().expect("a workspace");
    let mut used = BTreeSet::new();
    for folder in ["fastmcp/src", "fastmcp-macros/src"] {
        codes_below(&root.join(folder), &mut used);
    }
    let differ: Vec<_> = known.symmetric_difference(&used).collect();
    assert!(
        differ.is_empty(),
        "used without a row, or never used: {differ:?}"
    );
}

fn page() -> String {
    let examples = examples();
    let mut page = HEAD.to_owned();
    for (prefix, heading) in GROUPS {
        write!(page, "\n## {heading}\n").expect("a text grows");
        for row in DIAGNOSTICS
            .iter()
            .filter(|row| row.code.starts_with(prefix))
        {
            add(&mut page, row, examples.get(row.code));
        }
    }
    page
}

fn add(page: &mut String, row: &Diagnostic, case: Option<&String>) {
    let Diagnostic {
        code,
        title,
        cause,
        cure,
        ..
    } = row;
    write!(page, "\n### {code}: {title}\n\n{cause} {cure}\n").expect("a text grows");
    let Some(case) = case else {
        return;
    };
    let (wrong, right) = (source("fail", case), source("pass", case));
    let message = message(case);
    write!(
        page,
        "\n```rust\n{wrong}\n```\n\n```text\n{message}\n```\n\n```rust\n{right}\n```\n"
    )
    .expect("a text grows");
}

/// For each code the shortest case that shows it, best one that shows nothing else.
fn examples() -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for case in names("fail", "stderr") {
        let text = text("fail", &case, "stderr");
        let codes: BTreeSet<String> = codes_in(&text).collect();
        let weight = source("fail", &case).len() + text.matches("error").count() * 1_000;
        for code in codes {
            let best = found.entry(code).or_insert((usize::MAX, String::new()));
            if weight < best.0 {
                *best = (weight, case.clone());
            }
        }
    }
    found
        .into_iter()
        .map(|(code, (_, case))| (code, case))
        .collect()
}

fn codes_in(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("FM0").filter_map(|(at, _)| {
        let code = text.get(at..at + 6)?;
        let digits = code[2..].bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| code.to_owned())
    })
}

fn codes_below(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            codes_below(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.extend(codes_in(&text));
        }
    }
}

fn text(folder: &str, case: &str, extension: &str) -> String {
    let path = package().join(folder).join(case).with_extension(extension);
    fs::read_to_string(path).expect("a case")
}

/// The case without what every case has.
fn source(folder: &str, case: &str) -> String {
    let text = text(folder, case, "rs");
    let text = text.replace("use fastmcp::prelude::*;\n", "");
    text.replace("\nfn main() {}\n", "").trim().to_owned()
}

/// What the compiler says, without where the case lies.
fn message(case: &str) -> String {
    let text = text("fail", case, "stderr");
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("-->"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
