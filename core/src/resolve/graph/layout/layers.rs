//! The layer of each node: left of all that it leads to, with short lines, and with no layer much higher than wide.

use super::super::components::Adjacency;
use super::Link;

/// About how many times wider than high the place of a node is, lines included.
const SHAPE: f64 = 7.0;

/// How many times wider than high a picture may be; most screens are.
const SCREEN: f64 = 1.5;

/// The least number of nodes that stay in one layer.
const MIN_ROWS: usize = 16;

/// How often lines are made shorter.
const ROUNDS: usize = 8;

pub(super) fn assign(nodes: usize, links: &[Link], turned: &[bool]) -> Vec<u32> {
    let drawn = || {
        links.iter().zip(turned).map(|(link, turned)| if *turned { (link.to, link.from) } else { (link.from, link.to) })
    };
    let out = Adjacency::new(nodes, drawn());
    let back = Adjacency::new(nodes, drawn().map(|(from, to)| (to, from)));
    let order = topological(nodes, &out, &back);
    let mut layer = vec![0_u32; nodes];
    for node in &order {
        layer[*node as usize] = back.of(*node).iter().map(|left| layer[*left as usize] + 1).max().unwrap_or(0);
    }
    for _ in 0..ROUNDS {
        if !shorten(&order, &out, &back, &mut layer) {
            break;
        }
    }
    split(&out, &back, &mut layer);
    layer
}

/// The nodes, each behind all that lead to it.
fn topological(nodes: usize, out: &Adjacency, back: &Adjacency) -> Vec<u32> {
    let mut waits: Vec<usize> = (0..nodes as u32).map(|node| back.of(node).len()).collect();
    let mut order: Vec<u32> = (0..nodes as u32).filter(|node| waits[*node as usize] == 0).collect();
    let mut at = 0;
    while let Some(node) = order.get(at).copied() {
        at += 1;
        for next in out.of(node) {
            waits[*next as usize] -= 1;
            if waits[*next as usize] == 0 {
                order.push(*next);
            }
        }
    }
    order
}

/// Moves each node to where more of its lines end, as far as its neighbours let it; whether any moved.
fn shorten(order: &[u32], out: &Adjacency, back: &Adjacency, layer: &mut [u32]) -> bool {
    let mut moved = false;
    for node in order.iter().rev().chain(order) {
        let (ins, outs) = (back.of(*node), out.of(*node));
        let left = ins.iter().map(|other| layer[*other as usize] + 1).max();
        let right = outs.iter().map(|other| layer[*other as usize].saturating_sub(1)).min();
        let best = match outs.len().cmp(&ins.len()) {
            std::cmp::Ordering::Greater => right,
            std::cmp::Ordering::Less => left,
            std::cmp::Ordering::Equal => None,
        };
        if let Some(best) = best.filter(|best| *best != layer[*node as usize]) {
            layer[*node as usize] = best;
            moved = true;
        }
    }
    moved
}

/// Makes several layers of one that is too high. Those that more lines come to go to the left, those that more lines leave
/// to the right; else they stay in their order.
fn split(out: &Adjacency, back: &Adjacency, layer: &mut [u32]) {
    let rows = ((layer.len() as f64 * SHAPE / SCREEN).sqrt().ceil() as usize).max(MIN_ROWS);
    let count = layer.iter().max().map_or(0, |last| *last as usize + 1);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); count];
    (0..layer.len() as u32).for_each(|node| members[layer[node as usize] as usize].push(node));
    let mut next = 0;
    for mut members in members.into_iter().filter(|members| !members.is_empty()) {
        let columns = members.len().div_ceil(rows).max(1);
        if columns > 1 {
            let (ins, outs) = (|node: u32| back.of(node).len() as i64, |node: u32| out.of(node).len() as i64);
            members.sort_by_key(|node| (outs(*node).min(1) - ins(*node).min(1), *node));
        }
        let each = members.len().div_ceil(columns);
        for (place, node) in members.iter().enumerate() {
            layer[*node as usize] = next + (place / each) as u32;
        }
        next += columns as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::links;
    use super::*;

    #[test]
    fn a_node_is_left_of_what_it_leads_to() {
        let links = links(&[(0, 1), (1, 2), (0, 2), (3, 2)]);
        // The last one moves to where its line ends.
        assert_eq!(assign(4, &links, &[false; 4]), [0, 1, 2, 1]);
    }

    #[test]
    fn a_wide_layer_becomes_several() {
        let pairs: Vec<(u32, u32)> = (1..=300).map(|node| (node, 0)).collect();
        let layer = assign(301, &links(&pairs), &[false; 300]);
        let last = layer[0];
        assert!(last > 5);
        for at in 0..last {
            let rows = layer.iter().filter(|layer| **layer == at).count();
            assert!((1..=40).contains(&rows), "{rows}");
        }
    }
}
