//! Work on all cores, each worker with a directory of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Result;

use crate::setup::peers;

/// What `work` makes of each item, in their order. It is given a directory that nobody else uses meanwhile.
pub(crate) fn on_all_cores<P: Sync, R: Send>(
    items: &[P],
    work: impl Fn(&P, &Path) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let run = |worker: usize| -> Result<()> {
        let scratch = peers().join(format!("scratch-{}-{worker}", std::process::id()));
        fs::create_dir_all(&scratch)?;
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(item) = items.get(index)
        {
            let result = work(item, &scratch)?;
            let mut results = results.lock().expect("no worker panics while it inserts");
            results.insert(index, result);
        }
        Ok(fs::remove_dir_all(scratch)?)
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, |n| n.get());
        let run = &run;
        let workers: Vec<_> = (0..cores)
            .map(|worker| scope.spawn(move || run(worker)))
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("workers return their errors"))
    })?;
    let results = results.into_inner().expect("all workers have ended well");
    Ok(results.into_values().collect())
}
