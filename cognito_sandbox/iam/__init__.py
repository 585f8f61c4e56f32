"""Who may do what: identity policies, and the calls that are held to them."""
