//! The tables, in Markdown.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use crate::contender::{Contender, folder};
use crate::rows::{Cell, Row, Start};

/// How many times as fast as each rival.
pub fn ratios(rows: &[Row]) -> String {
    let rivals = &Contender::ALL[1..];
    let names: Vec<_> = rivals.iter().map(|rival| rival.name()).collect();
    let mut text = format!("| fastmcp against | {} |\n|---", names.join(" | "));
    text.push_str(&"|--:".repeat(rivals.len()));
    text.push_str("|\n");
    for row in rows {
        let _ = write!(text, "| {} |", row.title);
        for rival in rivals {
            let ratio = ratio(row, *rival).map_or_else(|| "–".into(), times);
            let _ = write!(text, " {ratio} |");
        }
        text.push('\n');
    }
    text
}

/// Everything that was measured.
pub fn figures(rows: &[Row]) -> String {
    let mut text = String::from(
        "| what | who | answers/s | p50 | p99 | CPU per answer | of its core | memory |\n\
         |---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for row in rows {
        for cell in &row.cells {
            let _ = writeln!(
                text,
                "| {} | {} |{}",
                row.title,
                cell.who.name(),
                line(cell)
            );
        }
    }
    text
}

/// How everyone begins.
pub fn starts(starts: &[Start]) -> String {
    let mut text = String::from("| who | first answer | memory at rest |\n|---|--:|--:|\n");
    for Start {
        title,
        first_answer,
        memory,
    } in starts
    {
        let millis = first_answer.as_secs_f64() * 1e3;
        let _ = writeln!(text, "| {title} | {millis:.0} ms | {memory:.1} MiB |");
    }
    text
}

fn line(cell: &Cell) -> String {
    let measured = &cell.measured;
    let at = |quantile| {
        let nanos = measured.times.value_at_quantile(quantile);
        std::time::Duration::from_nanos(nanos).as_secs_f64() * 1e3
    };
    format!(
        " {:.0} | {:.2} ms | {:.2} ms | {:.1} µs | {:.0} % | {:.1} MiB |",
        measured.rate(),
        at(0.5),
        at(0.99),
        measured.cpu_micros(),
        measured.busy() * 100.0,
        cell.memory,
    )
}

/// Ours against `rival`, if both are in the row.
fn ratio(row: &Row, rival: Contender) -> Option<f64> {
    let rate = |who| {
        let cell = row.cells.iter().find(|cell| cell.who == who)?;
        Some(cell.measured.rate())
    };
    Some(rate(Contender::Ours)? / rate(rival)?)
}

fn times(ratio: f64) -> String {
    if ratio < 10.0 {
        format!("{ratio:.2} ×")
    } else {
        format!("{ratio:.0} ×")
    }
}

/// What it was measured on, and against which versions.
pub fn surroundings() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("an unknown processor", |line| {
        line.trim_start_matches([' ', '\t', ':'])
    });
    let cores = cpu
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    let missing: Vec<_> = Contender::ALL
        .iter()
        .filter(|who| !who.is_there())
        .map(|who| who.name())
        .collect();
    let mut text = format!(
        "{model}, {cores} cores, load {load} before; rmcp {}, npm fastmcp {} on node {}, \
         PyPI fastmcp {} on {}.\n",
        locked("rmcp"),
        npm(),
        said("node", &["--version"]),
        pypi(),
        said("python3", &["--version"]),
    );
    if !missing.is_empty() {
        let _ = writeln!(
            text,
            "Not installed and left out: {} (`bench/rivals.sh` installs them).",
            missing.join(", ")
        );
    }
    text
}

/// The version of a crate in the workspace's lock file.
fn locked(name: &str) -> String {
    let lock = fs::read_to_string(folder().join("../Cargo.lock")).unwrap_or_default();
    let after = lock.split_once(&format!("name = \"{name}\"\nversion = \""));
    let version = after.and_then(|(_, rest)| rest.split_once('"'));
    version.map_or_else(String::new, |(version, _)| version.to_owned())
}

fn npm() -> String {
    let package = fs::read_to_string(folder().join("npm/package.json")).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&package).unwrap_or_default();
    let version = package["dependencies"]["fastmcp"].as_str();
    version.unwrap_or_default().to_owned()
}

fn pypi() -> String {
    let pinned = fs::read_to_string(folder().join("python/requirements.txt")).unwrap_or_default();
    let line = pinned
        .lines()
        .find_map(|line| line.strip_prefix("fastmcp=="));
    line.unwrap_or_default().to_owned()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
