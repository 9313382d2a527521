//! The cases: `fail/<theme>/<mistake>.rs` with its message in `.stderr`, and the correct form of
//! each in `pass/<theme>/<mistake>.rs`.

pub mod diagnostics;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folder of the cases.
#[must_use]
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cases in `folder` that have a file with this extension: `theme/mistake`.
///
/// # Panics
/// The folder cannot be read.
#[must_use]
pub fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let themes = entries(&package().join(folder));
    themes
        .iter()
        .filter(|theme| theme.is_dir())
        .flat_map(|theme| entries(theme))
        .filter(|file| file.extension().is_some_and(|found| found == extension))
        .filter_map(|file| {
            let theme = file.parent()?.file_name()?.to_str()?;
            Some(format!("{theme}/{}", file.file_stem()?.to_str()?))
        })
        .collect()
}

#[expect(clippy::expect_used, reason = "used by tests alone")]
fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .expect("a folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .collect()
}
