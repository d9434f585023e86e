"""Every chart of the reports: functions of tidy tables; titles, labels and figures come from the data.

Each returns a `Chart`, which a notebook shows as SVG; a table without rows becomes a sentence.
"""

from bangfu.charts.comparison import adjusted_beside_unadjusted
from bangfu.charts.duty import duty_heatmap, missed_visits_histogram
from bangfu.charts.findings import findings_by_severity_and_topic, quality_bars
from bangfu.charts.grades import grades_from_year_to_year, grades_under_other_weights
from bangfu.charts.income import income_histogram
from bangfu.charts.money import money_at_risk, reconciliation, spending_by_month
from bangfu.charts.province import findings_by_topic, league_intervals, rule_multiples
from bangfu.charts.relations import relation_chains
from bangfu.charts.style import Chart
from bangfu.charts.tracing import money_timeline, sankey
from bangfu.charts.survey import funnel_plot, interval_plot, likert_bars

__all__ = ["Chart", "adjusted_beside_unadjusted", "duty_heatmap", "findings_by_severity_and_topic", "findings_by_topic", "funnel_plot", "grades_from_year_to_year", "grades_under_other_weights", "income_histogram", "interval_plot",
           "league_intervals", "likert_bars", "missed_visits_histogram", "money_at_risk", "money_timeline", "quality_bars", "reconciliation", "relation_chains", "rule_multiples", "sankey", "spending_by_month"]
