//! The same walk when a shop starts: beside the visitors, with the lowest priority at the gate, into the log. The shop is open
//! meanwhile and whatever is found (S9, M7).

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::{Depth, Doctor, Severity};
use crate::portal::Portal;

/// How long an instance that cannot be asked is left alone before the walk is tried again.
const LATER: Duration = Duration::from_mins(1);

/// Walks until the instance could be asked, and logs each finding once.
pub async fn check(portal: Arc<Portal>) {
    let mut told = BTreeSet::new();
    loop {
        let doctor = Doctor {
            instance: &portal.instance,
            settings: &portal.settings,
            world: &portal.world,
            depth: Depth::Start,
        };
        let report = doctor.walk(&mut |_| {}).await;
        for finding in report.findings() {
            let (means, change) = (finding.means(), finding.change());
            if !told.insert((finding.kind(), means.clone())) {
                continue;
            }
            match finding.severity() {
                Severity::Problem => {
                    tracing::error!(kind = finding.kind(), change, "start-up check: {means}");
                }
                Severity::Warning => {
                    tracing::warn!(kind = finding.kind(), change, "start-up check: {means}");
                }
            }
        }
        if !report.away {
            if told.is_empty() {
                tracing::info!("start-up check: all is well");
            }
            return;
        }
        portal.world.clock.sleep(LATER).await;
    }
}
