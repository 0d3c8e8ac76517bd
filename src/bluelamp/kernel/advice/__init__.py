"""Lasting guidance by product, category or kind of crime, in English and Welsh, with a variant safe from abuse.

The texts are files (`texts/`), so that a change of one is reviewed like any change; there is no table. A text's version
is a hash that an approval can name.
"""
