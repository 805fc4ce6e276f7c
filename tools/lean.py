"""Keep the start of our processes quick; import this before nbformat.

nbformat imports jsonschema, which compiles some forty grammars for checking
URIs when the package rfc3987-syntax is there.  JupyterLab installs it;
notebooks never need it; it costs each process more than a second.
"""
import sys

# An entry of None makes the optional import fail at once.
sys.modules.setdefault('rfc3987_syntax', None)
