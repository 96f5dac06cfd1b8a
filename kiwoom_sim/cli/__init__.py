"""Ring the bell: parse the command line, call the house, print."""
