//! `deb`: look at binary packages.

use reposnap::Result;
use reposnap_api::formats::{self, Deb};

use crate::Outcome;
use crate::args;
use crate::context::Context;

/// Runs a command of `deb`.
pub async fn run(context: &Context, command: args::Deb) -> Result<Outcome> {
    let args::Deb::Show { file, contents } = command;
    let deb = formats::show_deb(context.session(), formats::ShowDeb { file, contents }).await?;
    context.print(&deb, text)?;
    Ok(Outcome::Done)
}

fn text(deb: &Deb) -> String {
    let mut text = String::new();
    for field in &deb.control {
        text.push_str(&format!("{}: {}\n", field.name, field.value));
    }
    if let Some(contents) = &deb.contents {
        text.push('\n');
        contents.iter().filter(|path| !path.is_empty()).for_each(|path| text.push_str(&format!("{path}\n")));
    }
    text
}
