"""Exports of models, traces, tables and reports."""

from studio.export.export_model import EXPORTS, Exported, ModelExport, export_model
from studio.export.report.report import report_html, write_report
from studio.export.tables import TABLES, write_table
from studio.export.traces import write_trace

__all__ = [
    "EXPORTS",
    "TABLES",
    "Exported",
    "ModelExport",
    "export_model",
    "report_html",
    "write_report",
    "write_table",
    "write_trace",
]
