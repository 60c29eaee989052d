from django.apps import AppConfig


class DueReportsConfig(AppConfig):
    name = "answerable.readiness.reports"
    label = "due_reports"
