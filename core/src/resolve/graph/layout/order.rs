//! The order in each layer, chosen so that few lines cross.

use super::{Segment, Vertex};

/// The neighbours of each vertex, left and right.
pub(super) struct Sides {
    pub(super) left: Vec<Vec<u32>>,
    pub(super) right: Vec<Vec<u32>>,
}

impl Sides {
    pub(super) fn new(vertices: usize, segments: &[Segment]) -> Self {
        let mut sides = Self { left: vec![Vec::new(); vertices], right: vec![Vec::new(); vertices] };
        for segment in segments {
            sides.right[segment.left as usize].push(segment.right);
            sides.left[segment.right as usize].push(segment.left);
        }
        sides
    }
}

/// The vertices of each layer from top to bottom.
pub(super) fn order(vertices: &[Vertex], segments: &[Segment]) -> Vec<Vec<u32>> {
    let sides = Sides::new(vertices.len(), segments);
    let mut rows = first(vertices, &sides);
    let mut place = vec![0_u32; vertices.len()];
    number(&rows, &mut place);
    let mut best = (crossings(&rows, &sides, &place), f64::INFINITY, rows.clone());
    // The time is bounded: the larger the graph, the fewer the rounds.
    let rounds = (4_000_000 / (segments.len() + 1)).clamp(4, 24);
    for round in 0..rounds {
        sweep(&mut rows, &sides, &mut place, round % 2 == 0);
        if segments.len() < 3000 {
            swap(&mut rows, &sides, &mut place);
        }
        let (now, steep) = (crossings(&rows, &sides, &place), steepness(&rows, segments, vertices, &place));
        // Of orders with as many crossings, the one with the flatter lines is the better.
        if now < best.0 || (now == best.0 && steep < best.1) {
            best = (now, steep, rows.clone());
        }
    }
    best.2
}

/// Where a vertex is in its layer, from 0 to 1.
fn height(vertex: u32, place: &[u32], row: &[u32]) -> f64 {
    (f64::from(place[vertex as usize]) + 0.5) / row.len() as f64
}

/// How far up or down all lines go together.
fn steepness(rows: &[Vec<u32>], segments: &[Segment], vertices: &[Vertex], place: &[u32]) -> f64 {
    let height = |vertex: u32| height(vertex, place, &rows[vertices[vertex as usize].layer as usize]);
    segments.iter().map(|segment| (height(segment.left) - height(segment.right)).abs()).sum()
}

fn number(rows: &[Vec<u32>], place: &mut [u32]) {
    for row in rows {
        row.iter().enumerate().for_each(|(at, vertex)| place[*vertex as usize] = at as u32);
    }
}

/// A first order: depth first, so that what belongs together is together.
fn first(vertices: &[Vertex], sides: &Sides) -> Vec<Vec<u32>> {
    let count = vertices.iter().map(|vertex| vertex.layer as usize + 1).max().unwrap_or(0);
    let mut rows = vec![Vec::new(); count];
    let mut seen = vec![false; vertices.len()];
    let mut starts: Vec<u32> = (0..vertices.len() as u32).collect();
    starts.sort_by_key(|vertex| vertices[*vertex as usize].layer);
    for start in starts {
        let mut open = vec![start];
        while let Some(vertex) = open.pop() {
            if std::mem::replace(&mut seen[vertex as usize], true) {
                continue;
            }
            rows[vertices[vertex as usize].layer as usize].push(vertex);
            open.extend(sides.right[vertex as usize].iter().rev());
        }
    }
    rows
}

/// Orders each layer by the middle of its neighbours on one side, layer by layer.
fn sweep(rows: &mut [Vec<u32>], sides: &Sides, place: &mut [u32], rightwards: bool) {
    let count = rows.len();
    for step in 1..count {
        let at = if rightwards { step } else { count - 1 - step };
        let near = if rightwards { &sides.left } else { &sides.right };
        let beside = if rightwards { &rows[at - 1] } else { &rows[at + 1] };
        let middle = |vertex: u32| {
            let near = &near[vertex as usize];
            if near.is_empty() {
                return height(vertex, place, &rows[at]);
            }
            near.iter().map(|other| height(*other, place, beside)).sum::<f64>() / near.len() as f64
        };
        let mut keyed: Vec<(f64, u32)> = rows[at].iter().map(|vertex| (middle(*vertex), *vertex)).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows[at] = keyed.into_iter().map(|(_, vertex)| vertex).collect();
        rows[at].iter().enumerate().for_each(|(at, vertex)| place[*vertex as usize] = at as u32);
    }
}

/// Swaps neighbours as long as that saves crossings.
fn swap(rows: &mut [Vec<u32>], sides: &Sides, place: &mut [u32]) {
    for _ in 0..4 {
        let mut better = false;
        for row in rows.iter_mut() {
            for at in 1..row.len() {
                let (upper, lower) = (row[at - 1], row[at]);
                let (mut now, mut then) = (0, 0);
                for near in [&sides.left, &sides.right] {
                    let (a, b) = (&near[upper as usize], &near[lower as usize]);
                    now += inversions(a, b, place);
                    then += inversions(b, a, place);
                }
                if then < now {
                    row.swap(at - 1, at);
                    place.swap(upper as usize, lower as usize);
                    better = true;
                }
            }
        }
        if !better {
            return;
        }
    }
}

/// How many lines to `upper` and `lower` neighbours cross, where the one vertex is above the other.
fn inversions(upper: &[u32], lower: &[u32], place: &[u32]) -> u64 {
    // Trunks have hundreds of neighbours; their order is the sweeps' business.
    if upper.len() * lower.len() > 4096 {
        return 0;
    }
    let crosses = |a: &u32| lower.iter().filter(|b| place[**b as usize] < place[*a as usize]).count() as u64;
    upper.iter().map(crosses).sum()
}

/// How many lines cross, counted with a tree of sums (Barth, Jünger and Mutzel 2002).
fn crossings(rows: &[Vec<u32>], sides: &Sides, place: &[u32]) -> u64 {
    let mut total = 0;
    for pair in rows.windows(2) {
        let mut sums = vec![0_u64; pair[1].len() + 1];
        let mut seen = 0;
        for vertex in &pair[0] {
            let mut ends: Vec<usize> =
                sides.right[*vertex as usize].iter().map(|other| place[*other as usize] as usize).collect();
            ends.sort_unstable();
            for end in &ends {
                // All that were seen, less those that end here or above.
                let (mut at, mut above) = (end + 1, 0);
                while at > 0 {
                    above += sums[at];
                    at &= at - 1;
                }
                total += seen - above;
            }
            for end in ends {
                let mut at = end + 1;
                while at < sums.len() {
                    sums[at] += 1;
                    at += at & at.wrapping_neg();
                }
                seen += 1;
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::tests::links;
    use super::super::trunks::cut;
    use super::*;

    fn count(layer: &[u32], pairs: &[(u32, u32)], rows: &[Vec<u32>]) -> u64 {
        let (vertices, segments) = cut(&vec![1.0; layer.len()], layer, &links(pairs), &vec![false; pairs.len()]);
        let mut place = vec![0; vertices.len()];
        number(rows, &mut place);
        crossings(rows, &Sides::new(vertices.len(), &segments), &place)
    }

    #[test]
    fn crossings_are_counted() {
        let pairs = [(0, 2), (0, 3), (1, 2), (1, 3)];
        assert_eq!(count(&[0, 0, 1, 1], &pairs, &[vec![0, 1], vec![2, 3]]), 1);
        assert_eq!(count(&[0, 0, 1, 1], &[(0, 3), (1, 2)], &[vec![0, 1], vec![2, 3]]), 1);
        assert_eq!(count(&[0, 0, 1, 1], &[(0, 3), (1, 2)], &[vec![1, 0], vec![2, 3]]), 0);
    }

    #[test]
    fn what_can_be_drawn_without_crossings_is() {
        let layer = [0, 0, 0, 1, 1, 1, 2, 2];
        let pairs = [(0, 5), (1, 3), (2, 4), (5, 6), (3, 7), (4, 7)];
        let (vertices, segments) = cut(&[1.0; 8], &layer, &links(&pairs), &[false; 6]);
        let rows = order(&vertices, &segments);
        assert_eq!(count(&layer, &pairs, &rows), 0);
    }
}
