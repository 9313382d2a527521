//! The key file: made once, whole or not at all, for its owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{KeyError, KeyMaterial, Keys};
use crate::parts::Random;
use crate::secret::Secret;

const NAME: &str = "fastmcp.key";

impl Keys {
    /// The keys of the file `fastmcp.key` in `directory`, which is made on first use.
    ///
    /// Call it before a `DiskStore` is opened in the same directory: where there is data but no
    /// key file, no new key is made.
    ///
    /// # Errors
    /// The file is open to other users or damaged, is missing beside existing data, or cannot be
    /// read or written.
    pub fn load_or_create(directory: &Path, random: &Random) -> Result<Self, KeyError> {
        let path = directory.join(NAME);
        let failed = |error| KeyError::Io(path.clone(), error);
        private_directory(directory).map_err(failed)?;
        if !path.try_exists().map_err(failed)? {
            if holds_data(directory).map_err(failed)? {
                return Err(KeyError::Missing(path));
            }
            create(directory, &path, random).map_err(failed)?;
        }
        load(path).map(Self::from_master)
    }
}

fn load(path: PathBuf) -> Result<KeyMaterial, KeyError> {
    let read = |path: &Path| -> io::Result<Option<Secret>> {
        let file = File::open(path)?;
        if is_exposed(&file.metadata()?) {
            return Ok(None);
        }
        io::read_to_string(file).map(|text| Some(Secret::from(text)))
    };
    match read(&path) {
        Ok(Some(text)) => KeyMaterial::parse(&text).map_err(|_| KeyError::Damaged(path)),
        Ok(None) => Err(KeyError::Exposed(path)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(KeyError::Damaged(path)),
        Err(error) => Err(KeyError::Io(path, error)),
    }
}

/// Writes a new key under a random name and links it to its place: a crash leaves no half file
/// there, and of two processes that start together both use the one that was first.
fn create(directory: &Path, path: &Path, random: &Random) -> io::Result<()> {
    let temporary = directory.join(format!("{NAME}.{}", random.token()));
    let key = Zeroizing::new(random.bytes::<32>());
    let text = Zeroizing::new(URL_SAFE_NO_PAD.encode(*key) + "\n");
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    fs::remove_file(&temporary)?;
    linked?;
    // The name itself must survive a power cut, or the data would outlive its key.
    File::open(directory)?.sync_all()
}

fn holds_data(directory: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(directory)? {
        if Path::new(&entry?.file_name())
            .extension()
            .is_some_and(|extension| extension == "redb")
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A directory for its owner alone: made with mode 0700 where missing, closed to others with a
/// warning where it was open.
pub(crate) fn private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(directory)?.permissions().mode();
        // Also mends what an odd umask took away from the owner.
        if mode & 0o777 != 0o700 {
            fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
        }
        if mode & 0o077 != 0 {
            tracing::warn!(directory = %directory.display(), "directory was open to other users; closed it");
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_exposed(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // `/proc/self` belongs to the user of this process; without it the owner is not judged.
    let foreign = fs::metadata("/proc/self").is_ok_and(|own| own.uid() != metadata.uid());
    metadata.mode() & 0o077 != 0 || foreign
}

#[cfg(not(unix))]
fn is_exposed(_: &fs::Metadata) -> bool {
    false
}
