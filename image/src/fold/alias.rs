//! Links by which a layer may reach into places that matter under another name.
//!
//! Where a lower layer has `opt/d -> /var/lib/dpkg`, and an upper one `opt/d/status` without an entry for `opt/d`, the database
//! is changed under a name that nobody looks for. Such names are added to what matters, and the layers are looked at once more.

use std::collections::HashMap;

use crate::layer::facts::Facts;
use crate::layer::interest::{Interest, Relevance, Rule};
use crate::limits::MAX_PLACES;
use crate::way::Way;

/// The links of the layers so far: the newest at each path. Links that are gone are still here: they cost a second look, no
/// more.
#[derive(Debug, Default)]
pub(crate) struct Links<'a>(HashMap<&'a [u8], &'a [u8]>);

impl<'a> Links<'a> {
    /// Adds those of a layer, and gives the other names under which it may reach places.
    pub(crate) fn add(&mut self, facts: &'a Facts, interest: &Interest) -> Vec<(Vec<u8>, Rule)> {
        self.0.extend(facts.links.iter().map(|(path, target)| (path.as_slice(), target.as_slice())));
        let mut names = Vec::new();
        for folder in &facts.implied {
            if interest.judge(folder) != Relevance::None {
                continue;
            }
            let Some(at) = self.resolve(folder) else { continue };
            if at == *folder || interest.judge(&at) != Relevance::Way {
                continue;
            }
            for (below, rule) in interest.below(&at) {
                let name = if below.is_empty() { folder.clone() } else { [folder, &b"/"[..], below].concat() };
                if interest.rule_at(&name) != Some(rule) {
                    names.push((name, rule));
                }
            }
            // Whoever adds these finds that they are too many.
            if names.len() > MAX_PLACES {
                break;
            }
        }
        names
    }

    /// Where a folder is, if all links count; none for circles.
    fn resolve(&self, folder: &[u8]) -> Option<Vec<u8>> {
        let mut way = Way::new(folder);
        while let Some(next) = way.step() {
            match self.0.get(&next[..]) {
                Some(target) => way.follow(folder, target).ok()?,
                None => way.at = next,
            }
        }
        Some(way.at)
    }
}
