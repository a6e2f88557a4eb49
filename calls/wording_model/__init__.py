"""The optional language model: it may choose among what the script permits, and word it differently. Nothing else, and never late.

What it is shown are sentences with the facts taken out, and the customer's words as the customer's. What comes back is held
against a list of words; the facts are put in afterwards. Without a model, and whenever one is slow, away or odd, the script
speaks as it stands.
"""
