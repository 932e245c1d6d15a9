//! A fleet as far as one distribution goes: a version of one release says nothing of those of another.

use reposnap::{Error, Kind, Result};
use roaring::RoaringBitmap;

use super::{Fix, Fleet, Hit, Newer, Plan, restrict};
use crate::audit::Newest;

/// The most distributions that an error names.
const MOST_NAMED: usize = 20;

/// The images of a fleet that are of one distribution, or all of them: [`Fleet::within`].
#[derive(Clone, Debug)]
pub struct Within<'a> {
    fleet: &'a Fleet,
    /// The images that count; none: all.
    images: Option<RoaringBitmap>,
    unknown: RoaringBitmap,
}

impl Fleet {
    /// The fleet as far as a distribution goes: `debian 12`, as [`Record::system`](super::Record::system) has it. One whose
    /// version is a part of another's, up to a dot, has those images with it: `rocky 9` has those of `rocky 9.3`, and `debian`
    /// those alone that tell no version. Without a distribution it is all of the fleet.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where images are recorded and none is of the distribution: a word that was written wrongly must not
    /// look as if there were nothing to do.
    ///
    /// ```
    /// # use reposnap::Digest;
    /// # use reposnap_image::package::Family;
    /// # use reposnap_provenance::fleet::{Fix, Fleet};
    /// let fleet = Fleet::default();
    /// let debian = fleet.within(Some("debian 12"))?;
    /// let hits = debian.hits(&Fix::of(Family::Deb, "openssl", "3.0.17-1~deb12u2"))?;
    /// assert!(debian.plan(&hits).steps.is_empty());
    /// # Ok::<(), reposnap::Error>(())
    /// ```
    pub fn within(&self, system: Option<&str>) -> Result<Within<'_>> {
        let mut within = Within { fleet: self, images: None, unknown: RoaringBitmap::new() };
        let Some(system) = system else { return Ok(within) };
        let systems = self.systems();
        let mut images = RoaringBitmap::new();
        let mut known = RoaringBitmap::new();
        for (name, members) in &systems {
            known |= members;
            if is_part(system, name) {
                images |= members;
            }
        }
        if images.is_empty() && !self.is_empty() {
            let names: Vec<&str> = systems.keys().map(String::as_str).take(MOST_NAMED).collect();
            let help = if names.is_empty() {
                "no record names one".to_owned()
            } else {
                format!("there are {}", names.join(", "))
            };
            return Err(Error::new(Kind::NotFound, format!("no recorded image is of {system:?}")).help(help));
        }
        within.unknown = self.current() - &known;
        within.images = Some(images);
        Ok(within)
    }
}

/// Whether `name` is the distribution `wanted`, or has a longer version than it.
fn is_part(wanted: &str, name: &str) -> bool {
    match name.strip_prefix(wanted) {
        Some("") => true,
        Some(rest) => wanted.contains(' ') && rest.starts_with('.'),
        None => false,
    }
}

impl Within<'_> {
    /// The images that a name is now and of which nobody knows the distribution. They are left out where one is asked about.
    pub fn unknown(&self) -> &RoaringBitmap {
        &self.unknown
    }

    /// [`Fleet::affected`], of these images.
    ///
    /// # Errors
    /// As there.
    pub fn affected(&self, fix: &Fix) -> Result<RoaringBitmap> {
        Ok(self.of(self.fleet.affected(fix)?))
    }

    /// [`Fleet::stale`], of these images.
    ///
    /// # Errors
    /// As there.
    pub fn stale(&self, newer: &[Newer]) -> Result<RoaringBitmap> {
        Ok(self.of(self.fleet.stale(newer)?))
    }

    /// [`Fleet::hits`], in these images.
    ///
    /// # Errors
    /// As there.
    pub fn hits(&self, fix: &Fix) -> Result<Vec<Hit>> {
        Ok(self.restrict(self.fleet.hits(fix)?))
    }

    /// [`Fleet::hits_of`], in these images.
    ///
    /// # Errors
    /// As there.
    pub fn hits_of(&self, newer: &[Newer]) -> Result<Vec<Hit>> {
        Ok(self.restrict(self.fleet.hits_of(newer)?))
    }

    /// [`Fleet::outdated`], in these images.
    ///
    /// # Errors
    /// As there.
    pub fn outdated(&self, newest: &Newest) -> Result<Vec<Hit>> {
        Ok(self.restrict(self.fleet.outdated(newest)?))
    }

    /// [`Fleet::plan`]; of `hits`, what concerns other images is left out.
    pub fn plan(&self, hits: &[Hit]) -> Plan {
        match &self.images {
            Some(_) => self.fleet.plan(&self.restrict(hits.to_vec())),
            None => self.fleet.plan(hits),
        }
    }

    fn of(&self, images: RoaringBitmap) -> RoaringBitmap {
        match &self.images {
            Some(these) => images & these,
            None => images,
        }
    }

    fn restrict(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        if let Some(images) = &self.images {
            restrict(&mut hits, images);
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_parts_up_to_a_dot() {
        for (wanted, name, expected) in [
            ("debian 12", "debian 12", true),
            ("debian 1", "debian 12", false),
            ("debian", "debian 12", false),
            ("debian", "debian", true),
            ("debian", "debian.x 1", false),
            ("rocky 9", "rocky 9.3", true),
            ("rocky 9.3", "rocky 9", false),
            ("ubuntu 22.04", "ubuntu 22.04", true),
            ("", "debian 12", false),
        ] {
            assert_eq!(is_part(wanted, name), expected, "{wanted} {name}");
        }
    }
}
