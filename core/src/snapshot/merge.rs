//! Merges snapshots, group by group.
//!
//! The rule sees one group at a time: the packages of one name and one architecture, in one component, for one
//! architecture's list. Nothing outside the group has a say, so an unrelated package never changes what comes out.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::deb::version;
use crate::error::{Error, Kind, Result};
use crate::snapshot::candidate::Candidate;
use crate::snapshot::derive::{ListName, Pool, lists_by_name};
use crate::snapshot::manifest::{FORMAT, Made, Manifest, Part};
use crate::snapshot::open::Snapshot;
use crate::snapshot::write::SnapshotWriter;
use crate::store::Store;

/// Which packages of a group a merge keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// All versions of the first snapshot that has the group; the order of the snapshots is their precedence.
    #[default]
    Precedence,
    /// The newest version alone. Of equal versions with different stanzas, the earlier snapshot's.
    Newest,
    /// Every version of every snapshot, each different stanza once. The order of the snapshots plays no part.
    All,
}

impl Rule {
    /// The rule's word, as manifests and the command have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Rule::Precedence => "precedence",
            Rule::Newest => "newest",
            Rule::All => "all",
        }
    }
}

impl std::str::FromStr for Rule {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        [Rule::Precedence, Rule::Newest, Rule::All].into_iter().find(|rule| rule.as_str() == word).ok_or_else(|| {
            Error::new(Kind::Usage, format!("{word:?} is not a rule of merging")).help("precedence, newest or all")
        })
    }
}

/// Merges `snapshots` by `rule` into a new snapshot.
///
/// # Errors
/// [`Kind::Usage`] without a snapshot; what reading and writing the store can fail with.
pub async fn merge(store: &Store, snapshots: &[Snapshot], rule: Rule) -> Result<Snapshot> {
    if snapshots.is_empty() {
        return Err(Error::new(Kind::Usage, "a merge needs at least one snapshot"));
    }
    let inputs: Vec<_> = snapshots.iter().map(lists_by_name).collect();
    let names: BTreeSet<&ListName> = inputs.iter().flat_map(|lists| lists.keys()).collect();
    let mut writer = SnapshotWriter::new(store, snapshots);
    let mut lists = Vec::new();
    for name in names {
        let mut pool = Pool::new(store);
        let mut sources = Vec::new();
        for (snapshot, lists) in snapshots.iter().zip(&inputs) {
            let lists = lists.get(name).map_or(&[][..], |lists| lists);
            sources.push(pool.load(snapshot, lists, None).await?);
        }
        let picks = pick(sources, rule);
        let replaces = inputs.iter().find_map(|lists| lists.get(name)).and_then(|lists| lists.first());
        let listed = pool.write(&mut writer, &picks, replaces.map(|list| list.root)).await?;
        lists.push(name.list(listed));
    }
    let part = Part { lists, ..Part::default() };
    let parents = snapshots.iter().map(Snapshot::id).collect();
    let made = Made::Merge { rule: rule.as_str().to_owned() };
    writer.commit(Manifest { format: FORMAT, made, parents, parts: vec![part] }).await
}

/// Walks the sources together, group by group, and keeps what the rule says.
fn pick(sources: Vec<Vec<Candidate>>, rule: Rule) -> Vec<Candidate> {
    let mut sources: Vec<&[Candidate]> = sources.iter().map(Vec::as_slice).collect();
    let mut picks = Vec::with_capacity(sources.iter().map(|source| source.len()).max().unwrap_or(0));
    while let Some(group) = sources.iter().filter_map(|source| source.first()).map(|next| next.key.group()).min() {
        let members: Vec<&[Candidate]> = sources.iter_mut().map(|source| take_group(source, group)).collect();
        keep(&members, rule, &mut picks);
    }
    picks
}

fn take_group<'a>(source: &mut &'a [Candidate], group: (&[u8], &[u8])) -> &'a [Candidate] {
    let length = source.iter().take_while(|candidate| candidate.key.group() == group).count();
    let (members, rest) = source.split_at(length);
    *source = rest;
    members
}

fn keep(members: &[&[Candidate]], rule: Rule, picks: &mut Vec<Candidate>) {
    match rule {
        Rule::Precedence => {
            picks.extend(members.iter().find(|source| !source.is_empty()).into_iter().copied().flatten().cloned())
        }
        Rule::Newest => {
            let mut newest: Option<&Candidate> = None;
            for candidate in members.iter().copied().flatten() {
                let newer = newest.is_none_or(|best| {
                    version::compare(&candidate.key.version, &best.key.version) == Ordering::Greater
                });
                if newer {
                    newest = Some(candidate);
                }
            }
            picks.extend(newest.cloned());
        }
        Rule::All => {
            let mut all: Vec<&Candidate> = members.iter().copied().flatten().collect();
            all.sort_by(|a, b| a.key.order().cmp(&b.key.order()));
            all.dedup_by(|a, b| a.key == b.key);
            picks.extend(all.into_iter().cloned());
        }
    }
}
