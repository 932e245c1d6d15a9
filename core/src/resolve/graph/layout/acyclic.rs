//! Which links are drawn from right to left, so that all others go from left to right.

use super::super::components::{Adjacency, components};
use super::Link;

/// Whether each link is turned: few are, by the rule of Eades, Lin and Smyth (1993) within each component.
pub(super) fn turned(nodes: usize, links: &[Link]) -> Vec<bool> {
    let pairs: Vec<(u32, u32)> = links.iter().map(|link| (link.from, link.to)).collect();
    let of = components(nodes, &pairs);
    let inner = |pair: &(u32, u32)| of[pair.0 as usize] == of[pair.1 as usize];
    let out = Adjacency::new(nodes, pairs.iter().copied().filter(inner));
    let back = Adjacency::new(nodes, pairs.iter().copied().filter(inner).map(|(from, to)| (to, from)));
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    (0..nodes as u32).for_each(|node| members[of[node as usize] as usize].push(node));
    let mut rank = vec![0; nodes];
    for members in members.into_iter().filter(|members| members.len() > 1) {
        for (place, node) in ranked(members, &out, &back).into_iter().enumerate() {
            rank[node as usize] = place;
        }
    }
    pairs.iter().map(|pair| inner(pair) && rank[pair.0 as usize] > rank[pair.1 as usize]).collect()
}

/// The nodes of a component in an order in which few links lead back: what nothing leads to first, what leads nowhere last,
/// between them what leads to more than leads to it. Of equals, the one nearer to the roots is first.
fn ranked(mut members: Vec<u32>, out: &Adjacency, back: &Adjacency) -> Vec<u32> {
    let most = members.last().map_or(0, |last| *last as usize + 1);
    let mut degree = vec![(0_i64, 0_i64); most];
    for node in &members {
        degree[*node as usize] = (out.of(*node).len() as i64, back.of(*node).len() as i64);
    }
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while !members.is_empty() {
        let of = |node: &u32| degree[*node as usize];
        let sink = members.iter().rposition(|node| of(node).0 == 0);
        let at = sink.or_else(|| members.iter().position(|node| of(node).1 == 0)).or_else(|| {
            let best = members.iter().map(|node| of(node).0 - of(node).1).max();
            members.iter().position(|node| Some(of(node).0 - of(node).1) == best)
        });
        let Some(at) = at else { break };
        let node = members.remove(at);
        out.of(node).iter().for_each(|other| degree[*other as usize].1 -= 1);
        back.of(node).iter().for_each(|other| degree[*other as usize].0 -= 1);
        if sink.is_some() { last.push(node) } else { first.push(node) }
    }
    first.extend(last.into_iter().rev());
    first
}

#[cfg(test)]
mod tests {
    use super::super::tests::links;
    use super::*;

    #[test]
    fn one_link_of_a_circle_is_turned() {
        assert_eq!(turned(4, &links(&[(0, 1), (1, 2), (2, 1), (2, 3)])), [false, false, true, false]);
        assert_eq!(turned(3, &links(&[(0, 1), (1, 2), (2, 0)])).iter().filter(|turned| **turned).count(), 1);
    }

    #[test]
    fn without_circles_nothing_is_turned() {
        assert!(turned(4, &links(&[(3, 2), (2, 1), (1, 0), (3, 0)])).iter().all(|turned| !turned));
    }
}
