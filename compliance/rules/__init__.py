"""The rules by subject: standing (may we at all), hours, frequency, product. Pure: facts in, findings out."""
