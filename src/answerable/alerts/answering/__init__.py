"""How an alarm is answered from outside the desk: by a link, a text message, an e-mail, a digit on the telephone."""
