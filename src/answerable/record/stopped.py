"""Why the log stands still, in one sentence. Intake goes on meanwhile: acts wait. No Django."""

from __future__ import annotations

from answerable.core.sentences import N_, Said


class LogStopped(Said):
    """Nothing is signed and nothing is added until this is put right. `code` is one of the keys of `sentences`."""

    sentences = {
        "key_missing": N_(
            "The log's key file %(path)s is not there. Put your copy back at that place; if every copy is lost, "
            "answerable record new-epoch begins again with a new key."
        ),
        "key_unreadable": N_(
            "The log's key file %(path)s cannot be read (%(reason)s). It must be a file that belongs to the account "
            "which runs Answerable."
        ),
        "key_unwritable": N_(
            "The log's key file %(path)s cannot be written (%(reason)s). Make its folder writable for the account "
            "which runs Answerable, and see that the disk is not full."
        ),
        "key_permissions": N_(
            "The log's key file %(path)s can be read by others on this machine (mode %(mode)s). "
            "Run: chmod 600 %(path)s"
        ),
        "key_garbled": N_(
            "The log's key file %(path)s is damaged or was not copied whole. Put back your copy of it."
        ),
        "key_another": N_(
            "The log's key file %(path)s is not the one that this log was started with (expected %(expected)s). "
            "Put back the right one."
        ),
        "tile_damaged": N_(
            "The log's tile %(level)s/%(index)s is not what its entries say: a bit on the disk has changed, or "
            "somebody changed it. Run: answerable record repair"
        ),
        "entry_damaged": N_(
            "The log's entry %(index)s is not what its act or its tile says: a bit on the disk has changed, or "
            "somebody changed it. Run: answerable record repair"
        ),
        "act_damaged": N_(
            "The act %(act)s waits for the log, and neither what waits nor its opening fits its own digest: a bit "
            "on the disk has changed, or somebody changed it. Restore a backup."
        ),
        "head_damaged": N_(
            "The log's head at size %(size)s is not what its tiles say. Run: answerable record repair"
        ),
        "not_an_extension": N_(
            "The log at size %(size)s does not continue the checkpoint that was signed at size %(signed)s: what was "
            "signed has been rewritten. Run: answerable record repair. If that does not help, restore a backup."
        ),
        "checkpoint_damaged": N_(
            "The stored checkpoint of size %(size)s does not bear the log's signature any more. Restore a backup."
        ),
        "rolled_back": N_(
            "This database is older than what was signed: it has %(size)s entries, and %(signed)s were signed for "
            "%(origin)s. If it was put back on purpose: answerable record new-epoch"
        ),
        "forked": N_(
            "This database is another one than what was signed: its first %(signed)s entries differ from those signed "
            "for %(origin)s. If it was put back on purpose: answerable record new-epoch"
        ),
        "guard_missing": N_(
            "%(path)s, which tells what was signed last, is gone, so nobody can tell whether this database was put back. "
            "Put back a copy of it (one lies beside each backup). If there is none and the database was never put back: "
            "answerable record new-guard; if it was: answerable record new-epoch"
        ),
        "guard_damaged": N_(
            "%(path)s tells what was signed last, and its last line cannot be read. Put back a copy of it (one lies "
            "beside each backup)."
        ),
        "guard_unwritable": N_(
            "%(path)s, which keeps what was signed last, cannot be written (%(reason)s). Make it writable for the "
            "account which runs Answerable, and see that the disk is not full."
        ),
        "witness_name": N_(
            "This witness goes by the name %(name)s (%(path)s), and its signatures are known under it. Start it without "
            "another --name."
        ),
        "witness_ahead": N_(
            "The witness %(witness)s has seen %(seen)s entries of %(origin)s, and this database has %(size)s: it is older than "
            "what was signed, or somebody else signs with the log's key. If it was put back on purpose: answerable record "
            "new-epoch. If the witness is wrong, take it out of the file of witnesses."
        ),
        "witness_forked": N_(
            "The witness %(witness)s has cosigned another log as %(origin)s: what it saw at %(seen)s entries is not the "
            "beginning of this database. If it was put back on purpose: answerable record new-epoch. If the witness is "
            "wrong, take it out of the file of witnesses."
        ),
        "witnesses_unreadable": N_(
            "The file of witnesses %(path)s cannot be read (%(reason)s). Put it back, or take ANSWERABLE_RECORD_WITNESSES "
            "out of the settings."
        ),
        "witnesses_malformed": N_(
            "The file of witnesses %(path)s cannot be followed (%(reason)s). It holds lines like: witness NAME KEY ADDRESS, "
            "and one line: quorum none, or the name of a witness or group."
        ),
        "not_repairable": N_(
            "The entry %(index)s cannot be made again from this database: its opening was erased or it is public "
            "text. Name a folder that `answerable record export` wrote: answerable record repair --from DIR"
        ),
        "repair_differs": N_(
            "What the repair made does not lead to the checkpoint that was signed at size %(signed)s. Nothing was "
            "changed. Restore a backup."
        ),
    }
