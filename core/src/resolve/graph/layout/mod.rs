//! Where the nodes and lines of a picture go: in layers from left to right, after Sugiyama, Tagawa and Toda (1981).
//!
//! Circles are broken ([`acyclic`]), nodes get layers ([`layers`]), long lines get a place in each layer that they pass
//! ([`trunks`]), the order in the layers is chosen so that few lines cross ([`order`]), and all get coordinates ([`place`]).
//! Every step goes by numbers and their order alone, so the same graph gives the same picture everywhere.

mod acyclic;
mod layers;
mod order;
mod place;
mod trunks;

/// A line to draw. Lines of one style between the same nodes are one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) from: u32,
    pub(super) to: u32,
    /// Lines of different styles never run together.
    pub(super) style: u8,
}

/// A piece of a line, from one layer to the next.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Segment {
    /// What is at its left and its right: a node, or a place that a line passes.
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) style: u8,
    /// Whether the line leads from right to left.
    pub(super) turned: bool,
    /// The links that run through it.
    pub(super) links: Vec<u32>,
}

/// Something with a place in a layer: the nodes first, in their order, then the places that lines pass.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Vertex {
    pub(super) layer: u32,
    pub(super) height: f64,
    /// The middle.
    pub(super) y: f64,
}

/// A layer: all nodes in it are as wide as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Layer {
    pub(super) x: f64,
    pub(super) width: f64,
}

/// Where all goes.
pub(super) struct Layout {
    pub(super) vertices: Vec<Vertex>,
    pub(super) layers: Vec<Layer>,
    pub(super) segments: Vec<Segment>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Lays out nodes of these widths and heights.
pub(super) fn layout(sizes: &[(f64, f64)], links: &[Link]) -> Layout {
    let turned = acyclic::turned(sizes.len(), links);
    let layer_of = layers::assign(sizes.len(), links, &turned);
    let heights: Vec<f64> = sizes.iter().map(|size| size.1).collect();
    let (mut vertices, segments) = trunks::cut(&heights, &layer_of, links, &turned);
    let rows = order::order(&vertices, &segments);
    place::rows(&mut vertices, &segments, &rows);
    let layers = place::columns(sizes, &vertices, &segments, rows.len());
    let width = layers.last().map_or(0.0, |layer| layer.x + layer.width);
    let height = vertices.iter().map(|vertex| vertex.y + vertex.height / 2.0).fold(0.0, f64::max);
    Layout { vertices, layers, segments, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn links(pairs: &[(u32, u32)]) -> Vec<Link> {
        pairs.iter().map(|(from, to)| Link { from: *from, to: *to, style: 0 }).collect()
    }

    /// A graph from a simple generator of numbers.
    fn random(nodes: u32, edges: u32, mut state: u64) -> Vec<Link> {
        let mut next = |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % u64::from(below)) as u32
        };
        let mut found: Vec<(u32, u32)> = (0..edges).map(|_| (next(nodes), next(nodes))).collect();
        found.retain(|(from, to)| from != to);
        found.sort_unstable();
        found.dedup();
        links(&found)
    }

    #[test]
    fn nothing_overlaps_and_every_link_is_drawn() {
        for (nodes, edges, seed) in [(1, 0, 1), (2, 4, 2), (30, 60, 3), (200, 500, 4), (300, 300, 5), (40, 800, 6)] {
            let links = random(nodes, edges, seed);
            let sizes: Vec<(f64, f64)> = (0..nodes).map(|node| (50.0 + f64::from(node), 30.0)).collect();
            let layout = layout(&sizes, &links);
            let mut rows: Vec<Vec<&Vertex>> = vec![Vec::new(); layout.layers.len()];
            layout.vertices.iter().for_each(|vertex| rows[vertex.layer as usize].push(vertex));
            for row in &mut rows {
                row.sort_by(|a, b| a.y.total_cmp(&b.y));
                for pair in row.windows(2) {
                    let room = pair[1].y - pair[0].y - (pair[0].height + pair[1].height) / 2.0;
                    assert!(room >= 4.0 - 1e-6, "{room}");
                }
                assert!(row.iter().all(|vertex| vertex.y - vertex.height / 2.0 >= -1e-6));
            }
            for pair in layout.layers.windows(2) {
                assert!(pair[0].x + pair[0].width < pair[1].x);
            }
            for (node, size) in sizes.iter().enumerate() {
                assert!(size.0 <= layout.layers[layout.vertices[node].layer as usize].width);
            }
            assert_connected(&layout, &links);
        }
    }

    /// Each link's segments lead from its one end to the other, layer by layer.
    fn assert_connected(layout: &Layout, links: &[Link]) {
        for (id, link) in links.iter().enumerate() {
            let mut own: Vec<&Segment> =
                layout.segments.iter().filter(|segment| segment.links.contains(&(id as u32))).collect();
            own.sort_by_key(|segment| layout.vertices[segment.left as usize].layer);
            let ends = if own[0].turned { (link.to, link.from) } else { (link.from, link.to) };
            assert_eq!((own[0].left, own[own.len() - 1].right), ends);
            assert!(own.windows(2).all(|pair| pair[0].right == pair[1].left));
            for segment in own {
                let layer = |vertex: u32| layout.vertices[vertex as usize].layer;
                assert_eq!(layer(segment.left) + 1, layer(segment.right));
            }
        }
    }

    #[test]
    fn the_same_graph_gives_the_same_picture() {
        let links = random(100, 300, 9);
        let sizes = vec![(80.0, 30.0); 100];
        let (one, other) = (layout(&sizes, &links), layout(&sizes, &links));
        assert_eq!(one.vertices, other.vertices);
        assert_eq!(one.segments, other.segments);
    }
}
