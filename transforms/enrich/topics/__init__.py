"""IPTC Media Topics: the taxonomy, what publishers declare, a classifier, and the stage that assigns them."""
