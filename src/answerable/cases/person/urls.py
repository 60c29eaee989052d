"""One's own case. No address holds a code, a secret or an answer, and none names a case."""

from django.urls import URLPattern, path

from answerable.cases.person.views import enter, halves, page, private, proving, talk

app_name = "person"
urlpatterns: list[URLPattern] = [
    path("", enter.enter, name="enter"),
    path("lost", enter.lost, name="lost"),
    path("leave", enter.leave, name="leave"),
    path("left", enter.left, name="left"),
    path("now", page.page, name="page"),
    path("paper", page.paper, name="paper"),
    path("decision", page.read, name="read"),
    path("letter/<int:number>", page.letter, name="letter"),
    path("files/<int:number>", page.file, name="file"),
    path("take", page.whole_file, name="take"),
    path("proof/<int:seq>", proving.proof, name="proof"),
    path("proof/<int:seq>/<slug:kind>", proving.proof_file, name="proof_file"),
    path("second/<int:number>", halves.second, name="second"),
    path("receipt", halves.own_receipt, name="own_receipt"),
    path("write", talk.write, name="write"),
    path("raise", talk.raise_it, name="raise"),
    path("review", talk.review, name="review"),
    path("withdraw", talk.withdraw, name="withdraw"),
    path("withdraw/undo", talk.undo_withdraw, name="undo_withdraw"),
    path("solved", talk.solved, name="solved"),
    path("mediation", talk.mediate, name="mediate"),
    path("hearing", talk.decline_hearing, name="decline_hearing"),
    path("reach", private.reach, name="reach"),
    path("share", private.share, name="share"),
    path("looks", private.looks, name="looks"),
    path("erase", private.erase, name="erase"),
]
