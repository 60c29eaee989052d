"""What the field's page says; `{name}` is filled in by its script."""

from __future__ import annotations

from django.utils.translation import gettext


def another() -> str:
    return gettext("Somebody else wrote this on this device. It is sent when they sign in here.")


def unknown_incident() -> str:
    return gettext("This incident is not open to you. Copy what you wrote and tell whoever commands.")


def of_device() -> dict[str, str]:
    """What every page says that works without a network."""
    return {
        "online": gettext("There is a network."),
        "offline": gettext("No network. What you write waits here and is sent by itself."),
        "signed_out": gettext(
            "Nobody is signed in any more. Sign in again; nothing is lost, and it is sent then."
        ),
        "not_yours": gettext("Whoever is signed in holds no post here."),
        "trouble": gettext("The server could not take it just now. It stays here and is tried again."),
        "waiting": gettext("Waiting on this device: {count}"),
        "none_waiting": gettext("Everything was sent."),
        "kept": gettext("Kept here; it is sent as soon as there is a network."),
        "sent": gettext("Sent."),
        "kind_photo": gettext("Photograph"),
        "written": gettext("written {when}"),
        "throw_away": gettext("Throw it away"),
        "take_back": gettext("Put it back into the form"),
        "short_word": gettext("Use at least eight characters, so that a stolen telephone tells nothing."),
        "wrong_word": gettext("This is not the password of this telephone. What waits is sent without it."),
        "ready": gettext("This telephone is ready: the page opens without a network too."),
        "not_ready": gettext("That did not work; nothing was changed on this device. Please try again."),
        "no_store": gettext(
            "This telephone could not keep it. Its storage may be full: tell it by radio or telephone."
        ),
        "too_large": gettext(
            "This photograph has {mb} MB; up to {limit} MB are taken. Take it anew with a smaller size, or send a part."
        ),
        "no_picture": gettext(
            "This is no picture that this telephone can open. Take it anew with the camera."
        ),
        "clock": gettext(
            "This telephone's clock is {minutes} min off. That is taken into account; the times are right all the same."
        ),
        "wiped": gettext("This telephone keeps nothing any more."),
        "waiting_first": gettext(
            "Something waits here that is not sent yet. Send it first; then wipe the telephone."
        ),
        "draft": gettext("What was being typed here is back."),
    }


def sentences() -> dict[str, str]:
    return of_device() | {
        "kind_entry": gettext("Line for the log"),
        "kind_begun": gettext("Task begun"),
        "kind_done": gettext("Task done"),
        "empty": gettext("Write something first."),
        "seen_first": gettext("Say what you saw: {check}"),
        "no_incident": gettext("No response is under way in which you write."),
        "no_tasks": gettext("No open task is yours."),
        "begin": gettext("I am on it"),
        "done": gettext("It is done"),
        "begun": gettext("begun"),
        "due": gettext("due {when}"),
        "late": gettext("late since {when}"),
        "no_limit": gettext("no limit"),
        "no_browser": gettext(
            "This browser cannot work without a network: it needs a secure address (https) and a browser of this "
            "decade. Write on the incident's board instead."
        ),
    }
