"""A cold ingress function: a fresh process imports the handler and answers its first delivery (Sentry waits 1 s)"""
