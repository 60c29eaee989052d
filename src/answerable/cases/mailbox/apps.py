from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "answerable.cases.mailbox"
    label = "mailbox"
