//! What is still to be decided, the most pressing first. Among equals the order is that of a plain binary heap: apt's
//! answer depends on it, so it is part of the rules.

/// A clause that has more than one way to hold, or that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The clause.
    pub(super) clause: u32,
    /// How many decisions stood when it came up.
    pub(super) level: u32,
    /// What comes first: the lesser.
    pub(super) rank: u8,
}

/// A binary heap with the least rank on top.
#[derive(Debug, Default)]
pub(super) struct Heap(Vec<Item>);

impl Heap {
    pub(super) fn push(&mut self, item: Item) {
        self.0.push(item);
        let at = self.0.len() - 1;
        self.rise(at, 0, item);
    }

    pub(super) fn pop(&mut self) -> Option<Item> {
        let last = self.0.pop()?;
        let Some(first) = self.0.first().copied() else { return Some(last) };
        self.sink(0, last);
        Some(first)
    }

    /// Takes out what came up with later decisions than `level`.
    pub(super) fn forget_after(&mut self, level: u32) {
        let before = self.0.len();
        self.0.retain(|item| item.level <= level);
        if self.0.len() == before {
            return;
        }
        for at in (0..self.0.len() / 2).rev() {
            let item = self.0[at];
            self.sink(at, item);
        }
    }

    fn rise(&mut self, mut hole: usize, top: usize, item: Item) {
        while hole > top {
            let parent = (hole - 1) / 2;
            if self.0[parent].rank <= item.rank {
                break;
            }
            self.0[hole] = self.0[parent];
            hole = parent;
        }
        self.0[hole] = item;
    }

    /// Moves the hole at `top` down to the bottom along the more pressing children, of equal ones the right, and lets `item`
    /// rise from there.
    fn sink(&mut self, top: usize, item: Item) {
        let count = self.0.len();
        let mut hole = top;
        loop {
            let right = 2 * hole + 2;
            let child = match (self.0.get(right - 1), self.0.get(right)) {
                (Some(left), Some(other)) if left.rank < other.rank => right - 1,
                (Some(_), Some(_)) => right,
                (Some(_), None) => right - 1,
                (None, _) => break,
            };
            debug_assert!(child < count);
            self.0[hole] = self.0[child];
            hole = child;
        }
        self.rise(hole, top, item);
    }
}
