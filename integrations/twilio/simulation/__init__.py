"""The parts of the Twilio simulator. Written from the vendor's documents alone; knows nothing of our own client."""
