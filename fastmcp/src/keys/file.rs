//! The key file: made once, whole or not at all, for its owner alone; and the one before it.
//!
//! ```text
//!   fastmcp.key ── rotate ──▶ fastmcp.key (new), fastmcp.key.previous (old)
//!                                 ── records sealed anew, forget_previous ──▶ fastmcp.key (new)
//! ```
//!
//! The old key is under its second name before the first name is given away, so a crash at any
//! point leaves both keys, or the old one twice.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::{KeyError, KeyMaterial, Keys};
use crate::parts::Random;
use crate::secret::Secret;

pub(crate) const NAME: &str = "fastmcp.key";
const PREVIOUS: &str = "fastmcp.key.previous";

impl Keys {
    /// The keys of the file `fastmcp.key` in `directory`, which is made on first use; with those
    /// of `fastmcp.key.previous`, if it is there, as previous ones.
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
        Self::with_previous_file(directory, load(path)?)
    }

    /// The keys of the file `fastmcp.key.previous` in `directory`, if it is there. An operator who
    /// goes over from a key file to a secret renames it to that.
    ///
    /// # Errors
    /// The file is open to other users or damaged, or cannot be read.
    pub fn load_previous(directory: &Path) -> Result<Option<Self>, KeyError> {
        let path = directory.join(PREVIOUS);
        match path.try_exists() {
            Ok(true) => load(path).map(|key| Some(Self::from_master(key))),
            Ok(false) => Ok(None),
            Err(error) => Err(KeyError::Io(path, error)),
        }
    }

    /// Puts a new key into `fastmcp.key` and keeps the old one as `fastmcp.key.previous`. Records
    /// are sealed anew by the next server that starts, or by an operator's command.
    ///
    /// # Errors
    /// An earlier exchange is not finished, or the files cannot be read or written.
    pub fn rotate(directory: &Path, random: &Random) -> Result<Self, KeyError> {
        let (path, previous) = (directory.join(NAME), directory.join(PREVIOUS));
        let failed = |error| KeyError::Io(path.clone(), error);
        let old = load(path.clone())?;
        match fs::hard_link(&path, &previous) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // The same key under both names is an exchange that was cut off before it began.
                if load(previous.clone())?.bytes() != old.bytes() {
                    return Err(KeyError::Unfinished(previous));
                }
            }
            linked => linked.map_err(failed)?,
        }
        sync(directory).map_err(failed)?;
        let temporary = write_new(directory, random).map_err(failed)?;
        fs::rename(&temporary, &path)
            .and_then(|()| sync(directory))
            .map_err(failed)?;
        Self::with_previous_file(directory, load(path)?)
    }

    /// Removes `fastmcp.key.previous`: call it when no record is sealed with that key any more.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn forget_previous(directory: &Path) -> Result<(), KeyError> {
        let previous = directory.join(PREVIOUS);
        match fs::remove_file(&previous) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed
                .and_then(|()| sync(directory))
                .map_err(|error| KeyError::Io(previous, error)),
        }
    }

    fn with_previous_file(directory: &Path, current: KeyMaterial) -> Result<Self, KeyError> {
        let current = Self::from_master(current);
        Ok(match Self::load_previous(directory)? {
            Some(earlier) => current.with_previous(&earlier),
            None => current,
        })
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
    let temporary = write_new(directory, random)?;
    let linked = match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    };
    fs::remove_file(&temporary)?;
    linked?;
    sync(directory)
}

/// A new key in a file of a random name; durable, or not there.
fn write_new(directory: &Path, random: &Random) -> io::Result<PathBuf> {
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
    if let Err(error) = written {
        fs::remove_file(&temporary)?;
        return Err(error);
    }
    Ok(temporary)
}

/// Names themselves must survive a power cut, or the data would outlive its key.
fn sync(directory: &Path) -> io::Result<()> {
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
