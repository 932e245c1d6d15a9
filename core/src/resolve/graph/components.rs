//! Strongly connected components: which nodes reach each other.

/// The way out of each node, in the order of the edges.
pub(super) struct Adjacency {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Adjacency {
    pub(super) fn new(nodes: usize, edges: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0_u32; nodes + 1];
        edges.clone().for_each(|(from, _)| starts[from as usize + 1] += 1);
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut ends = vec![0; starts[nodes] as usize];
        for (from, to) in edges {
            ends[next[from as usize] as usize] = to;
            next[from as usize] += 1;
        }
        Self { starts, ends }
    }

    pub(super) fn of(&self, node: u32) -> &[u32] {
        &self.ends[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }
}

/// The component of each node, as a number below that of nodes; Tarjan's way, with a stack of its own instead of calls.
pub(super) fn components(nodes: usize, edges: &[(u32, u32)]) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let out = Adjacency::new(nodes, edges.iter().copied());
    let mut found = vec![NEW; nodes];
    let mut low = vec![0_u32; nodes];
    let mut component = vec![NEW; nodes];
    let (mut clock, mut count) = (0, 0);
    let (mut open, mut work) = (Vec::new(), Vec::new());
    for start in 0..nodes as u32 {
        if found[start as usize] != NEW {
            continue;
        }
        work.push((start, 0));
        while let Some((node, next)) = work.pop() {
            let at = node as usize;
            if next == 0 {
                (found[at], low[at]) = (clock, clock);
                clock += 1;
                open.push(node);
            }
            if let Some(to) = out.of(node).get(next).copied() {
                work.push((node, next + 1));
                if found[to as usize] == NEW {
                    work.push((to, 0));
                } else if component[to as usize] == NEW {
                    low[at] = low[at].min(found[to as usize]);
                }
                continue;
            }
            if let Some((parent, _)) = work.last() {
                low[*parent as usize] = low[*parent as usize].min(low[at]);
            }
            if low[at] == found[at] {
                while let Some(member) = open.pop() {
                    component[member as usize] = count;
                    if member == node {
                        break;
                    }
                }
                count += 1;
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_components() {
        // 0 -> 1 -> 2 -> 1, 2 -> 3, 4 alone, 5 <-> 6.
        let of = components(7, &[(0, 1), (1, 2), (2, 1), (2, 3), (5, 6), (6, 5)]);
        assert_eq!(of[1], of[2]);
        assert_eq!(of[5], of[6]);
        let distinct: std::collections::BTreeSet<u32> = of.into_iter().collect();
        assert_eq!(distinct, (0..5).collect());
    }

    #[test]
    fn a_long_chain_takes_no_stack() {
        let edges: Vec<(u32, u32)> = (0..199_999).map(|node| (node, node + 1)).chain([(199_999, 0)]).collect();
        let of = components(200_000, &edges);
        assert!(of.iter().all(|component| *component == 0));
    }
}
