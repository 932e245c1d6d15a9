//! A repository of one's own in a bucket.

use std::path::PathBuf;
use std::sync::Arc;

use super::Bucket;
use super::claim::{Patience, Writer};
use super::commit::{Committed, Content, commit};
use super::ledger::Ledger;
use super::packages;
use super::suite::Suite;
use crate::digest::Digest;
use crate::error::Result;
use crate::openpgp::Signer;
use crate::progress::Monitor;
use crate::publish::desk::Desk;
use crate::publish::indexes::Work;
use crate::publish::options::{Input, Options};
use crate::publish::plan::Plan;
use crate::publish::pool::{PoolPlan, Present, There, note_of_missing};
use crate::publish::release;
use crate::publish::report::{Made, Outcome, Publication};
use crate::publish::signed::{OWN_FILES, renewal, request, sign, signed_again, stores};
use crate::publish::state::{Generation, certificate_path};

/// What is asked for.
struct Order<'a> {
    inputs: &'a [Input],
    options: &'a Options,
    signer: &'a dyn Signer,
    plan: Plan,
    request: Digest,
    suite: String,
    directory: String,
}

impl Bucket {
    /// Publishes `inputs` as one suite below the prefix, signed by `signer`, as
    /// [`publish_signed`](crate::publish::publish_signed) does in a directory.
    ///
    /// # Errors
    /// Those of [`publish_signed`](crate::publish::publish_signed); [`Kind::Unsupported`](crate::Kind::Unsupported) where the
    /// bucket does not honour conditions of writes.
    pub async fn publish_signed(
        &self,
        inputs: &[Input],
        options: &Options,
        signer: &dyn Signer,
        monitor: &Monitor,
    ) -> Result<Publication> {
        let order = Order::new(inputs, options, signer)?;
        let spent = self.files.spent();
        let mut patience = Patience::new(self.lease, options.lock_wait);
        let report = loop {
            let seen = patience.ledger(&self.files, monitor).await?;
            let suite = Suite::look(&self.files, &seen.ledger, &order.suite, &order.directory).await?;
            let outcome = order.outcome(&suite);
            if outcome == Outcome::Unchanged
                && let Some(live) = suite.live()
            {
                let made = vec![Made::Before; live.indexes.len()];
                let notes = order.plan.notes.clone();
                break Publication { notes, ..Publication::of(&order.suite, outcome, live, &made) };
            }
            let Some(mut writer) = seen.claim(&self.files, self.lease).await? else {
                patience.was_late(&self.files)?;
                continue;
            };
            let result = match outcome {
                Outcome::Resigned => order.resign(&mut writer, suite, monitor).await,
                _ => order.publish(&mut writer, suite, monitor).await,
            };
            break writer.end(result).await?;
        };
        let certificate = Some(PathBuf::from(self.files.url_of(&certificate_path(&order.suite))));
        Ok(Publication { certificate, uploaded: Some(self.uploaded(spent)), ..report })
    }

    /// What [`publish_signed`](Self::publish_signed) would do, as [`plan_signed`](crate::publish::plan_signed) tells it.
    ///
    /// # Errors
    /// Those of [`publish_signed`](Self::publish_signed), but for packages that are not in the store.
    pub async fn plan_signed(&self, inputs: &[Input], options: &Options, signer: &dyn Signer) -> Result<Publication> {
        let order = Order::new(inputs, options, signer)?;
        let (ledger, _) = Ledger::load(&self.files).await?;
        let suite = Suite::look(&self.files, &ledger, &order.suite, &order.directory).await?;
        let certificate = self.files.url_of(&certificate_path(&order.suite));
        Ok(Publication {
            release: suite.live().map(|live| live.release),
            certificate: suite.certificate.map(|_| PathBuf::from(certificate)),
            notes: order.plan.notes.clone(),
            ..Publication::foretold(&order.suite, order.outcome(&suite))
        })
    }
}

impl<'a> Order<'a> {
    fn new(inputs: &'a [Input], options: &'a Options, signer: &'a dyn Signer) -> Result<Self> {
        options.check()?;
        let plan = Plan::make(inputs, options)?;
        let request = request(&plan, options, &signer.fingerprint())?;
        let (suite, directory) = (options.suite.to_string(), format!("dists/{}", options.suite));
        Ok(Self { inputs, options, signer, plan, request, suite, directory })
    }

    /// What is to be done.
    fn outcome(&self, suite: &Suite) -> Outcome {
        let is_whole = suite.is_whole(&OWN_FILES) && suite.certificate.is_some();
        match suite.live().filter(|live| is_whole && live.request == self.request) {
            Some(live) => renewal(live, self.options),
            None => Outcome::Published,
        }
    }

    /// The content is in place: signs it anew.
    async fn resign(&self, writer: &mut Writer<'_>, suite: Suite, monitor: &Monitor) -> Result<Publication> {
        let Some(live) = suite.live().cloned() else { return self.publish(writer, suite, monitor).await };
        let signed = sign(&self.plan, self.options, self.signer, &live.indexes)?;
        let generation = signed_again(&live, &signed, self.options)?;
        let made = vec![Made::Before; live.indexes.len()];
        let report = Publication::of(&self.suite, Outcome::Resigned, &generation, &made);
        let content = Content { generation, written: Vec::new(), signed, replaced: Vec::new() };
        let Committed { changed, notes } = commit(writer, suite, content, monitor).await?;
        Ok(Publication { changed, notes: [self.plan.notes.clone(), notes].concat(), ..report })
    }

    async fn publish(&self, writer: &mut Writer<'_>, suite: Suite, monitor: &Monitor) -> Result<Publication> {
        let mut inventory = writer.inventory().await?;
        let work = Work {
            plan: &self.plan,
            formats: &self.options.formats,
            desk: Desk::Memory(None),
            suite: &self.directory,
            present: Arc::new(Present::of(inventory.paths())),
            monitor,
        };
        let live = suite.live().filter(|_| !suite.is_mixed);
        let mut made = writer.during(work.indexes(live, &|index| suite.has(index))).await?;
        let files = writer.files;
        let stores = stores(self.inputs);
        let held = &mut inventory;
        let pool = PoolPlan::make(
            made.wanted,
            |wanted| packages::absent(files, held, wanted, There::Keep),
            &stores,
            self.options.missing,
            monitor,
        );
        let pool = writer.during(pool).await?;
        writer.inventory = Some(inventory);
        let missing = pool.missing;

        let signed = sign(&self.plan, self.options, self.signer, &made.indexes)?;
        monitor.check()?;
        let brought = packages::upload(writer, pool.jobs, There::Keep, monitor).await?;
        made.notes.extend(note_of_missing(missing));
        let generation = Generation {
            in_release: signed.clients_see(),
            release: signed.text(),
            request: self.request,
            date: self.options.date,
            valid_until: release::valid_until(self.options)?,
            missing,
            indexes: made.indexes,
        };
        let report = Publication::of(&self.suite, Outcome::Published, &generation, &made.now);
        let content = Content { generation, written: made.files, signed, replaced: brought.replaced };
        let Committed { changed, notes } = commit(writer, suite, content, monitor).await?;
        made.notes.extend(notes);
        Ok(Publication {
            changed,
            packages: made.packages,
            added: brought.added,
            copied: brought.copied,
            missing,
            notes: made.notes,
            ..report
        })
    }
}
