"""Every sentence the agent can say, in Spanish: the same keys and the same slots as the English ones."""

SPANISH: dict[str, str] = {
    "opening": (
        "Hola, le habla un asistente automático de inteligencia artificial de parte de {business}. Esta llamada se graba. "
        "En cualquier momento puede decir no me llamen, o marcar nueve."
    ),
    "opening_operator": (
        "Hola, le habla un asistente automático de inteligencia artificial de {operator}, de parte de {business}. "
        "Esta llamada se graba. En cualquier momento puede decir no me llamen, o marcar nueve."
    ),
    "opening_unnamed": (
        "Hola, le habla un asistente automático de inteligencia artificial, y esta llamada se graba. "
        "En cualquier momento puede decir no me llamen, o marcar nueve."
    ),
    "opening_inbound": (
        "Gracias por llamar a {business}. Le atiende un asistente automático de inteligencia artificial, y esta llamada se graba."
    ),
    "calling_for": "Llamo de parte de {business}.",
    "calling_for_operator": "Llamo de {operator}, de parte de {business}.",
    "ask_name": "¿Hablo con {person}?",
    "ask_name_again": "Busco a {person}. ¿Es usted?",
    "ask_payables": "¿Hablo con {person}, o con quien lleva las cuentas por pagar?",
    "ask_payables_unnamed": "¿Hablo con quien lleva las cuentas por pagar en {customer}?",
    "ask_zip_or_street": (
        "Gracias. Por su privacidad, para estar seguro de que hablo con la persona correcta: "
        "¿cuál es su código postal, o su calle y número?"
    ),
    "ask_zip": (
        "Gracias. Por su privacidad, para estar seguro de que hablo con la persona correcta: ¿cuál es su código postal?"
    ),
    "ask_street": (
        "Gracias. Por su privacidad, para estar seguro de que hablo con la persona correcta: ¿cuál es su calle y número?"
    ),
    "ask_fact_again": "Disculpe, no coincide con lo que tengo. ¿Puede intentarlo una vez más?",
    "personal_matter": "Es un asunto del que solo puedo hablar con {person}.",
    "business_matter": "Es un asunto para quien lleva las cuentas por pagar.",
    "ask_when_to_reach": "Gracias. ¿Cuándo sería buen momento para hablar con {person}?",
    "ask_when_to_reach_unnamed": "Gracias. ¿Cuándo sería buen momento para hablar con la persona indicada?",
    "will_hold": "Gracias, espero.",
    "cannot_confirm": (
        "Disculpe, no pude confirmar que hablo con la persona correcta, así que lo dejo aquí. "
        "Por favor llame a {business} al número que usted ya tiene."
    ),
    "cannot_confirm_for_anybody": "Disculpe, no pude confirmar que hablo con la persona correcta, así que lo dejo aquí.",
    "person_later_for_anybody": "Claro. Una persona volverá a llamar {when}.",
    "person_later_open_for_anybody": "Claro. Voy a pedir que una persona vuelva a llamar.",
    "distrust_for_anybody": "Es razonable preguntarlo. No volveré a llamar por esto.",
    "question_passed_for_anybody": "Gracias. Lo transmitiré.",
    "other_job_for_anybody": "Lamento oír eso. Lo transmitiré, y una persona se comunicará con usted.",
    "active_duty_for_anybody": "Gracias por decírmelo. Lo dejo aquí, y una persona lo revisará primero.",
    "language_for_anybody": "Disculpe, solo hablo inglés y español. Una persona lo revisará.",
    "recording_refused_for_anybody": "Claro. La grabación se detiene ahora, y termino la llamada.",
    "close_number_for_anybody": (
        "Puede comunicarse con nosotros al {phone}, y en cualquier momento puede pedir que no le llamemos más. Adiós."
    ),
    "close_for_anybody": (
        "Puede comunicarse con nosotros al número desde el que le llamamos, "
        "y en cualquier momento puede pedir que no le llamemos más. Adiós."
    ),
    "close_stopped_number_for_anybody": "Puede comunicarse con nosotros al {phone}. Adiós.",
    "collector_first": (
        "Este es un intento de cobrar una deuda por parte de un cobrador de deudas, "
        "y toda información que se obtenga se usará con ese fin."
    ),
    "collector_again": "Esta llamada es de un cobrador de deudas.",
    "debt_one": "Llamo por la factura {number} de {amount}, que venció el {due}. Es por {work}.",
    "debt_one_dated": "Llamo por la factura {number} de {amount}, que venció el {due}. Es por el trabajo del {service}.",
    "debt_one_plain": "Llamo por la factura {number} de {amount}, que venció el {due}.",
    "debt_one_private": "Llamo por la factura {number} del {dated} de {amount}, que venció el {due}.",
    "debt_many": (
        "Llamo por {count} facturas vencidas, {total} en total. La más antigua es la factura {number}, que venció el {due}. "
        "Si quiere, las repaso una por una."
    ),
    "ask_open_link": "¿Cuándo puede esperarlo {business}, o prefiere que le envíe ahora un enlace de pago seguro?",
    "ask_open": "¿Cuándo puede esperarlo {business}?",
    "ask_anything_else": "¿Hay algo que quiera que transmita, o un día que pueda anotar?",
    "dispute_live": "Veo que nos dijo que algo no está bien. Lo estamos revisando y no le pedimos dinero.",
    "ask_add": "¿Quiere agregar algo sobre lo que está mal?",
    "answer_total": "Son {total} en total.",
    "answer_amount": "La factura {number} es de {amount}.",
    "answer_due": "La factura {number} venció el {due}.",
    "answer_work": "La factura {number} es por {work}.",
    "answer_service": "La factura {number} es por el trabajo del {service}.",
    "answer_private": (
        "Por su privacidad no tengo más que el número y la fecha: es la factura {number} del {dated}. "
        "{business} puede decirle de qué es."
    ),
    "answer_private_plain": (
        "Por su privacidad no tengo más que el número: es la factura {number}. {business} puede decirle de qué es."
    ),
    "answer_number": "El número de la factura es {number}.",
    "answer_unknown": "No tengo ese dato aquí. Pasaré su pregunta a {business} y le responderán.",
    "copy_sent": "Claro. Le enviaremos una copia. Tómese su tiempo para verla.",
    "robot": "Sí, soy un asistente automático de inteligencia artificial. Llamo de parte de {business}.",
    "recorded": "Sí, esta llamada se graba. Si no lo desea, dígamelo.",
    "robot_for_anybody": "Sí, soy un asistente automático de inteligencia artificial.",
    "link_email": "Gracias. Le envío el enlace de pago seguro al correo electrónico que tenemos.",
    "link_text": "Gracias. Le envío el enlace de pago seguro a este teléfono por mensaje de texto.",
    "link_none": "Gracias. Puede usar el enlace de pago de su factura, o llamar a {business}.",
    "no_card": "Por favor no me diga números de tarjeta ni de banco. No puedo tomarlos por teléfono.",
    "ask_day": "Gracias. ¿Qué día puedo anotar?",
    "confirm_day": "Gracias. Anoté el {day}. ¿Es correcto?",
    "promise_noted": "Gracias, queda anotado para el {day}.",
    "promise_no_day": "Gracias, lo he anotado.",
    "ask_day_again": "Disculpe. ¿Qué día es el correcto?",
    "too_far": "No puedo acordar yo un día tan lejano. Lo pasaré a {business} y le responderán.",
    "plan_passed_on": "Entiendo, y gracias por decírmelo. Lo pasaré a {business} y le responderán.",
    "plan_possible": (
        "Entiendo, y gracias por decírmelo. {business} permite pagar en partes. Se comunicarán con usted para acordarlo."
    ),
    "extension": "Entiendo. {business} puede esperar hasta el {day}. ¿Puedo anotar ese día?",
    "ask_callback": "Claro. ¿Cuándo sería mejor momento para llamar?",
    "callback_noted": "Gracias. Volveremos a llamar {when}.",
    "callback_open": "Gracias. Volveremos a llamar en otro momento.",
    "hand_over": "Claro. Le comunico ahora con una persona. Un momento, por favor.",
    "person_later": "Claro. Una persona de {business} le devolverá la llamada {when}.",
    "person_later_open": "Claro. Pediré que una persona de {business} le devuelva la llamada.",
    "paid_ask": "Gracias por decírmelo. Para poder encontrarlo: ¿cómo se envió, y más o menos cuándo?",
    "paid_noted": (
        "Gracias. Lo buscaremos y no volveremos a preguntarle hasta entonces. Hoy recibirá una breve nota sobre esto."
    ),
    "paperwork": "Gracias. Pediré a {business} que se lo envíe, y esperaremos.",
    "waiting": "Gracias por decírmelo. Transmitiré que usted espera a otra parte, y por ahora lo dejamos.",
    "other_contact": "Gracias. Lo transmitiré, para que se pregunte a la persona indicada.",
    "distrust": (
        "Es razonable preguntarlo. Por favor llame a {business} al número que usted ya tiene. No volveré a llamar por esto."
    ),
    "written_only": "Claro. Le escribiremos en lugar de llamar.",
    "other_job": "Lamento oír eso. Lo pasaré a {business}, y una persona se comunicará con usted.",
    "vulnerable": "Lo siento. Esto puede esperar, y termino la llamada ahora. Si alguien está en peligro, llame a emergencias.",
    "active_duty": "Gracias por decírmelo. Lo dejo aquí, y una persona de {business} lo revisará primero.",
    "restricted": "Claro, queda anotado. No le llamaremos entonces.",
    "language": "Disculpe, solo hablo inglés y español. {business} le escribirá.",
    "recording_refused": "Claro. La grabación se detiene ahora, y termino la llamada. {business} le escribirá.",
    "recording_stopped": "Claro. La grabación se detiene ahora, y termino la llamada.",
    "question_passed": "Gracias. Lo pasaré a {business}.",
    "abusive": "Entiendo que esta llamada no es bienvenida, así que la termino aquí.",
    "dispute_heard": "Lo siento, y gracias por decírmelo. No le pediremos dinero mientras esto siga abierto.",
    "dispute_heard_stranger": "Lo siento, y gracias por decírmelo. Lo dejo aquí.",
    "dispute_earlier": "Lamento que haya tenido que repetirlo. No le pediremos dinero mientras esto siga abierto.",
    "safety": "Si alguien está en peligro, por favor salgan del lugar y llamen primero a emergencias.",
    "ask_what_is_wrong": "¿Puede decirme en pocas palabras qué está mal, para que llegue a la persona indicada?",
    "dispute_noted": "Anoté lo que me dijo. Lo recibirá por escrito dentro de un día, y allí podrá agregar más.",
    "dispute_noted_stranger": "Anoté lo que me dijo, y se le responderá por escrito.",
    "neutral_question": "¿Hay algo de esta factura con lo que no esté de acuerdo?",
    "neutral_question_stranger": "¿Hay algo con lo que no esté de acuerdo?",
    "unsure_close": "Gracias. Por hoy lo dejo aquí, y le responderemos por escrito.",
    "cleared_up": "Gracias por aclararlo.",
    "thanks_go_on": "Muy bien, gracias.",
    "time_is_up": "Gracias por su tiempo. Tengo que terminar la llamada aquí.",
    "stop_calls": "Entendido. No volveremos a llamar a este número.",
    "attorney": "Gracias por decírmelo. No volveremos a comunicarnos con usted por esto.",
    "bankruptcy": "Gracias por decírmelo. No volveremos a comunicarnos con usted por esto.",
    "deceased": "Lamento mucho su pérdida. No volveremos a llamar.",
    "wrong_number": "Disculpe la molestia. No se volverá a llamar a este número por esto.",
    "are_you_there": "Hola, ¿sigue ahí?",
    "not_understood": "Disculpe, no le entendí.",
    "go_ahead": "Le escucho.",
    "silence_close": "No le oigo, así que termino la llamada aquí.",
    "close_number": (
        "Si algo no está bien, puede comunicarse con {business} al {phone}, "
        "y puede pedirnos en cualquier momento que no llamemos. Hasta luego."
    ),
    "close": (
        "Si algo no está bien, puede comunicarse con {business} al número del que llamamos, "
        "y puede pedirnos en cualquier momento que no llamemos. Hasta luego."
    ),
    "close_stopped_number": "Puede comunicarse con {business} al {phone}. Hasta luego.",
    "goodbye": "Hasta luego.",
    "voicemail": (
        "Hola, le habla un asistente automático de inteligencia artificial de parte de {business}, con un mensaje para {person}. "
        "Por favor devuelva la llamada al {phone}. Gracias, y hasta luego."
    ),
    "voicemail_no_number": (
        "Hola, le habla un asistente automático de inteligencia artificial de parte de {business}, con un mensaje para {person}. "
        "Por favor devuelva la llamada al número del que llamamos. Gracias, y hasta luego."
    ),
}
