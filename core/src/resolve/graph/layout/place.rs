//! Coordinates: each vertex as near to the middle of its neighbours as the others in its layer let it.

use super::order::Sides;
use super::{Layer, Segment, Vertex};

/// The room between two nodes, between a node and a line, and between two lines.
const ROOM: (f64, f64, f64) = (10.0, 8.0, 4.0);

/// The least and the most room between two layers, for the lines.
const GAP: (f64, f64) = (44.0, 150.0);

/// How often all layers are placed.
const ROUNDS: usize = 24;

/// Gives each vertex its height in the picture; nothing overlaps, and the topmost is at 0.
pub(super) fn rows(vertices: &mut [Vertex], segments: &[Segment], rows: &[Vec<u32>]) {
    let sides = Sides::new(vertices.len(), segments);
    for row in rows {
        let offsets = offsets(vertices, row);
        let middle = offsets.last().map_or(0.0, |last| last / 2.0);
        row.iter().zip(offsets).for_each(|(vertex, offset)| vertices[*vertex as usize].y = offset - middle);
    }
    for round in 0..ROUNDS {
        // At last both sides have a say.
        let both = round + 6 >= ROUNDS;
        for step in 0..rows.len() {
            let rightwards = round % 2 == 0;
            let row = &rows[if rightwards { step } else { rows.len() - 1 - step }];
            let use_left = both || rightwards;
            let use_right = both || !rightwards;
            settle(vertices, row, &sides, use_left, use_right);
        }
    }
    let top = vertices.iter().map(|vertex| vertex.y - vertex.height / 2.0).fold(f64::INFINITY, f64::min);
    vertices.iter_mut().for_each(|vertex| vertex.y -= top);
}

/// How far below the first of its layer each vertex is at least.
fn offsets(vertices: &[Vertex], row: &[u32]) -> Vec<f64> {
    let mut below = 0.0;
    let mut offsets = Vec::with_capacity(row.len());
    for (at, vertex) in row.iter().enumerate() {
        if let Some(above) = at.checked_sub(1).map(|above| vertices[row[above] as usize]) {
            let vertex = vertices[*vertex as usize];
            below += (above.height + vertex.height) / 2.0 + room(above, vertex);
        }
        offsets.push(below);
    }
    offsets
}

/// Whether it is a place that a line passes.
fn is_line(vertex: Vertex) -> bool {
    vertex.height < 10.0
}

fn room(above: Vertex, below: Vertex) -> f64 {
    match (is_line(above), is_line(below)) {
        (false, false) => ROOM.0,
        (true, true) => ROOM.2,
        _ => ROOM.1,
    }
}

/// Moves the vertices of a layer to where their neighbours want them. The sum of the squares of the distances is the least
/// that their order allows: less their offsets, the places must not fall, and the best such row is found by joining those
/// that stand in each other's way (pool adjacent violators).
fn settle(vertices: &mut [Vertex], row: &[u32], sides: &Sides, left: bool, right: bool) {
    let offsets = offsets(vertices, row);
    // Blocks of vertices that move together: the sum of what they want, of their weights, and how many they are.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (vertex, offset) in row.iter().zip(&offsets) {
        let (wish, weight) = wish(vertices, *vertex, sides, left, right);
        let mut block = ((wish - offset) * weight, weight, 1);
        while let Some(above) = blocks.last().copied().filter(|above| above.0 * block.1 > block.0 * above.1) {
            blocks.pop();
            block = (block.0 + above.0, block.1 + above.1, block.2 + above.2);
        }
        blocks.push(block);
    }
    let mut row = row.iter().zip(&offsets);
    for (sum, weight, count) in blocks {
        for (vertex, offset) in row.by_ref().take(count) {
            vertices[*vertex as usize].y = sum / weight + offset;
        }
    }
}

/// Where the neighbours want a vertex, and how much. Lines that pass are drawn straight rather than lines at nodes.
fn wish(vertices: &[Vertex], vertex: u32, sides: &Sides, left: bool, right: bool) -> (f64, f64) {
    let own = vertices[vertex as usize];
    let (mut sum, mut weight) = (0.0, 0.0);
    for (near, used) in [(&sides.left, left), (&sides.right, right)] {
        for other in near[vertex as usize].iter().filter(|_| used) {
            let other = vertices[*other as usize];
            let strength = match (is_line(own), is_line(other)) {
                (true, true) => 8.0,
                (false, false) => 1.0,
                _ => 2.0,
            };
            sum += other.y * strength;
            weight += strength;
        }
    }
    if weight == 0.0 { (own.y, 0.05) } else { (sum / weight, weight) }
}

/// Gives each layer its place and width; the steeper its lines, the more room they get.
pub(super) fn columns(sizes: &[(f64, f64)], vertices: &[Vertex], segments: &[Segment], count: usize) -> Vec<Layer> {
    let mut layers = vec![Layer::default(); count];
    for (size, vertex) in sizes.iter().zip(vertices) {
        let layer = &mut layers[vertex.layer as usize];
        layer.width = layer.width.max(size.0);
    }
    let mut steep = vec![0.0_f64; count];
    for segment in segments {
        let (left, right) = (vertices[segment.left as usize], vertices[segment.right as usize]);
        let steep = &mut steep[left.layer as usize];
        *steep = steep.max((left.y - right.y).abs());
    }
    let mut x = 0.0;
    for (layer, steep) in layers.iter_mut().zip(steep) {
        layer.x = x;
        x += layer.width + (GAP.0 + steep / 8.0).min(GAP.1);
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::super::tests::links;
    use super::super::trunks::cut;
    use super::*;

    #[test]
    fn a_node_is_in_the_middle_of_what_it_leads_to() {
        let (mut vertices, segments) = cut(&[30.0; 4], &[0, 1, 1, 1], &links(&[(0, 1), (0, 2), (0, 3)]), &[false; 3]);
        rows(&mut vertices, &segments, &[vec![0], vec![1, 2, 3]]);
        let y: Vec<f64> = vertices.iter().map(|vertex| vertex.y).collect();
        assert!(y.iter().zip([55.0, 15.0, 55.0, 95.0]).all(|(have, want)| (have - want).abs() < 1e-9), "{y:?}");
    }

    #[test]
    fn a_chain_is_a_straight_line() {
        let (mut vertices, segments) = cut(&[30.0, 30.0], &[0, 4], &links(&[(0, 1)]), &[false]);
        rows(&mut vertices, &segments, &[vec![0], vec![2], vec![3], vec![4], vec![1]]);
        assert!(vertices.iter().all(|vertex| (vertex.y - 15.0).abs() < 1e-9));
    }
}
