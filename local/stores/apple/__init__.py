"""Apple's store on this machine: signed transactions, notifications, and the Server API."""
