"""What the edge must refuse: kept in a table, told to the one writer of its store by a queue."""
