//! Long links as trunks: a place in each layer that they pass, shared by all that lead to one node or come from one.
//!
//! Many packages depend on few. If each line had its own way through all layers, these ways would be most of the picture.
//! Lines that end at one node run together from where they meet, and so do lines that begin at one; all that run together
//! have one end in common, so each can be followed to its other end.

use std::collections::HashMap;

use super::{Link, Segment, Vertex};

/// How high the place of a line is.
const LINE: f64 = 4.0;

/// What runs together.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Trunk {
    To(u32, u8),
    From(u32, u8),
    /// A turned link runs alone.
    Alone(u32),
}

/// The vertices, nodes first, and the segments between neighbouring layers.
pub(super) fn cut(heights: &[f64], layer: &[u32], links: &[Link], turned: &[bool]) -> (Vec<Vertex>, Vec<Segment>) {
    let mut cutter = Cutter {
        vertices: heights.iter().zip(layer).map(|(height, layer)| vertex(*layer, *height)).collect(),
        places: HashMap::new(),
        segments: Vec::new(),
        known: HashMap::new(),
    };
    let layer = |node: u32| layer[node as usize];
    let is_long = |link: &Link| layer(link.from).abs_diff(layer(link.to)) > 1;
    let mut ends: HashMap<(u32, u8), (u32, u32)> = HashMap::new();
    for link in links.iter().filter(|link| is_long(link)) {
        ends.entry((link.to, link.style)).or_default().0 += 1;
        ends.entry((link.from, link.style)).or_default().1 += 1;
    }
    for (id, (link, turned)) in links.iter().zip(turned).enumerate() {
        let id = id as u32;
        let (left, right) = if *turned { (link.to, link.from) } else { (link.from, link.to) };
        let comes = ends.get(&(link.to, link.style)).map_or(0, |ends| ends.0);
        let leaves = ends.get(&(link.from, link.style)).map_or(0, |ends| ends.1);
        let trunk = match comes >= leaves {
            _ if *turned => Trunk::Alone(id),
            true => Trunk::To(link.to, link.style),
            false => Trunk::From(link.from, link.style),
        };
        let mut before = left;
        for at in layer(left) + 1..layer(right) {
            let place = cutter.place(trunk, at);
            cutter.segment(before, place, link.style, *turned, id);
            before = place;
        }
        cutter.segment(before, right, link.style, *turned, id);
    }
    (cutter.vertices, cutter.segments)
}

fn vertex(layer: u32, height: f64) -> Vertex {
    Vertex { layer, height, y: 0.0 }
}

struct Cutter {
    vertices: Vec<Vertex>,
    places: HashMap<(Trunk, u32), u32>,
    segments: Vec<Segment>,
    known: HashMap<(u32, u32, u8, bool), u32>,
}

impl Cutter {
    fn place(&mut self, trunk: Trunk, layer: u32) -> u32 {
        let next = self.vertices.len() as u32;
        let id = *self.places.entry((trunk, layer)).or_insert(next);
        if id == next {
            self.vertices.push(vertex(layer, LINE));
        }
        id
    }

    fn segment(&mut self, left: u32, right: u32, style: u8, turned: bool, link: u32) {
        let next = self.segments.len() as u32;
        let id = *self.known.entry((left, right, style, turned)).or_insert(next);
        if id == next {
            self.segments.push(Segment { left, right, style, turned, links: Vec::new() });
        }
        self.segments[id as usize].links.push(link);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::links;
    use super::*;

    #[test]
    fn lines_to_one_node_run_together() {
        // 0, 1 and 2 in the layer 0, 3 in the layer 3.
        let links = links(&[(0, 3), (1, 3), (2, 3)]);
        let (vertices, segments) = cut(&[30.0; 4], &[0, 0, 0, 3], &links, &[false; 3]);
        assert_eq!(vertices.len(), 4 + 2);
        let shared: Vec<usize> = segments.iter().map(|segment| segment.links.len()).collect();
        assert_eq!(shared, [1, 3, 3, 1, 1]);
    }

    #[test]
    fn lines_from_one_node_run_together() {
        let links = links(&[(0, 1), (0, 2)]);
        let (vertices, segments) = cut(&[30.0; 3], &[0, 2, 3], &links, &[false; 2]);
        assert_eq!((vertices.len(), segments.len()), (3 + 2, 4));
    }
}
