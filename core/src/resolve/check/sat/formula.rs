//! What a solver has to satisfy: needs, implications, and groups of which one member is taken.

/// A variable, or its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) struct Literal(u32);

impl Literal {
    pub(in super::super) const fn of(variable: u32) -> Self {
        Self(variable << 1)
    }

    pub(super) const fn variable(self) -> u32 {
        self.0 >> 1
    }

    pub(super) const fn is_positive(self) -> bool {
        self.0 & 1 == 0
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

impl std::ops::Not for Literal {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// One of a group of which two can't be taken at once, unless both have the same `share` and another `slot`.
#[derive(Clone, Copy)]
pub(in super::super) struct Member {
    pub(in super::super) variable: u32,
    pub(in super::super) slot: u32,
    /// Shared with others; 0 for none.
    pub(in super::super) share: u32,
}

impl Member {
    pub(super) fn excludes(&self, other: &Member) -> bool {
        self.variable != other.variable && (self.slot == other.slot || self.share == 0 || self.share != other.share)
    }
}

/// A group and the fact that it stands for.
pub(super) struct Group {
    pub(super) members: Vec<Member>,
    pub(super) fact: u32,
}

/// The group of a variable that is in none.
pub(super) const NO_GROUP: u32 = u32::MAX;

/// What is to be satisfied: variables that may be chosen, and needs, which hold where one of their options is chosen.
///
/// It always has a solution: nothing is chosen.
pub(in super::super) struct Formula {
    pub(super) choices: u32,
    /// The first implies the second, by a fact.
    pub(super) pairs: Vec<(Literal, Literal, u32)>,
    /// Runs of `options`; the variable of a need is its place behind the choices.
    pub(super) needs: Vec<(u32, u32)>,
    pub(super) options: Vec<u32>,
    pub(super) groups: Vec<Group>,
    pub(super) group_of: Vec<u32>,
}

impl Formula {
    pub(in super::super) fn new(choices: u32) -> Self {
        Self {
            choices,
            pairs: Vec::new(),
            needs: Vec::new(),
            options: Vec::new(),
            groups: Vec::new(),
            group_of: vec![NO_GROUP; choices as usize],
        }
    }

    /// A need of one of these, each named once.
    pub(in super::super) fn need(&mut self, options: &[u32]) -> Literal {
        let need = Literal::of(self.choices + self.needs.len() as u32);
        self.needs.push((self.options.len() as u32, options.len() as u32));
        self.options.extend_from_slice(options);
        need
    }

    /// Whoever is chosen brings a need along, or keeps another out.
    pub(in super::super) fn implies(&mut self, choice: u32, other: Literal, fact: u32) {
        self.pairs.push((Literal::of(choice), other, fact));
    }

    /// Of these one alone is taken; a variable is in one group at most.
    pub(in super::super) fn group(&mut self, members: Vec<Member>, fact: u32) {
        for member in &members {
            self.group_of[member.variable as usize] = self.groups.len() as u32;
        }
        self.groups.push(Group { members, fact });
    }

    /// The options of a need.
    pub(in super::super) fn options_of(&self, need: Literal) -> &[u32] {
        let (start, count) = self.needs[(need.variable() - self.choices) as usize];
        &self.options[start as usize..(start + count) as usize]
    }

    pub(in super::super) fn option_count(&self) -> usize {
        self.options.len()
    }

    pub(in super::super) fn pair_count(&self) -> usize {
        self.pairs.len()
    }
}
