"""``python -m tools``: see `tools.cli`."""
import sys

if __name__ == '__main__':
    try:
        from tools.cli import main
    except KeyboardInterrupt:   # before anything has begun
        sys.exit(130)
    sys.exit(main())
