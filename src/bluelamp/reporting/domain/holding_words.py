"""Words that hold sentences together, in both languages: they say nothing of danger.

With them a model would learn how people write, not what happened, and would judge them by that.
"""

_TEXT = """
2 a about ac aeth af after again all allaf also am amdanaf an and anfonodd anfonon any anybody ar arall are arnaf arno
as at ato atom be because been before being beth ble bob bod but by bydd bydda byddant byth came can cannot cant
cefais chi come comes cos could cymerodd cyn daeth dal dan ddim di did dim do dod does doing done dont down drosodd
drwy drwyr dweud dwi dwin dywedodd dywedon e ei ein eisiau er ers eu fe fel fi fo fod for from fy fydd gallaf gan gen
get gets go goes going gone gonna got gyda had has have he heb hebof her here hers hi him his how hwn hyn hynny i
iddyn if ill im in into ir is it its ive iw just know knows like lle m ma made mae maen maer make many me mewn mi more
much mwy my mynd n na nac nad nag nawr neb neu ngh nhw nhwn ni nid no nor not now o oddi oed oedd of off oherwydd ol
om on once ond one only or os other our ours out over own pam pan r roedd rwyf rwyn rydw rydym said same say says see
send sends sent she should since so some somebody someone somewhat still such sydd syn take takes than that the their
them then there these they thing think this those though through ti time to told too took tua two u un until up us
very want wanted wants was we wedi wedii went were what when where which while who why will with wnaeth wnaiff would
write writes wrote wrth wrthyf y ym yma ymlaen yn yna ynddo ynghylch you your yours yr ysgrifennodd
"""
HOLDING_WORDS = frozenset(_TEXT.split())
