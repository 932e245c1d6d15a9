//! Makes what was written without `fsync` durable, all at once.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::local::failed;
use crate::error::Result;

/// The files written since the last [`settle`](Written::settle), where the system can't be asked for all of them at once.
#[derive(Default)]
pub(super) struct Written(Mutex<Vec<PathBuf>>);

/// Linux synchronises a whole file system in one call, and reports write errors from it since 5.8 (`syncfs(2)`).
const WHOLE_FILE_SYSTEM: bool = cfg!(target_os = "linux");

impl Written {
    pub(super) fn add(&self, file: PathBuf) {
        if !WHOLE_FILE_SYSTEM {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        }
    }

    /// Returns when all files that were added before are on disk.
    pub(super) fn settle(&self, root: &Path) -> Result<()> {
        if WHOLE_FILE_SYSTEM {
            return file_systems(root);
        }
        let mut files = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let result = each_file(root, &mut files);
        if result.is_err() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).append(&mut files);
        }
        result
    }
}

/// Synchronises the file system of `root`, and those of its folders, which may be links to other disks.
#[cfg(target_os = "linux")]
fn file_systems(root: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let sync = |path: &Path| -> Result<()> {
        let directory = std::fs::File::open(path).map_err(|error| failed(path, error))?;
        rustix::fs::syncfs(&directory).map_err(|error| failed(path, error.into()))
    };
    let mut devices = vec![root.metadata().map_err(|error| failed(root, error))?.dev()];
    for entry in root.read_dir().map_err(|error| failed(root, error))? {
        let path = entry.map_err(|error| failed(root, error))?.path();
        if let Ok(metadata) = path.metadata()
            && metadata.is_dir()
            && !devices.contains(&metadata.dev())
        {
            sync(&path)?;
            devices.push(metadata.dev());
        }
    }
    sync(root)
}

#[cfg(not(target_os = "linux"))]
fn file_systems(_root: &Path) -> Result<()> {
    Ok(())
}

/// Synchronises each file, then each folder between them and `root`. Files deleted since are passed over.
fn each_file(root: &Path, files: &mut [PathBuf]) -> Result<()> {
    files.sort_unstable();
    let mut folders = std::collections::BTreeSet::new();
    for path in files.iter() {
        match std::fs::File::open(path).and_then(|file| file.sync_all()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(path, error)),
            _ => {}
        }
        folders.extend(path.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).map(Path::to_owned));
    }
    folders.iter().rev().try_for_each(|path| folder(path))
}

/// Synchronises the folders from `path` up to `top`.
pub(super) fn folders(path: &Path, top: &Path) -> Result<()> {
    for path in path.ancestors() {
        folder(if path == Path::new("") { Path::new(".") } else { path })?;
        if path == top {
            break;
        }
    }
    Ok(())
}

fn folder(path: &Path) -> Result<()> {
    // Only Unix opens directories.
    if cfg!(unix) {
        std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(|error| failed(path, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_their_folders_are_synchronised_one_by_one() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let file = root.path().join("a/b/c");
        std::fs::create_dir_all(root.path().join("a/b")).expect("folders");
        std::fs::write(&file, "c").expect("a file");
        each_file(root.path(), &mut [file, root.path().join("a/gone")]).expect("all synchronised");
        let error = each_file(&root.path().join("a"), &mut [root.path().join("a/b/c/d")]).expect_err("no such folder");
        assert!(error.to_string().contains("a/b/c"), "{error}");
    }
}
