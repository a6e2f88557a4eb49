"""Every sentence the agent can say, in English. What stands in braces is filled from the call's facts and from nothing else.

No digits of our own: a number in a spoken line is always a fact of the books.
"""

from django.utils.translation.trans_null import gettext_noop as _

ENGLISH: dict[str, str] = {
    # who is calling
    "opening": _(
        "Hello, this is an automated AI assistant calling for {business}. This call is recorded. "
        "You can say stop calling, or press nine, at any time."
    ),
    "opening_operator": _(
        "Hello, this is an automated AI assistant with {operator}, calling for {business}. This call is recorded. "
        "You can say stop calling, or press nine, at any time."
    ),
    "opening_unnamed": _(
        "Hello, this is an automated AI assistant, and this call is recorded. "
        "You can say stop calling, or press nine, at any time."
    ),
    "opening_inbound": _(
        "Thank you for calling {business}. You have reached an automated AI assistant, and this call is recorded."
    ),
    "calling_for": _("I am calling for {business}."),
    "calling_for_operator": _("I am with {operator}, calling for {business}."),
    # the right person
    "ask_name": _("Am I speaking with {person}?"),
    "ask_name_again": _("I am looking for {person}. Is that you?"),
    "ask_payables": _("Am I speaking with {person}, or with whoever handles accounts payable?"),
    "ask_payables_unnamed": _("Am I speaking with whoever handles accounts payable at {customer}?"),
    "ask_zip_or_street": _(
        "Thank you. For your privacy, so that I know I have the right person: "
        "what is your ZIP code, or your street and house number?"
    ),
    "ask_zip": _("Thank you. For your privacy, so that I know I have the right person: what is your ZIP code?"),
    "ask_street": _(
        "Thank you. For your privacy, so that I know I have the right person: what is your street and house number?"
    ),
    "ask_fact_again": _("I am sorry, that does not match what I have. Could you try once more?"),
    "personal_matter": _("It is a matter that I may only speak about with {person}."),
    "business_matter": _("It is a matter for whoever handles accounts payable."),
    "ask_when_to_reach": _("Thank you. When would be a good time to reach {person}?"),
    "ask_when_to_reach_unnamed": _("Thank you. When would be a good time to reach the right person?"),
    "will_hold": _("Thank you, I will wait."),
    "cannot_confirm": _(
        "I am sorry, I could not make sure that I have the right person, so I will stop here. "
        "Please call {business} at the number you already have for them."
    ),
    # the same before it is known who listens, where only the person asked for may hear whose call it is
    "cannot_confirm_for_anybody": _(
        "I am sorry, I could not make sure that I have the right person, so I will stop here."
    ),
    "person_later_for_anybody": _("Of course. A person will call back {when}."),
    "person_later_open_for_anybody": _("Of course. I will ask a person to call back."),
    "distrust_for_anybody": _("That is a sensible thing to ask. I will not call again about this."),
    "question_passed_for_anybody": _("Thank you. I will pass that on."),
    "other_job_for_anybody": _(
        "I am sorry to hear that. I will pass it on, and a person will get back to you about it."
    ),
    "active_duty_for_anybody": _(
        "Thank you for telling me. I will leave it there, and a person will look at this first."
    ),
    "language_for_anybody": _("I am sorry, I only speak English and Spanish. A person will look at this."),
    "recording_refused_for_anybody": _("Of course. The recording stops now, and I will end the call."),
    "close_number_for_anybody": _(
        "You can reach us at {phone}, and you can ask us to stop calling at any time. Goodbye."
    ),
    "close_for_anybody": _(
        "You can reach us at the number this call came from, and you can ask us to stop calling at any time. Goodbye."
    ),
    "close_stopped_number_for_anybody": _("You can reach us at {phone}. Goodbye."),
    # the law
    "collector_first": _(
        "This is an attempt to collect a debt by a debt collector, and any information obtained will be used for that purpose."
    ),
    "collector_again": _("This is a call from a debt collector."),
    # the invoice
    "debt_one": _("I am calling about invoice {number} for {amount}, which was due on {due}. It is for {work}."),
    "debt_one_dated": _(
        "I am calling about invoice {number} for {amount}, which was due on {due}. It is for the work on {service}."
    ),
    "debt_one_plain": _("I am calling about invoice {number} for {amount}, which was due on {due}."),
    "debt_one_private": _("I am calling about invoice {number} of {dated} for {amount}, which was due on {due}."),
    "debt_many": _(
        "I am calling about {count} invoices that are past due, {total} in total. The oldest is invoice {number}, "
        "which was due on {due}. I can go through each of them if you like."
    ),
    "ask_open_link": _("When can {business} expect it, or would you like me to send you a secure payment link now?"),
    "ask_open": _("When can {business} expect it?"),
    "ask_anything_else": _("Is there anything you would like me to pass on, or a day I may note for it?"),
    "dispute_live": _(
        "I see that you have told us something is not right. We are looking into it and are not asking you for money."
    ),
    "ask_add": _("Is there something you would like to add about what is wrong?"),
    # answers
    "answer_total": _("It is {total} in total."),
    "answer_amount": _("Invoice {number} is for {amount}."),
    "answer_due": _("Invoice {number} was due on {due}."),
    "answer_work": _("Invoice {number} is for {work}."),
    "answer_service": _("Invoice {number} is for the work on {service}."),
    "answer_private": _(
        "For your privacy I have no more than the number and the date: it is invoice {number} of {dated}. "
        "{business} can tell you what it was for."
    ),
    "answer_private_plain": _(
        "For your privacy I have no more than the number: it is invoice {number}. {business} can tell you what it was for."
    ),
    "answer_number": _("The invoice number is {number}."),
    "answer_unknown": _(
        "I do not have that here. I will pass your question on to {business}, and they will get back to you."
    ),
    "copy_sent": _("Of course. We will send you a copy. Please take your time to look at it."),
    "robot": _("Yes, I am an automated AI assistant. I am calling for {business}."),
    "recorded": _("Yes, this call is recorded. If you do not want that, just say so."),
    "robot_for_anybody": _("Yes, I am an automated AI assistant."),
    # the outcomes
    "link_email": _("Thank you. I am sending the secure payment link to the e-mail address we have for you."),
    "link_text": _("Thank you. I am sending the secure payment link to this phone by text message."),
    "link_none": _("Thank you. You can use the payment link on your invoice, or call {business}."),
    "no_card": _("Please do not read card or bank numbers to me. I cannot take them by phone."),
    "ask_day": _("Thank you. Which day may I note?"),
    "confirm_day": _("Thank you. I have noted {day}. Is that right?"),
    "promise_noted": _("Thank you, it is noted for {day}."),
    "promise_no_day": _("Thank you, I have noted that."),
    "ask_day_again": _("I am sorry. Which day is right?"),
    "too_far": _(
        "I can not agree to a day that far out myself. I will pass it on to {business}, and they will get back to you."
    ),
    "plan_passed_on": _(
        "I understand, and thank you for telling me. I will pass it on to {business}, and they will get back to you."
    ),
    "plan_possible": _(
        "I understand, and thank you for telling me. {business} does allow paying in parts. They will get back to you to set it up."
    ),
    "extension": _("I understand. {business} can wait until {day}. May I note that day?"),
    "ask_callback": _("Of course. When would be a better time to call?"),
    "callback_noted": _("Thank you. We will try again {when}."),
    "callback_open": _("Thank you. We will try again another time."),
    "hand_over": _("Of course. I am connecting you with a person now. One moment, please."),
    "person_later": _("Of course. A person from {business} will call you back {when}."),
    "person_later_open": _("Of course. I will ask a person from {business} to call you back."),
    "paid_ask": _("Thank you for telling me. So that we can find it: how was it sent, and about when?"),
    "paid_noted": _(
        "Thank you. We will look for it and will not ask you again until we have. You will get a short note about this today."
    ),
    "paperwork": _("Thank you. I will ask {business} to send you that, and we will wait for it."),
    "waiting": _(
        "Thank you for telling me. I will pass on that you are waiting for somebody else, and we will leave it for now."
    ),
    "other_contact": _("Thank you. I will pass that on, so that the right person is asked."),
    "distrust": _(
        "That is a sensible thing to ask. Please call {business} at the number you already have for them. I will not call again about this."
    ),
    "written_only": _("Of course. We will write to you instead of calling."),
    "other_job": _(
        "I am sorry to hear that. I will pass it on to {business}, and a person will get back to you about it."
    ),
    "vulnerable": _(
        "I am sorry. This can wait, and I will end the call now. If anyone is in danger, please call emergency services."
    ),
    "active_duty": _(
        "Thank you for telling me. I will leave it there, and a person from {business} will look at this first."
    ),
    "restricted": _("Of course, I have noted that. We will not call you then."),
    "language": _("I am sorry, I only speak English and Spanish. {business} will write to you instead."),
    "recording_refused": _(
        "Of course. The recording stops now, and I will end the call. {business} will write to you instead."
    ),
    "recording_stopped": _("Of course. The recording stops now, and I will end the call."),
    "question_passed": _("Thank you. I will pass that on to {business}."),
    "abusive": _("I understand that this call is not welcome, so I will end it here."),
    # stops
    "dispute_heard": _("I am sorry, and thank you for telling me. We will not ask you for money while this is open."),
    "dispute_heard_stranger": _("I am sorry, and thank you for telling me. I will leave it there."),
    "dispute_earlier": _("I am sorry that you had to say it again. We will not ask you for money while this is open."),
    "safety": _("If anybody is in danger, please leave the place and call emergency services first."),
    "ask_what_is_wrong": _("Could you tell me in a few words what is wrong, so that it reaches the right person?"),
    "dispute_noted": _(
        "I have noted what you said. You will get this in writing from us within a day, and you can add to it there."
    ),
    "dispute_noted_stranger": _("I have noted what you said, and it will be answered in writing."),
    "neutral_question": _("Is there something about this invoice you don't agree with?"),
    "neutral_question_stranger": _("Is there something you don't agree with?"),
    "unsure_close": _("Thank you. I will leave it there for today, and we will get back to you in writing."),
    "cleared_up": _("Thank you for clearing that up."),
    "thanks_go_on": _("All right, thank you."),
    "time_is_up": _("Thank you for your time. I have to end the call here."),
    "stop_calls": _("Understood. We will not call this number again."),
    "attorney": _("Thank you for telling me. We will not contact you again about this."),
    "bankruptcy": _("Thank you for telling me. We will not contact you about this again."),
    "deceased": _("I am very sorry for your loss. We will not call again."),
    "wrong_number": _("I am sorry to have disturbed you. This number will not be called again for this."),
    # prompts and closings
    "are_you_there": _("Hello, are you still there?"),
    "not_understood": _("I am sorry, I did not catch that."),
    "go_ahead": _("I am listening."),
    "silence_close": _("I can not hear you, so I will end the call here."),
    "close_number": _(
        "If anything is not right, you can reach {business} at {phone}, and you can ask us to stop calling at any time. Goodbye."
    ),
    "close": _(
        "If anything is not right, you can reach {business} at the number this call came from, "
        "and you can ask us to stop calling at any time. Goodbye."
    ),
    "close_stopped_number": _("You can reach {business} at {phone}. Goodbye."),
    "goodbye": _("Goodbye."),
    "voicemail": _(
        "Hello, this is an automated AI assistant calling for {business}, with a message for {person}. "
        "Please call us back at {phone}. Thank you, and goodbye."
    ),
    "voicemail_no_number": _(
        "Hello, this is an automated AI assistant calling for {business}, with a message for {person}. "
        "Please call us back at the number this call came from. Thank you, and goodbye."
    ),
}
