"""What scenarios are made of: a server, peers that it talks to, and questions to ask."""
