"""The checkout service: from a cart to an order, its total and its receipt."""
