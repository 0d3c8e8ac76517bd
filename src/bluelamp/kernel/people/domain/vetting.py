"""Vetting levels (College of Policing, Authorised Professional Practice on vetting; national security vetting)."""

LEVELS = {
    "rv": "Recruitment vetting (RV)",
    "mv": "Management vetting (MV)",
    "nppv1": "Non-police personnel vetting 1 (NPPV1)",
    "nppv2": "Non-police personnel vetting 2 (NPPV2)",
    "nppv3": "Non-police personnel vetting 3 (NPPV3)",
    "ctc": "Counter-terrorist check (CTC)",
    "sc": "Security check (SC)",
    "dv": "Developed vetting (DV)",
}

# National security vetting answers another question than police vetting, so it does not stand in for it.
FORCE_DATA = frozenset({"rv", "mv", "nppv2", "nppv3"})
SENSITIVE_DATA = frozenset({"mv", "nppv3"})
