//! The README says what is so: its table of settings is the one in the code, and every setting is
//! where the table says it can be written.

use std::fs;
use std::path::PathBuf;

use fastmcp::settings::{Places, SETTINGS, Setting};

const BEGIN: &str = "<!-- settings -->\n";
const END: &str = "<!-- /settings -->";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn row(setting: &Setting) -> String {
    let places = match setting.places {
        Places::Both => "both",
        Places::Builder => "builder",
        Places::Attribute => "attribute",
    };
    let variable = setting
        .variable
        .map_or_else(String::new, |name| format!("`{name}`"));
    let Setting {
        name,
        default,
        meaning,
        ..
    } = setting;
    format!("| `{name}` | {places} | {variable} | {default} | {meaning} |\n")
}

fn table() -> String {
    let head = "| setting | where | variable | default | what it does |\n|---|---|---|---|---|\n";
    head.to_owned() + &SETTINGS.iter().map(row).collect::<String>()
}

#[test]
fn the_table_of_settings_is_the_one_in_the_code() {
    let readme = read("README.md");
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(root().join("README.md"), wanted).unwrap();
        return;
    }
    assert!(
        readme == wanted,
        "the table is out of date: run the tests once with UPDATE_README=1"
    );
}

#[test]
fn every_setting_is_where_the_table_says() {
    let options = read("fastmcp-macros/src/options/server.rs");
    let attribute = options
        .split("pub(crate) const SERVER: Options")
        .nth(1)
        .and_then(|rest| rest.split("};").next())
        .unwrap();
    let files = ["builder", "builder_auth", "builder_clients"];
    let builder: String = files
        .iter()
        .map(|file| read(&format!("fastmcp/src/server/{file}.rs")))
        .collect();
    for setting in SETTINGS {
        let name = setting.name;
        let in_attribute = attribute.contains(&format!("\"{name}\""));
        let on_builder = [format!("pub fn {name}("), format!("pub fn {name}<")]
            .iter()
            .any(|method| builder.contains(method.as_str()));
        let found = match (in_attribute, on_builder) {
            (true, true) => Some(Places::Both),
            (true, false) => Some(Places::Attribute),
            (false, true) => Some(Places::Builder),
            (false, false) => None,
        };
        assert_eq!(found, Some(setting.places), "{name}");
    }
}
