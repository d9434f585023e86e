"""What each notebook shows, one class per notebook: tables, charts and sentences computed from a county-year."""

from bangfu.publish.pages.annual_report import AnnualReport
from bangfu.publish.pages.data_quality import DataQuality
from bangfu.publish.pages.fund_audit import FundAudit
from bangfu.publish.pages.fund_trace import FundTrace
from bangfu.publish.pages.helper_assessment import HelperAssessment
from bangfu.publish.pages.province import Province
from bangfu.publish.pages.relations import Relations
from bangfu.publish.pages.satisfaction import Satisfaction

__all__ = ["AnnualReport", "DataQuality", "FundAudit", "FundTrace", "HelperAssessment", "Province", "Relations", "Satisfaction"]
