//! `graph`: what depends on what.

use reposnap::Result;
use reposnap::resolve::graph::{Direction, Drawn, Graph};
use reposnap_api::graph;

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// Runs `graph`.
pub async fn run(context: &Context, arguments: args::Graph) -> Result<Outcome> {
    let args::Graph { rev, names, reverse, to, depth, kinds, format, also, machine } = arguments;
    let args::Machine { architecture, foreign, status, pins, default_release } = machine;
    let request = graph::Graph {
        rev,
        names,
        reverse,
        to,
        depth,
        kinds,
        format,
        also,
        architecture,
        foreign,
        status,
        pins,
        default_release,
    };
    context.print(&graph::graph(context.session(), request).await?, shown)?;
    Ok(Outcome::Done)
}

fn shown(drawn: &Drawn) -> String {
    match (&drawn.text, &drawn.graph) {
        (Some(text), _) => text.clone(),
        (None, Some(graph)) => told(graph),
        (None, None) => String::new(),
    }
}

/// A sentence for each root, and the nodes where they were asked for, those nearer to the roots first.
fn told(graph: &Graph) -> String {
    let mut text = String::new();
    for count in &graph.counts {
        let sentence = match graph.direction {
            Direction::Dependencies => format!("{} depends on {} packages", count.name, count.direct),
            Direction::Dependents => format!("{} packages depend on {}", count.direct, count.name),
        };
        text.push_str(&format!("{sentence} directly, {} in all\n", count.transitive));
    }
    for node in &graph.nodes {
        let version = node.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        text.push_str(&format!("{:indent$}{}{version}\n", "", node.name, indent = node.level as usize * 2));
    }
    text
}
