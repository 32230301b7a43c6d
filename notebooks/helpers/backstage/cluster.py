"""For notebook 10: how far a search on Ray is, in the same words as a search on one machine."""

import os
from typing import Any

from ray import tune
from ray.tune.experiment import Trial

from helpers.backstage.parallel import Report, name_of

# Ray reads these when it starts: no report on its use goes over the network to its makers, and
# our progress is shown instead of its own.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")


class SearchProgress(tune.ProgressReporter):
    """Show which trials have finished, the best so far, and the time left.

    What stays in the notebook is a line that is the same on each machine. The lowest value of
    the search's metric is the best.

    Examples
    --------
    >>> settings = tune.RunConfig(verbose=1, progress_reporter=SearchProgress())
    """

    def setup(
        self, total_samples: int | None = None, metric: str = "val_loss", **info: Any
    ) -> None:
        self._report, self._metric = Report(total_samples), metric
        self._known: set[str] = set()

    def should_report(self, trials: list[Trial], done: bool = False) -> bool:
        return True

    def report(self, trials: list[Trial], done: bool, *more: str) -> None:
        for trial in trials:
            if trial.is_finished() and trial.trial_id not in self._known:
                self._known.add(trial.trial_id)
                name = name_of(trial.config)
                if trial.status == Trial.ERROR:
                    self._report.failed(name, "Why is in error.txt, beside its results.")
                else:
                    self._report.add(name, trial.metric_analysis[self._metric]["min"])
        if done:
            self._report.finish()
