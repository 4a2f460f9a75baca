"""Signing in by a provider that speaks SAML 2.0; we are the service it vouches to. Needs the extra ``saml``."""
