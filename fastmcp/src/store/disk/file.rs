//! The file and its directory: who may read them, and who has them open.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::super::Error;
use crate::keys::private_directory;
use crate::parts::Clock;

const NAME: &str = "fastmcp.redb";

/// Makes directory and file ready: present, private, and on disk.
pub(super) fn prepare(directory: &Path) -> Result<PathBuf, Error> {
    let path = directory.join(NAME);
    let ready = private_directory(directory)
        .and_then(|()| private_file(&path))
        .and_then(|new| {
            // The name of a new file must survive a power cut as its contents do.
            if new {
                File::open(directory)?.sync_all()
            } else {
                Ok(())
            }
        });
    ready.map_err(|error| Error::unavailable(format_args!("`{}`: {error}", path.display())))?;
    Ok(path)
}

/// Makes the file with mode 0600 if it is missing; closes it to others if it was open. Tells
/// whether it is new.
fn private_file(path: &Path) -> io::Result<bool> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => return Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other(
            "this is no regular file; remove what lies there, or choose another directory",
        ));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            tracing::warn!(file = %path.display(), "database file was open to other users; closed it");
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(false)
}

/// The length of the file, in bytes; zero if there is none.
pub(super) fn length(directory: &Path) -> Result<u64, Error> {
    let path = directory.join(NAME);
    match fs::metadata(&path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Error::unavailable(format_args!(
            "`{}`: {error}",
            path.display()
        ))),
    }
}

/// Opens the file and locks it for this process, as long as the handle lives.
pub(super) fn lock(path: &Path) -> Result<File, Error> {
    let unavailable =
        |error: io::Error| Error::unavailable(format_args!("`{}`: {error}", path.display()));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(unavailable)?;
    match file.try_lock() {
        Ok(()) if is_named(&file, path).map_err(unavailable)? => Ok(file),
        Ok(()) => Err(unavailable(io::Error::other(
            "another file took this name while it was opened; start again",
        ))),
        Err(TryLockError::Error(error)) => Err(unavailable(error)),
        Err(TryLockError::WouldBlock) => {
            let holder = holder(path).map_or_else(String::new, |pid| format!(" (pid {pid})"));
            Err(Error::unavailable(format_args!(
                "`{}` is in use by another process{holder}; a DiskStore belongs to one process: \
                 stop the other, or give this one its own directory",
                path.display()
            )))
        }
    }
}

/// Whether the name leads to this very file, and not by a link.
fn is_named(file: &File, path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (named, opened) = (fs::symlink_metadata(path)?, file.metadata()?);
        Ok((named.dev(), named.ino()) == (opened.dev(), opened.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Ok(fs::symlink_metadata(path)?.is_file())
    }
}

/// Makes and locks an empty file beside the one at `path`, to take its place. To be called while
/// that one is locked, so that nobody else does.
pub(super) fn make_beside(path: &Path) -> Result<(PathBuf, File), Error> {
    let beside = path.with_file_name(format!("{NAME}.new"));
    let made = match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => private_file(&beside),
    };
    made.map_err(|error| Error::unavailable(format_args!("`{}`: {error}", beside.display())))?;
    let file = lock(&beside)?;
    Ok((beside, file))
}

/// Removes what an earlier process may have left beside the file at `path`.
pub(super) fn remove_beside(path: &Path) {
    let beside = path.with_file_name(format!("{NAME}.new"));
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(file = %beside.display(), %error, "an unfinished file was not removed");
        }
        _ => {}
    }
}

/// Puts the file at `beside` in the place of the one at `path`, which is gone then. Both must be
/// locked. The new name survives a power cut once the directory that is given back is synced.
pub(super) fn take_place(path: &Path, beside: &Path) -> io::Result<File> {
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    let directory = File::open(directory)?;
    fs::rename(beside, path)?;
    Ok(directory)
}

/// Puts the file at `beside` in the place of the one at `path`, which gets another name with the
/// time in it; nothing is deleted. Both must be locked.
pub(super) fn exchange(path: &Path, beside: &Path) -> io::Result<PathBuf> {
    let now = Clock::system().now();
    let names = (0..1000_u32).map(|n| match n {
        0 => path.with_file_name(format!("{NAME}.damaged-{now}")),
        n => path.with_file_name(format!("{NAME}.damaged-{now}-{n}")),
    });
    for aside in names {
        if fs::symlink_metadata(&aside).is_err_and(|it| it.kind() == io::ErrorKind::NotFound) {
            // With two names for the old file, the place is never empty. Not every file system
            // can do that.
            if fs::hard_link(path, &aside).is_err() {
                fs::rename(path, &aside)?;
            }
            fs::rename(beside, path)?;
            if let Some(directory) = path.parent() {
                File::open(directory)?.sync_all()?;
            }
            return Ok(aside);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The locked file as the engine's storage.
pub(super) fn storage(file: &File) -> io::Result<Box<dyn StorageBackend>> {
    let backend = FileBackend::new(file.try_clone()?).map_err(io::Error::other)?;
    Ok(Box::new(backend))
}

/// The process that holds the lock on the file, where the system tells (Linux).
fn holder(path: &Path) -> Option<u32> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt as _;
        let suffix = format!(":{}", fs::metadata(path).ok()?.ino());
        let locks = fs::read_to_string("/proc/locks").ok()?;
        // `1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF`
        locks.lines().find_map(|line| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let file = fields.iter().position(|field| field.ends_with(&suffix))?;
            fields
                .get(file.checked_sub(1)?)?
                .parse()
                .ok()
                .filter(|pid| *pid > 0)
        })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = path;
        None
    }
}
