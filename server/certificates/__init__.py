"""HTTPS on the premises: a certificate authority of the installation's own, and who it vouches for.

``authority`` makes certificates, purely; ``machine`` knows this machine's names and addresses;
``keeping`` keeps the files and renews them; ``greeting`` is what the terminal shows at the start;
``routes`` is the page that tells phones how to trust the authority.
"""
