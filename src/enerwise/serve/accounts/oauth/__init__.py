"""OAuth 2 and OpenID Connect: we provide to apps, boxes and other servers, and take people from an outside provider."""
