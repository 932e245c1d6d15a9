//! What moved between a lock and one that was solved anew.

use super::super::{Changed, Lock, Locked};
use super::{Move, Why};

/// What moved, by name and architecture.
pub fn moves(before: &Lock, after: &Lock) -> Vec<Move> {
    let diff = before.diff(after);
    let native = &after.head().architecture;
    let came = |package: &Locked| Move {
        name: package.apt_name(native),
        before: None,
        after: Some(package.version.clone()),
        why: package.reason.clone().map_or(Why::Asked, Why::Relation),
    };
    let went = |package: &Locked| Move {
        name: package.apt_name(native),
        before: Some(package.version.clone()),
        after: None,
        why: Why::Unneeded,
    };
    let changed = |change: &Changed| Move {
        name: match change.architecture == *native {
            true => change.name.clone(),
            false => format!("{}:{}", change.name, change.architecture),
        },
        before: Some(change.before.clone()),
        after: Some(change.after.clone()),
        why: Why::Anew,
    };
    let mut moves: Vec<Move> = diff.added.iter().map(came).collect();
    moves.extend(diff.removed.iter().map(went));
    moves.extend(diff.upgraded.iter().chain(&diff.downgraded).chain(&diff.rebuilt).map(changed));
    moves.sort_by(|a, b| a.name.cmp(&b.name));
    moves
}
