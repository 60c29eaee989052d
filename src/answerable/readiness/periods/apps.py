from django.apps import AppConfig


class PeriodsConfig(AppConfig):
    name = "answerable.readiness.periods"
    label = "periods"
