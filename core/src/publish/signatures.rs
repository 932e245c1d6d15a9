//! What is signed of a suite, and the signatures.

use crate::digest::Digest;
use crate::publish::state::{Generation, below, certificate_path};

/// What is signed, and the signatures.
///
/// A tree of one's own has all; an upstream has InRelease, or Release with Release.gpg, or all three.
#[derive(Default)]
pub(crate) struct Signed {
    pub(crate) release: Option<Vec<u8>>,
    pub(crate) signature: Option<Vec<u8>>,
    pub(crate) in_release: Option<Vec<u8>>,
    pub(crate) certificate: Option<Vec<u8>>,
}

impl Signed {
    /// The digest of the file that clients look at first.
    pub(crate) fn clients_see(&self) -> Digest {
        Digest::of(self.in_release.as_ref().or(self.release.as_ref()).map_or(&[], Vec::as_slice))
    }

    /// The digest of the text that is signed; of InRelease where the text does not stand alone.
    pub(crate) fn text(&self) -> Digest {
        Digest::of(self.release.as_ref().or(self.in_release.as_ref()).map_or(&[], Vec::as_slice))
    }

    /// The paths below the root whose content is another once `now` is in place of `before`, sorted.
    pub(crate) fn changed(
        &self,
        suite: &str,
        directory: &str,
        before: Option<&Generation>,
        now: &Generation,
        certificate: bool,
        replaced: Vec<String>,
    ) -> Vec<String> {
        let mut changed = replaced;
        changed.extend(now.changed_since(before).map(|(index, form)| below(directory, &index.form_path(form))));
        let files = [("Release", &self.release), ("Release.gpg", &self.signature), ("InRelease", &self.in_release)];
        changed.extend(files.iter().filter(|(_, bytes)| bytes.is_some()).map(|(name, _)| below(directory, name)));
        changed.extend(certificate.then(|| certificate_path(suite)));
        changed.sort_unstable();
        changed
    }
}
