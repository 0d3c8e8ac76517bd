"""The kinds of crime that advice is about, in a person's words. Codes are stable; they are no counting rules."""

CRIMES: dict[str, tuple[str, str]] = {
    "account-hacked": ("Somebody got into my account", "Aeth rhywun i mewn i'm cyfrif"),
    "phone-stolen": ("My phone was stolen", "Cafodd fy ffôn ei ddwyn"),
    "camera-accessed": ("Somebody used my camera or doorbell", "Defnyddiodd rhywun fy nghamera neu gloch drws"),
    "online-harassment": ("Somebody harasses me online", "Mae rhywun yn aflonyddu arnaf ar-lein"),
    "tracker-stalking": ("Somebody may be tracking me", "Efallai bod rhywun yn fy nhracio"),
    "sextortion": ("Somebody threatens to share pictures of me", "Mae rhywun yn bygwth rhannu lluniau ohonof"),
    "shopping-fraud": ("I paid for something that never came", "Telais am rywbeth na ddaeth byth"),
    "investment-fraud": ("An investment turned out to be false", "Roedd buddsoddiad yn ffug"),
    "ransomware": ("My files are locked and money is demanded", "Mae fy ffeiliau ar glo a mynnir arian"),
    "keyless-theft": ("My car was taken without its key", "Cymerwyd fy nghar heb ei allwedd"),
    "sim-swap": ("Somebody took over my phone number", "Cymerodd rhywun fy rhif ffôn drosodd"),
    "phishing": ("I was sent a false message or gave details away", "Cefais neges ffug neu rhoddais fanylion"),
}
