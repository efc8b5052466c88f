"""Average the weights of two readers of which one went on from the other (Wortsman et al. 2022).

    python training/average.py EARLIER.pt LATER.pt OUT.pt --later 0.65

What the later one learnt is kept, and less of what the earlier one knew is lost (https://arxiv.org/abs/2203.05482).
"""

import argparse
from pathlib import Path

import torch


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("earlier", type=Path)
    parser.add_argument("later", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--later", dest="share", type=float, default=0.65, help="how much the later one counts"
    )
    options = parser.parse_args()
    earlier, later = torch.load(options.earlier), torch.load(options.later)
    made = {
        name: torch.lerp(earlier[name], value, options.share) if value.is_floating_point() else value
        for name, value in later.items()
    }
    torch.save(made, options.out)


if __name__ == "__main__":
    main()
