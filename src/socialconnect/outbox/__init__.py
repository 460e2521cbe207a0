"""The durable store of drafts and planned deliveries, and the worker that carries them out."""
