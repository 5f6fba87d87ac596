"""What nobody plays any more goes. The one function that may delete files of viewers."""
