"""The pipeline that turns ``chapters/`` into a module, notebooks and a book.

Start with ``python -m tools --help``; ``docs/architecture.md`` explains the
rooms and how data moves through them.
"""
