//! What many explanations end in: told once.

use std::collections::HashMap;

use super::report::{Cause, Uninstallable};
use super::why::{Explanation, Fact};
use super::words::{nothing, words_of};
use crate::resolve::Universe;

/// Groups what can't be installed by what that comes from, that of the most first, and numbers it.
pub(super) fn group(universe: &Universe, uninstallable: &mut [Uninstallable]) -> Vec<Cause> {
    let mut by_words: HashMap<String, usize> = HashMap::new();
    let mut causes: Vec<Cause> = Vec::new();
    let mut of: Vec<Option<usize>> = Vec::with_capacity(uninstallable.len());
    for entry in uninstallable.iter() {
        of.push(entry.why.as_ref().map(|why| {
            let facts = roots(why);
            let words = words(universe, &facts);
            let at = *by_words.entry(words.clone()).or_insert(causes.len());
            if at == causes.len() {
                causes.push(Cause { facts, words, versions: Vec::new() });
            }
            causes[at].versions.push(entry.version);
            at
        }));
    }
    let mut order: Vec<usize> = (0..causes.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&causes[*a], &causes[*b]);
        b.versions.len().cmp(&a.versions.len()).then_with(|| a.words.cmp(&b.words))
    });
    let mut place = vec![0; causes.len()];
    order.iter().enumerate().for_each(|(at, cause)| place[*cause] = at);
    for (entry, cause) in uninstallable.iter_mut().zip(of) {
        entry.cause = cause.map(|cause| place[cause]);
    }
    let mut slots: Vec<Option<Cause>> = causes.into_iter().map(Some).collect();
    order.into_iter().filter_map(|cause| slots[cause].take()).collect()
}

/// The facts in which an explanation ends: what is missing, what is refused, what there is one of.
fn roots(why: &Explanation) -> Vec<Fact> {
    let single: Vec<u32> = why.facts.iter().filter_map(Fact::single).flatten().copied().collect();
    let is_root = |fact: &&Fact| match fact {
        Fact::Needs { answers, .. } => answers.is_empty() || answers.iter().any(|answer| single.contains(answer)),
        Fact::Refuses { .. } | Fact::Single { .. } => true,
    };
    why.facts.iter().filter(is_root).cloned().collect()
}

impl Fact {
    fn single(&self) -> Option<&[u32]> {
        match self {
            Fact::Single { versions } => Some(versions),
            _ => None,
        }
    }
}

/// A cause in words. Who misses something is not told: that is who is listed with it.
fn words(universe: &Universe, facts: &[Fact]) -> String {
    let mut missing: Vec<String> = Vec::new();
    for fact in facts {
        if let Fact::Needs { dep, answers, .. } = fact
            && answers.is_empty()
        {
            let text = format!("{} is needed, {}", universe.dep_text(*dep), nothing(universe, *dep));
            if !missing.contains(&text) {
                missing.push(text);
            }
        }
    }
    missing.sort_unstable();
    let others: Vec<Fact> = facts.iter().filter(|fact| !fact.is_missing()).cloned().collect();
    if !others.is_empty() {
        missing.push(words_of(universe, &others));
    }
    missing.join("; ")
}
